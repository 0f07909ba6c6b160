// SPDX-License-Identifier: MPL-2.0
//
// A program whose first thread ends at once, while another one lives on until it is killed:
// such a process looks like a zombie and is none.

#include <sys/syscall.h>
#include <unistd.h>

#include <thread>

int main() {
  std::thread([] {
    while (true) ::pause();
  }).detach();
  ::syscall(SYS_exit, 0);  // of this thread alone
}
