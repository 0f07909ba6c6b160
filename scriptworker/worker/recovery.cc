// SPDX-License-Identifier: MPL-2.0
#include "scriptworker/worker/recovery.h"

#include <algorithm>
#include <limits>
#include <optional>
#include <string>

#include "absl/random/random.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "scriptworker/base/cancellation.h"
#include "scriptworker/base/retry.h"
#include "scriptworker/base/status_macros.h"
#include "scriptworker/taskcluster/queue.h"
#include "scriptworker/taskcluster/queue_error.h"
#include "scriptworker/worker/journal/journal.h"
#include "scriptworker/worker/journal/journal_entry.h"
#include "scriptworker/worker/journal/orphans.h"
#include "scriptworker/worker/outcome/worker_observer.h"
#include "scriptworker/worker/passing_error.h"

namespace scriptworker::worker {
namespace {

ScriptTraces TracesOf(const JournalEntry& entry, const Clock& clock) {
  return {.leader = entry.script,
          // The worker did not live longer than its claim.
          .dead_for =
              std::max(clock.Now() + entry.queue_ahead - entry.taken_until, absl::ZeroDuration()),
          .environment = {absl::StrCat("TASK_ID=", entry.task_id),
                          absl::StrCat("RUN_ID=", entry.run_id)}};
}

// Whether the journal holds something that names no run.
bool IsUnreadable(const absl::Status& read) {
  return absl::IsDataLoss(read) || absl::IsInvalidArgument(read) || absl::IsUnimplemented(read);
}

bool IsOver(const JournalEntry& entry, const RecoveryTools& tools) {
  return tools.clock.Now() + entry.queue_ahead >= entry.taken_until;
}

// Says how it went. kCancelled: nothing is decided yet.
absl::Status GiveBack(const JournalEntry& entry, const RecoveryTools& tools,
                      const CancellationToken& stop) {
  const std::string run = absl::StrCat("task ", entry.task_id, " run ", entry.run_id);
  const auto over = [&] {
    tools.logger.Warning(absl::StrCat("The claim of ", run, " has ended at ",
                                      absl::FormatTime(entry.taken_until, absl::UTCTimeZone()),
                                      ": it is left to expire"));
    return absl::OkStatus();
  };
  if (IsOver(entry, tools)) return over();
  RetryPolicy policy;
  policy.attempts = std::numeric_limits<int>::max();
  policy.max = absl::Seconds(30);
  absl::BitGen bit_gen;
  const absl::Status reported = Retry(
      policy, tools.clock, bit_gen, stop,
      [&] {
        tools.observer.OnRecovering();
        return tools.queue.ReportException(entry.task_id, entry.run_id,
                                           taskcluster::ExceptionReason::kWorkerShutdown,
                                           entry.credentials, stop);
      },
      [&](const absl::Status& error) { return IsPassing(error) && !IsOver(entry, tools); });
  if (reported.ok()) {
    tools.logger.Warning(absl::StrCat("Reported ", run, " as worker-shutdown"));
    return absl::OkStatus();
  }
  if (stop.cancelled()) return stop.reason();
  if (taskcluster::HasHttpStatus(reported, 409)) {
    tools.logger.Warning(
        absl::StrCat("The queue knows how ", run, " has ended, or has given it away"));
  } else if (IsOver(entry, tools)) {
    return over();
  } else {
    tools.logger.Error(
        absl::StrCat("Could not report ", run, ", it is left to expire: ", reported.message()));
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status EndLastScript(const FileJournal& journal, Clock& clock, Logger& logger) {
  const absl::StatusOr<std::optional<JournalEntry>> entry = journal.Read();
  if (IsUnreadable(entry.status())) return absl::OkStatus();  // RecoverRun says so
  SW_RETURN_IF_ERROR(entry.status());
  if (!entry->has_value()) return absl::OkStatus();
  // Before anything is said: a log that hangs lets nothing of the script live.
  const absl::StatusOr<int> ended = EndOrphans(TracesOf(**entry, clock), clock);
  logger.Warning(absl::StrCat("The last worker was cut off with task ", (*entry)->task_id, " run ",
                              (*entry)->run_id, " in hand, at step ", ToString((*entry)->step)));
  SW_RETURN_IF_ERROR(ended.status());
  if (*ended > 0) {
    logger.Warning(absl::StrCat("Ended ", *ended, " processes that its script left running"));
  }
  return absl::OkStatus();
}

absl::Status RecoverRun(FileJournal& journal, const RecoveryTools& tools,
                        const CancellationToken& stop) {
  const absl::StatusOr<std::optional<JournalEntry>> entry = journal.Read();
  if (entry.ok() && !entry->has_value()) return absl::OkStatus();
  absl::Status given_back = absl::OkStatus();
  if (entry.ok()) {
    given_back = GiveBack(**entry, tools, stop);
  } else if (absl::IsDataLoss(entry.status())) {
    tools.logger.Warning(
        "The last worker died while it noted a claim: the run is left to expire, its script was "
        "not started");
  } else if (IsUnreadable(entry.status())) {
    tools.logger.Error(absl::StrCat(entry.status().message(),
                                    ": it is wiped; a run that it named is left to expire"));
  } else {
    return entry.status();
  }
  if (!given_back.ok()) {
    tools.logger.Warning(
        absl::StrCat("It stays in the journal for the next start: ", given_back.message()));
  }
  // While the journal shows whose the links are.
  SW_RETURN_IF_ERROR(tools.dirs.Cleanup(WorkDir::Links::kRemoved));
  // Not given back: the worker is ending, so no task will be claimed.
  return given_back.ok() ? journal.Wipe() : absl::OkStatus();
}

}  // namespace scriptworker::worker
