// SPDX-License-Identifier: MPL-2.0
//
// A script that lets a child in a session of its own trace it, and ends: of its end the
// kernel tells nobody but the child, which lives on until it is killed. When all is in place
// there is a file DIR/traced, "0" if the child may trace and "1" if not. DIR is an
// environment variable.

#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/types.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <string>

#include "scriptworker/base/file.h"

int main() {
  const char* const dir = ::getenv("DIR");
  if (dir == nullptr) return 2;
  const std::string unfinished = std::string(dir) + "/unfinished";
  const std::string traced = std::string(dir) + "/traced";
  ::prctl(PR_SET_PTRACER, PR_SET_PTRACER_ANY);
  const pid_t tracer = ::fork();
  if (tracer == 0) {
    ::setsid();
    const bool traces = ::ptrace(PTRACE_SEIZE, ::getppid(), 0, 0) == 0;
    scriptworker::WriteFile(unfinished, traces ? "0" : "1").IgnoreError();
    while (true) ::pause();
  }
  while (::rename(unfinished.c_str(), traced.c_str()) != 0) ::usleep(1000);
  ::_exit(0);
}
