// SPDX-License-Identifier: MPL-2.0
#include "scriptworker/worker/log/worker_log.h"

#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "scriptworker/base/clock.h"
#include "scriptworker/base/file.h"
#include "scriptworker/base/path.h"
#include "scriptworker/base/status_macros.h"

namespace scriptworker::worker {

absl::StatusOr<std::unique_ptr<WorkerLog>> WorkerLog::Create(Options options, const Clock& clock,
                                                             const SecretRedactor& redactor) {
  SW_RETURN_IF_ERROR(MakeDirs(std::string(Dirname(options.file.path))));
  SW_ASSIGN_OR_RETURN(LogFile file, LogFile::Open(options.file));
  return std::unique_ptr<WorkerLog>(
      new WorkerLog(std::move(options), std::move(file), clock, redactor));
}

void WorkerLog::SetRun(std::string_view task_id, int run_id) {
  absl::MutexLock lock(&mutex_);
  task_id_ = std::string(task_id);
  run_id_ = run_id;
}

void WorkerLog::Log(LogLevel level, std::string_view message) {
  if (level == LogLevel::kDebug && !options_.verbose) return;
  // Before it is formatted: a width may cut a secret, JSON may escape it.
  std::string text(message);
  redactor_.Redact(text);
  const std::string shown = Append(level, text);
  if (!shown.empty()) screen_.Show(shown);
}

std::string WorkerLog::Append(LogLevel level, std::string_view text) {
  absl::MutexLock lock(&mutex_);
  std::string line = options_.format.Format({.time = clock_.Now(),
                                             .level = level,
                                             .message = text,
                                             .task_id = task_id_,
                                             .run_id = run_id_});
  line.push_back('\n');
  const absl::Status written = file_.Append(line);
  std::string shown = options_.verbose ? std::move(line) : std::string();
  shown += Complaint("log lines are being lost: ", written, lines_lost_);
  if (written.ok()) shown += Complaint("", file_.rotation(), unrotated_);
  return shown;
}

std::string WorkerLog::Complaint(std::string_view what, const absl::Status& trouble, bool& said) {
  const bool repeated = std::exchange(said, !trouble.ok());
  if (trouble.ok() || repeated) return "";
  return absl::StrCat("scriptworker: ", what, trouble.message(), "\n");
}

}  // namespace scriptworker::worker
