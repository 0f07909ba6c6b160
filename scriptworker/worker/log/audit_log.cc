// SPDX-License-Identifier: MPL-2.0
#include "scriptworker/worker/log/audit_log.h"

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "scriptworker/base/status_macros.h"

namespace scriptworker::worker {

absl::StatusOr<std::unique_ptr<AuditLog>> AuditLog::Create(Options options, const Clock& clock,
                                                           const SecretRedactor& redactor,
                                                           Logger& worker_log) {
  SW_ASSIGN_OR_RETURN(LogFile file, LogFile::Open({.path = std::move(options.path)}));
  return std::unique_ptr<AuditLog>(
      new AuditLog(std::move(options.format), std::move(file), clock, redactor, worker_log));
}

void AuditLog::Log(LogLevel level, std::string_view message) {
  worker_log_.Log(level, message);
  // Before it is formatted: a precision may cut a secret, and leave its beginning.
  std::string text = absl::StrCat(level == LogLevel::kDebug ? " " : "", message);
  redactor_.Redact(text);
  std::string line = format_.Format({.time = clock_.Now(), .level = level, .message = text});
  line.push_back('\n');
  absl::MutexLock lock(&mutex_);
  const absl::Status written = file_.Append(line);
  if (!written.ok() && !file_failed_) {
    worker_log_.Warning(
        absl::StrCat("lines of chain_of_trust.log are being lost: ", written.message()));
  }
  file_failed_ = !written.ok();
}

}  // namespace scriptworker::worker
