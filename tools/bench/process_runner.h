// SPDX-License-Identifier: MPL-2.0
//
// Starting programs, and what they cost.

#ifndef TOOLS_BENCH_PROCESS_RUNNER_H_
#define TOOLS_BENCH_PROCESS_RUNNER_H_

#include <sys/types.h>

#include <string>
#include <vector>

namespace scriptworker::tools {

// What one process cost.
struct ProcessCost {
  double cpu_ms = 0;
  double wall_ms = 0;
  double peak_mib = 0;
};

// Runs programs from a process that was made while this one was small: what a program has
// as its peak begins with that of the process which started it.
class ProcessRunner {
 public:
  ProcessRunner();  // before anything large, and before any thread
  ~ProcessRunner();
  ProcessRunner(const ProcessRunner&) = delete;
  ProcessRunner& operator=(const ProcessRunner&) = delete;

  // A name without a slash is looked up in PATH. The output goes to the file. Ends this process if
  // the program fails.
  ProcessCost Run(const std::vector<std::string>& words, const std::string& output) const;

 private:
  [[noreturn]] static void Serve(int requests, int answers);
  static ProcessCost RunHere(std::vector<std::string> words, int& status);

  int requests_ = -1;
  int answers_ = -1;
  pid_t child_ = 0;
};

}  // namespace scriptworker::tools

#endif  // TOOLS_BENCH_PROCESS_RUNNER_H_
