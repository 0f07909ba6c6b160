// SPDX-License-Identifier: MPL-2.0
#include "scriptworker/worker/former_scripts.h"

#include <algorithm>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "scriptworker/base/clock.h"
#include "scriptworker/base/logger.h"
#include "scriptworker/base/status_macros.h"
#include "scriptworker/worker/config/config.h"
#include "scriptworker/worker/journal/journal.h"
#include "scriptworker/worker/worker.h"

namespace scriptworker::worker {
namespace {

// Keeps what it is told until somebody has the time to hear it. Thread-safe.
class HeldLogger final : public Logger {
 public:
  void Log(LogLevel level, std::string_view message) override {
    absl::MutexLock lock(&mutex_);
    held_.emplace_back(level, message);
  }
  // `most`: nothing counts for more.
  void PassOn(Logger& logger, LogLevel most = LogLevel::kCritical) {
    absl::MutexLock lock(&mutex_);
    for (const auto& [level, message] : held_) logger.Log(std::min(level, most), message);
  }

 private:
  absl::Mutex mutex_;
  std::vector<std::pair<LogLevel, std::string>> held_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace

absl::StatusOr<std::unique_ptr<FileJournal>> EndFormerScripts(
    const Directories& directories, Clock& clock, Logger& logger,
    absl::FunctionRef<absl::StatusOr<int>()> end_groups) {
  HeldLogger first;
  absl::StatusOr<std::unique_ptr<FileJournal>> journal =
      OpenWorkerJournal(directories, clock, first);
  const absl::StatusOr<int> groups = end_groups();
  if (!journal.ok() && groups.ok() && *groups > 0) {
    HeldLogger second;
    journal = OpenWorkerJournal(directories, clock, second);
    first.PassOn(logger, LogLevel::kWarning);  // what hindered it is over
    second.PassOn(logger);
  } else {
    first.PassOn(logger);
  }
  if (!groups.ok()) {
    logger.Critical(groups.status().message());
  } else if (*groups > 0) {
    logger.Warning(
        absl::StrCat("Removed ", *groups, " control groups of scripts whose worker died"));
  }
  SW_RETURN_IF_ERROR(journal.status());
  SW_RETURN_IF_ERROR(groups.status());
  return journal;
}

}  // namespace scriptworker::worker
