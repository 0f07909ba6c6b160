// SPDX-License-Identifier: MPL-2.0

#ifndef SCRIPTWORKER_TESTING_RUNNING_PROGRAM_H_
#define SCRIPTWORKER_TESTING_RUNNING_PROGRAM_H_

#include <sys/types.h>

#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace scriptworker {

// Waits in real time, up to a minute; returns whether the condition holds.
bool AwaitTrue(const std::function<bool()>& condition);

// A program as a process of its own; killed at the end at the latest. Crashes if
// it cannot be started. Thread-compatible.
class RunningProgram {
 public:
  // `path` is that of a program among the test's data, from the root of the
  // repository, or absolute. stdout and stderr go to the file `output_path`.
  RunningProgram(const std::string& path, std::vector<std::string> arguments,
                 const std::string& output_path);
  RunningProgram(const RunningProgram&) = delete;
  RunningProgram& operator=(const RunningProgram&) = delete;
  ~RunningProgram();

  void Signal(int signal) const;

  // The exit status, or minus the signal; nullopt if it does not end.
  std::optional<int> Wait();

 private:
  pid_t pid_ = -1;
};

}  // namespace scriptworker

#endif  // SCRIPTWORKER_TESTING_RUNNING_PROGRAM_H_
