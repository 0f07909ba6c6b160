// SPDX-License-Identifier: MPL-2.0
//
// Carries a script's output from its two pipes to the logs.

#ifndef SCRIPTWORKER_WORKER_PROCESS_OUTPUT_PUMP_H_
#define SCRIPTWORKER_WORKER_PROCESS_OUTPUT_PUMP_H_

#include <array>
#include <memory>
#include <string_view>
#include <thread>

#include "absl/status/statusor.h"
#include "scriptworker/base/logger.h"
#include "scriptworker/base/unique_fd.h"
#include "scriptworker/worker/log/secret_redactor.h"
#include "scriptworker/worker/log/task_log.h"
#include "scriptworker/worker/process/output_lines.h"

namespace scriptworker::worker {

// Reads both pipes on a thread of its own, so that the script never blocks on
// a full pipe for long. Lines go to the task's log unprefixed, in the order in
// which they arrive, and to the worker's log at INFO. The memory does not grow
// with the output. Thread-compatible.
class OutputPump {
 public:
  // The reading ends. The references must outlive the pump. kResourceExhausted: there is no
  // descriptor or no thread for it.
  static absl::StatusOr<std::unique_ptr<OutputPump>> Create(UniqueFd stdout_pipe,
                                                            UniqueFd stderr_pipe, TaskLog& task_log,
                                                            Logger& logger,
                                                            const SecretRedactor& redactor);
  // Calls Finish.
  ~OutputPump();

  // Takes what the pipes hold at this moment, then stops, even if somebody
  // still has their writing ends open. Call it once the script's processes have
  // ended: then nothing of its output is lost.
  void Finish();

 private:
  struct Source {
    UniqueFd pipe;
    OutputLines lines;
  };

  OutputPump(UniqueFd stdout_pipe, UniqueFd stderr_pipe, UniqueFd stop, TaskLog& task_log,
             Logger& logger, const SecretRedactor& redactor);
  void Run();
  bool ReadOnce(Source& source);
  void Drain(Source& source);
  void End(Source& source);
  void Log(Source& source, std::string_view bytes);

  TaskLog& task_log_;
  Logger& logger_;
  std::array<Source, 2> sources_;
  const std::unique_ptr<char[]> chunk_;
  UniqueFd stop_;  // an eventfd
  std::thread thread_;
};

}  // namespace scriptworker::worker

#endif  // SCRIPTWORKER_WORKER_PROCESS_OUTPUT_PUMP_H_
