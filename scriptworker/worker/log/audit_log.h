// SPDX-License-Identifier: MPL-2.0
//
// chain_of_trust.log: what one verification did, among the task's artifacts.

#ifndef SCRIPTWORKER_WORKER_LOG_AUDIT_LOG_H_
#define SCRIPTWORKER_WORKER_LOG_AUDIT_LOG_H_

#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "scriptworker/base/clock.h"
#include "scriptworker/base/logger.h"
#include "scriptworker/worker/log/log_file.h"
#include "scriptworker/worker/log/log_format.h"
#include "scriptworker/worker/log/secret_redactor.h"

namespace scriptworker::worker {

// Appends every line to the file, DEBUG ones with a blank in front of the
// message as the reference does, and passes it on to the worker's log. Known
// secrets are taken out. Closed when it is destroyed. Thread-safe.
class AuditLog final : public Logger {
 public:
  struct Options {
    std::string path = {};  // its folder exists
    LogFormat format;
  };

  // All must outlive the log.
  static absl::StatusOr<std::unique_ptr<AuditLog>> Create(Options options, const Clock& clock,
                                                          const SecretRedactor& redactor,
                                                          Logger& worker_log);

  void Log(LogLevel level, std::string_view message) override;

 private:
  AuditLog(LogFormat format, LogFile file, const Clock& clock, const SecretRedactor& redactor,
           Logger& worker_log)
      : format_(std::move(format)),
        clock_(clock),
        redactor_(redactor),
        worker_log_(worker_log),
        file_(std::move(file)) {}

  const LogFormat format_;
  const Clock& clock_;
  const SecretRedactor& redactor_;
  Logger& worker_log_;
  absl::Mutex mutex_;
  LogFile file_ ABSL_GUARDED_BY(mutex_);
  bool file_failed_ ABSL_GUARDED_BY(mutex_) = false;
};

}  // namespace scriptworker::worker

#endif  // SCRIPTWORKER_WORKER_LOG_AUDIT_LOG_H_
