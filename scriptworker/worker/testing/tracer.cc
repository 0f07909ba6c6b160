// SPDX-License-Identifier: MPL-2.0
#include "scriptworker/worker/testing/tracer.h"

#include <signal.h>
#include <sys/ptrace.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

#include <string>
#include <utility>

#include "absl/strings/numbers.h"
#include "scriptworker/base/file.h"
#include "scriptworker/base/path.h"

namespace scriptworker::worker {

Tracer::Tracer(const std::string& dir) : pid_(::fork()) {
  if (pid_ != 0) return;
  pid_t leader = -1;
  const std::string number = JoinPath(dir, "leader");
  while (!absl::SimpleAtoi(ReadFile(number).value_or(""), &leader)) ::usleep(1000);
  const bool traces = ::ptrace(PTRACE_SEIZE, leader, 0, 0) == 0;
  WriteFile(JoinPath(dir, traces ? "traced" : "untraced"), "").IgnoreError();
  while (true) ::pause();
}

void Tracer::End() {
  if (pid_ < 0) return;
  ::kill(pid_, SIGKILL);
  ::waitpid(std::exchange(pid_, -1), nullptr, 0);
}

}  // namespace scriptworker::worker
