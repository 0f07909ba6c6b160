// SPDX-License-Identifier: MPL-2.0
#include "scriptworker/worker/reclaimer.h"

#include <algorithm>
#include <optional>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "scriptworker/base/cancellation.h"
#include "scriptworker/base/clock.h"
#include "scriptworker/base/retry.h"
#include "scriptworker/base/start_thread.h"
#include "scriptworker/base/status_macros.h"
#include "scriptworker/taskcluster/queue.h"
#include "scriptworker/taskcluster/queue_error.h"
#include "scriptworker/taskcluster/task_claim.h"
#include "scriptworker/worker/lease.h"

namespace scriptworker::worker {
namespace {

// A wait does not count the time that the machine sleeps; the clock does. So no
// wait is longer than this.
constexpr absl::Duration kLook = absl::Seconds(10);

}  // namespace

Reclaimer::Reclaimer(const taskcluster::ClaimedTask& task, absl::Duration claimed_at,
                     absl::Duration reclaim_interval, const Collaborators& collaborators,
                     CancellationSource& claim)
    : task_id_(task.task_id),
      run_id_(task.run_id),
      interval_(reclaim_interval),
      with_(collaborators),
      claim_(claim) {
  if (ClocksContradict(task.server_time, with_.clock.Now())) {
    with_.logger.Warning(absl::StrCat(
        "This machine's clock and the queue's (Date) are ",
        absl::FormatDuration(absl::Trunc(absl::AbsDuration(*task.server_time - with_.clock.Now()),
                                         absl::Seconds(1))),
        " apart"));
  }
  SetLease(claimed_at, task.taken_until, task.server_time);
}

Reclaimer::~Reclaimer() { Stop(); }

absl::Status Reclaimer::Start() {
  SW_ASSIGN_OR_RETURN(watcher_, StartThread([this] { WatchLease(); }));
  SW_ASSIGN_OR_RETURN(keeper_, StartThread([this] { KeepLease(); }));
  return absl::OkStatus();
}

void Reclaimer::Stop() {
  EndWatch();
  stop_.Cancel(absl::CancelledError("the claim is no longer needed"));
  if (keeper_.joinable()) keeper_.join();
  if (watcher_.joinable()) watcher_.join();
}

void Reclaimer::SetLease(absl::Duration granted_at, absl::Time taken_until,
                         const std::optional<absl::Time>& server_time) {
  const absl::Duration length = LeaseLength(taken_until, server_time, with_.clock.Now());
  const LeaseSchedule schedule = ScheduleFor(length, interval_);
  absl::MutexLock lock(&mutex_);
  lease_end_ = granted_at + length;
  renew_at_ = granted_at + schedule.renew;
  give_up_at_ = granted_at + schedule.give_up;
  // A lease of 20 minutes is tried again after a second, one of 10 after 0.1.
  retry_pause_ = std::clamp(length / 100, absl::Milliseconds(100), absl::Seconds(1));
  changed_ = true;
}

absl::Duration Reclaimer::LeaseLeft() const {
  absl::MutexLock lock(&mutex_);
  return lease_end_ - with_.clock.Monotonic();
}

absl::Duration Reclaimer::UntilRenewal() const {
  absl::MutexLock lock(&mutex_);
  return renew_at_ - with_.clock.Monotonic();
}

absl::Duration Reclaimer::UntilGivenUp() const {
  absl::MutexLock lock(&mutex_);
  return give_up_at_ - with_.clock.Monotonic();
}

// False: nobody needs the claim any more.
bool Reclaimer::SleepUntilRenewal() {
  absl::Duration wait = UntilRenewal();
  with_.logger.Debug(absl::StrCat("waiting ",
                                  absl::ToInt64Seconds(absl::Ceil(wait, absl::Seconds(1))),
                                  " seconds before reclaiming..."));
  for (; wait > absl::ZeroDuration(); wait = UntilRenewal()) {
    if (!SleepUnlessCancelled(with_.clock, std::min(wait, kLook), stop_.token())) return false;
  }
  return !stop_.token().cancelled();
}

void Reclaimer::KeepLease() {
  while (SleepUntilRenewal()) {
    Attempt result = Attempt::kFailed;
    for (int attempt = 1; result == Attempt::kFailed; ++attempt) result = TryOnce(attempt);
    if (result != Attempt::kRenewed) return;
  }
}

// Asks once and, after a failure, waits until it is time for the next try.
Reclaimer::Attempt Reclaimer::TryOnce(int attempt) {
  with_.logger.Debug("Reclaiming task...");
  const absl::Duration asked_at = with_.clock.Monotonic();
  absl::StatusOr<taskcluster::Reclaim> answer =
      with_.queue.ReclaimTask(task_id_, run_id_, with_.credentials.Get(), stop_.token());
  const absl::Duration margin = LeaseLeft();
  if (answer.ok()) {
    SetLease(asked_at, answer->taken_until, answer->server_time);
    const absl::Status updated = with_.credentials.Update(answer->credentials);
    with_.observer.OnReclaimed(margin, LeaseLeft());
    if (const absl::Status noted = with_.journal.Renewed(*answer); !noted.ok()) {
      with_.logger.Error(absl::StrCat("The run journal: ", noted.message()));
    }
    with_.logger.Debug(absl::StrCat("Reclaim task response: takenUntil ",
                                    absl::FormatTime(answer->taken_until, absl::UTCTimeZone()),
                                    ", credentials {********}"));
    if (!updated.ok()) with_.logger.Warning(updated.message());
    return Attempt::kRenewed;
  }
  if (stop_.token().cancelled()) return Attempt::kStopped;
  if (taskcluster::HasHttpStatus(answer.status(), 409)) {
    Lose(absl::AbortedError(absl::StrCat("the claim was lost: ", answer.status().message())));
    EndWatch();
    with_.logger.Debug("409: not reclaiming task.");
    with_.logger.Warning("Killing task after receiving 409 status in reclaim_task");
    return Attempt::kLost;
  }
  with_.observer.OnReclaimFailed(answer.status(), margin);
  RetryPolicy policy;
  policy.backoff = RetryPolicy::Backoff::kTaskclusterClient;
  policy.max = absl::Seconds(30);
  {
    absl::MutexLock lock(&mutex_);
    policy.initial = retry_pause_;
  }
  const absl::Duration pause = BackoffDelay(policy, attempt, bit_gen_);
  with_.logger.Warning(
      absl::StrCat("Reclaiming failed: ", answer.status().message(), "; the claim is given up in ",
                   absl::FormatDuration(absl::Trunc(UntilGivenUp(), absl::Seconds(1))),
                   " unless a retry works"));
  return SleepUnlessCancelled(with_.clock, pause, stop_.token()) ? Attempt::kFailed
                                                                 : Attempt::kStopped;
}

void Reclaimer::Lose(const absl::Status& reason) {
  if (claim_.Cancel(reason)) with_.observer.OnClaimLost(reason);
}

// Blocks until the lease is to be given up (true) or nobody needs it (false).
bool Reclaimer::LeaseLapses() {
  absl::MutexLock lock(&mutex_);
  while (!stopped_) {
    const absl::Duration left = give_up_at_ - with_.clock.Monotonic();
    if (left <= absl::ZeroDuration()) return true;
    changed_ = false;
    with_.clock.AwaitWithTimeout(mutex_, absl::Condition(&changed_), std::min(left, kLook));
  }
  return false;
}

void Reclaimer::EndWatch() {
  absl::MutexLock lock(&mutex_);
  stopped_ = true;
  changed_ = true;
}

void Reclaimer::WatchLease() {
  if (!LeaseLapses()) return;
  // First of all: a log that hangs must not keep the script alive.
  Lose(absl::AbortedError("the claim was about to end unrenewed"));
  stop_.Cancel(absl::AbortedError("the claim was given up"));
  with_.logger.Error("The claim is about to end and could not be renewed: giving the task up");
}

}  // namespace scriptworker::worker
