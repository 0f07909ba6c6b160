// SPDX-License-Identifier: MPL-2.0
//
// The worker's own log: log_dir/worker.log, and stderr when verbose.

#ifndef SCRIPTWORKER_WORKER_LOG_WORKER_LOG_H_
#define SCRIPTWORKER_WORKER_LOG_WORKER_LOG_H_

#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "scriptworker/base/clock.h"
#include "scriptworker/base/logger.h"
#include "scriptworker/worker/log/log_file.h"
#include "scriptworker/worker/log/log_format.h"
#include "scriptworker/worker/log/screen.h"
#include "scriptworker/worker/log/secret_redactor.h"

namespace scriptworker::worker {

// Known secrets are taken out of every message. A line that cannot be written
// to the file (disk full) is lost; stderr says so once, and once more after
// writing worked again. A stderr that nobody reads holds nobody up for long (screen.h).
// Thread-safe; lines are never mixed.
class WorkerLog final : public Logger {
 public:
  static constexpr std::string_view kFileName = "worker.log";  // in log_dir

  struct Options {
    LogFile::Options file;  // its folder is made if it is missing
    LogFormat format;
    // On: everything, to stderr as well. Off: no DEBUG, the file alone.
    bool verbose = true;
    int stderr_fd = 2;  // not owned
  };

  // `clock` and `redactor` must outlive the log.
  static absl::StatusOr<std::unique_ptr<WorkerLog>> Create(Options options, const Clock& clock,
                                                           const SecretRedactor& redactor);

  void Log(LogLevel level, std::string_view message) override;

  // What the lines from now on belong to; "": to no run.
  void SetRun(std::string_view task_id, int run_id);

 private:
  WorkerLog(Options options, LogFile file, const Clock& clock, const SecretRedactor& redactor)
      : options_(std::move(options)),
        clock_(clock),
        redactor_(redactor),
        screen_(options_.stderr_fd),
        file_(std::move(file)) {}
  // Formats the line and appends it to the file. Returns what is to be shown.
  std::string Append(LogLevel level, std::string_view text) ABSL_LOCKS_EXCLUDED(mutex_);
  // For the screen, only the first time in a row.
  static std::string Complaint(std::string_view what, const absl::Status& trouble, bool& said);

  const Options options_;
  const Clock& clock_;
  const SecretRedactor& redactor_;
  Screen screen_;
  absl::Mutex mutex_;
  LogFile file_ ABSL_GUARDED_BY(mutex_);
  bool lines_lost_ ABSL_GUARDED_BY(mutex_) = false;
  bool unrotated_ ABSL_GUARDED_BY(mutex_) = false;
  std::string task_id_ ABSL_GUARDED_BY(mutex_);
  int run_id_ ABSL_GUARDED_BY(mutex_) = 0;
};

}  // namespace scriptworker::worker

#endif  // SCRIPTWORKER_WORKER_LOG_WORKER_LOG_H_
