// SPDX-License-Identifier: MPL-2.0

#include "scriptworker/base/testing/refused_calls.h"

#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <thread>
#include <vector>

#include "absl/functional/function_ref.h"

namespace scriptworker {
namespace {

// For the calling thread, until it ends.
bool Refuse(std::initializer_list<long> calls, int error) {
  std::vector<sock_filter> filter = {
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr))};
  for (const long call : calls) {
    filter.push_back(BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, static_cast<uint32_t>(call), 0, 1));
    filter.push_back(BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | static_cast<uint32_t>(error)));
  }
  filter.push_back(BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW));
  const sock_fprog program = {.len = static_cast<unsigned short>(filter.size()),
                              .filter = filter.data()};
  return ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
         ::prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program, 0, 0) == 0;
}

}  // namespace

bool RunWithRefusedCalls(std::initializer_list<long> calls, int error,
                         absl::FunctionRef<void()> body) {
  bool refused = false;
  std::thread thread([&] {
    refused = Refuse(calls, error);
    if (refused) body();
  });
  thread.join();
  return refused;
}

}  // namespace scriptworker
