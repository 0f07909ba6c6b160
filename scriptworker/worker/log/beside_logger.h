// SPDX-License-Identifier: MPL-2.0
//
// A log that keeps nobody waiting: for the thread that hears the signals, which has to hear the
// next one even if the disk of the last one's line hangs.

#ifndef SCRIPTWORKER_WORKER_LOG_BESIDE_LOGGER_H_
#define SCRIPTWORKER_WORKER_LOG_BESIDE_LOGGER_H_

#include <memory>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "scriptworker/base/logger.h"

namespace scriptworker::worker {

// Passes messages on, in their order, on a thread of its own. It keeps all that were not passed on
// yet: not for those who say much. Thread-safe.
class BesideLogger final : public Logger {
 public:
  // `logger` must outlive the result. kResourceExhausted: the machine has no thread to give.
  static absl::StatusOr<std::unique_ptr<BesideLogger>> Start(Logger& logger);
  // Blocks until all is passed on.
  ~BesideLogger() override;

  void Log(LogLevel level, std::string_view message) override ABSL_LOCKS_EXCLUDED(mutex_);

 private:
  using Messages = std::vector<std::pair<LogLevel, std::string>>;

  explicit BesideLogger(Logger& logger) : logger_(logger) {}
  void Run() ABSL_LOCKS_EXCLUDED(mutex_);

  Logger& logger_;
  absl::Mutex mutex_;
  Messages waiting_ ABSL_GUARDED_BY(mutex_);
  bool ending_ ABSL_GUARDED_BY(mutex_) = false;
  std::thread thread_;
};

}  // namespace scriptworker::worker

#endif  // SCRIPTWORKER_WORKER_LOG_BESIDE_LOGGER_H_
