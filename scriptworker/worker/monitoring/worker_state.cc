// SPDX-License-Identifier: MPL-2.0
#include "scriptworker/worker/monitoring/worker_state.h"

#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "scriptworker/base/cancellation.h"
#include "scriptworker/base/clock.h"
#include "scriptworker/taskcluster/task_claim.h"
#include "scriptworker/worker/outcome/exit_status.h"
#include "scriptworker/worker/outcome/run_outcome.h"

namespace scriptworker::worker {
namespace {

std::string Seconds(absl::Duration duration) {
  return absl::FormatDuration(absl::Trunc(duration, absl::Seconds(1)));
}

}  // namespace

std::string_view ToString(Activity activity) {
  switch (activity) {
    case Activity::kStarting:
      return "starting";
    case Activity::kPolling:
      return "polling";
    case Activity::kPausing:
      return "pausing";
    case Activity::kWorking:
      return "working";
    case Activity::kDraining:
      return "draining";
    case Activity::kStopping:
      return "stopping";
  }
  return "unknown";
}

Activity WorkerState::Snapshot::activity() const {
  if (run.has_value()) return Activity::kWorking;
  if (stopping) return Activity::kStopping;
  if (draining) return Activity::kDraining;
  if (polling) return Activity::kPolling;
  return last_poll.has_value() ? Activity::kPausing : Activity::kStarting;
}

WorkerState::WorkerState(Bounds bounds, const Clock& clock, CancellationToken drain,
                         CancellationToken stop)
    : bounds_(bounds),
      clock_(clock),
      started_(clock.Monotonic()),
      drain_(std::move(drain)),
      stop_(std::move(stop)),
      last_sign_(started_) {}

WorkerState::Snapshot WorkerState::Get() const {
  absl::MutexLock lock(&mutex_);
  const absl::Duration now = clock_.Monotonic();
  Snapshot snapshot{.up = now - started_,
                    .polling = polling_,
                    .draining = drain_.cancelled(),
                    .stopping = stop_.cancelled()};
  if (run_.has_value()) {
    snapshot.run = Run{.task_id = run_->task_id,
                       .run_id = run_->run_id,
                       .phase = run_->phase,
                       .in_phase = now - run_->phase_started,
                       .running = now - run_->started,
                       .lease_left = run_->lease_end - now};
  }
  if (last_poll_.has_value()) {
    snapshot.last_poll = Poll{.age = now - last_poll_->at, .tasks = last_poll_->tasks};
  }
  return snapshot;
}

absl::Status WorkerState::Alive() const {
  absl::MutexLock lock(&mutex_);
  const absl::Duration now = clock_.Monotonic();
  if (run_.has_value()) {
    const absl::Duration overdue = now - run_->lease_end;
    if (overdue <= bounds_.past_claim) return absl::OkStatus();
    return absl::UnavailableError(absl::StrCat(
        "run ", run_->run_id, " of task ", run_->task_id, " is still in the phase \"",
        ToString(run_->phase), "\", ", Seconds(overdue), " after the end of its claim"));
  }
  const absl::Duration silence = now - last_sign_;
  if (silence <= bounds_.idle) return absl::OkStatus();
  return absl::UnavailableError(absl::StrCat("no poll has begun or ended for ", Seconds(silence)));
}

absl::Status WorkerState::Ready() const {
  if (drain_.cancelled()) return absl::UnavailableError("no more tasks are taken");
  if (absl::Status alive = Alive(); !alive.ok()) return alive;
  absl::MutexLock lock(&mutex_);
  if (!held_up_.ok()) return absl::UnavailableError(held_up_.message());
  if (!last_poll_.has_value()) return absl::UnavailableError("no poll has ended yet");
  if (!last_poll_->tasks.ok()) {
    return absl::UnavailableError(
        absl::StrCat("the last poll failed: ", last_poll_->tasks.status().message()));
  }
  return absl::OkStatus();
}

void WorkerState::OnRecovering() {
  absl::MutexLock lock(&mutex_);
  last_sign_ = clock_.Monotonic();
}

void WorkerState::OnHeldUp(const absl::Status& reason) {
  absl::MutexLock lock(&mutex_);
  held_up_ = reason;
  last_sign_ = clock_.Monotonic();
}

void WorkerState::OnPollStarted() {
  absl::MutexLock lock(&mutex_);
  held_up_ = absl::OkStatus();
  polling_ = true;
  last_sign_ = clock_.Monotonic();
}

void WorkerState::OnPollEnded(const absl::StatusOr<int>& tasks) {
  absl::MutexLock lock(&mutex_);
  polling_ = false;
  last_sign_ = clock_.Monotonic();
  last_poll_ = EndedPoll{.at = last_sign_, .tasks = tasks};
}

void WorkerState::OnTaskStarted(const taskcluster::ClaimedTask& task, absl::Duration lease) {
  absl::MutexLock lock(&mutex_);
  const absl::Duration now = clock_.Monotonic();
  run_ = RunInHand{.task_id = std::string(task.task_id.str()),
                   .run_id = task.run_id,
                   .started = now,
                   .phase_started = now,
                   .lease_end = now + lease};
}

void WorkerState::OnPhase(Phase phase) {
  absl::MutexLock lock(&mutex_);
  if (!run_.has_value()) return;
  run_->phase = phase;
  run_->phase_started = clock_.Monotonic();
}

void WorkerState::OnTaskEnded(const RunOutcome& /*outcome*/) {
  absl::MutexLock lock(&mutex_);
  run_.reset();
  last_sign_ = clock_.Monotonic();
}

void WorkerState::OnReclaimed(absl::Duration /*margin*/, absl::Duration lease) {
  absl::MutexLock lock(&mutex_);
  if (run_.has_value()) run_->lease_end = clock_.Monotonic() + lease;
}

void WorkerState::OnClaimLost(const absl::Status& /*reason*/) {
  absl::MutexLock lock(&mutex_);
  if (run_.has_value()) run_->lease_end = clock_.Monotonic();
}

}  // namespace scriptworker::worker
