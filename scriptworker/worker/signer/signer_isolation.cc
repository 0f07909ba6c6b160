// SPDX-License-Identifier: MPL-2.0
#include "scriptworker/worker/signer/signer_isolation.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <initializer_list>

namespace scriptworker::worker {

bool IsolateSigner(int socket, pid_t worker) {
  ::prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
  ::prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
  if (::getppid() != worker) return false;  // it ended before the line above
  ::prctl(PR_SET_NAME, "sw-signer", 0, 0, 0);
  ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
  const rlimit none = {.rlim_cur = 0, .rlim_max = 0};
  ::setrlimit(RLIMIT_CORE, &none);
  // A terminal or a supervisor sends these to all processes; the worker may still
  // want signatures after them.
  for (const int signal : {SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGUSR1, SIGUSR2, SIGPIPE}) {
    ::signal(signal, SIG_IGN);
  }
  // Not to be swapped out, as far as the limits allow; only what is touched.
  ::mlockall(MCL_CURRENT | MCL_ONFAULT);
  const int null = ::open("/dev/null", O_RDWR | O_CLOEXEC);
  ::dup2(null, STDIN_FILENO);
  ::dup2(null, STDOUT_FILENO);
  static_assert(kSignerSocket == STDERR_FILENO + 1);
  ::dup2(socket, kSignerSocket);
  ::closefrom(kSignerSocket + 1);
  return ::chdir("/") == 0;
}

}  // namespace scriptworker::worker
