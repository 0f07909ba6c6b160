// SPDX-License-Identifier: MPL-2.0

#ifndef TOOLS_QUICKSTART_WORKER_PROCESS_H_
#define TOOLS_QUICKSTART_WORKER_PROCESS_H_

#include <sys/types.h>

#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "scriptworker/base/clock.h"

namespace scriptworker::tools {

// The worker's program, running. Thread-compatible.
class WorkerProcess {
 public:
  // Starts `program config`, with its output in a file.
  static absl::StatusOr<WorkerProcess> Start(const std::string& program, const std::string& config,
                                             const std::string& output_path, Clock& clock);

  WorkerProcess(WorkerProcess&& other) noexcept;
  WorkerProcess& operator=(WorkerProcess&&) = delete;
  // Ends it, by force if need be.
  ~WorkerProcess();

  pid_t pid() const { return pid_; }

  // Asks it to end when its task is done.
  void Drain();
  // Its exit status (128 + n if signal n ended it); nullopt while it runs.
  std::optional<int> Poll();
  // As Poll() at the end of at most `limit`.
  std::optional<int> Wait(absl::Duration limit);

 private:
  WorkerProcess(pid_t pid, Clock& clock) : pid_(pid), clock_(&clock) {}

  pid_t pid_;  // -1: moved from
  std::optional<int> exit_status_;
  Clock* clock_;
};

}  // namespace scriptworker::tools

#endif  // TOOLS_QUICKSTART_WORKER_PROCESS_H_
