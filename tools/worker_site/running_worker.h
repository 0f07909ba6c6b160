// SPDX-License-Identifier: MPL-2.0

#ifndef TOOLS_WORKER_SITE_RUNNING_WORKER_H_
#define TOOLS_WORKER_SITE_RUNNING_WORKER_H_

#include <sys/types.h>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/time/time.h"

namespace scriptworker::tools {

// The worker's program, a process of its own, killed at the end at the latest.
// Thread-compatible.
class RunningWorker {
 public:
  // Both outputs go to the end of the file at `output_path`. `variables`
  // ("NAME=value") come beside this process's environment. `program`: an absolute
  // path, for one that starts the worker its own way. Aborts if the program
  // cannot be started.
  RunningWorker(std::vector<std::string> arguments, const std::string& output_path,
                std::vector<std::string> variables = {}, std::string_view program = "");
  RunningWorker(RunningWorker&& other) noexcept;
  RunningWorker& operator=(RunningWorker&& other) noexcept;
  ~RunningWorker();

  pid_t pid() const { return pid_; }
  // REQUIRES: its end was not yet seen.
  void Signal(int signal) const;
  // The exit status, or minus the signal that ended it; nullopt: it runs.
  std::optional<int> Poll();
  // The same, after up to `limit`.
  std::optional<int> Wait(absl::Duration limit = absl::Seconds(60));

 private:
  void End();

  pid_t pid_ = -1;
  std::optional<int> status_;
};

}  // namespace scriptworker::tools

#endif  // TOOLS_WORKER_SITE_RUNNING_WORKER_H_
