// SPDX-License-Identifier: MPL-2.0
#include "scriptworker/worker/outcome/observer_list.h"

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "scriptworker/taskcluster/task_claim.h"
#include "scriptworker/worker/outcome/exit_status.h"
#include "scriptworker/worker/outcome/run_outcome.h"
#include "scriptworker/worker/outcome/worker_observer.h"

namespace scriptworker::worker {

void ObserverList::OnRecovering() {
  for (WorkerObserver* const observer : observers_) observer->OnRecovering();
}

void ObserverList::OnHeldUp(const absl::Status& reason) {
  for (WorkerObserver* const observer : observers_) observer->OnHeldUp(reason);
}

void ObserverList::OnPollStarted() {
  for (WorkerObserver* const observer : observers_) observer->OnPollStarted();
}

void ObserverList::OnPollEnded(const absl::StatusOr<int>& tasks) {
  for (WorkerObserver* const observer : observers_) observer->OnPollEnded(tasks);
}

void ObserverList::OnTaskStarted(const taskcluster::ClaimedTask& task, absl::Duration lease) {
  for (WorkerObserver* const observer : observers_) observer->OnTaskStarted(task, lease);
}

void ObserverList::OnPhase(Phase phase) {
  for (WorkerObserver* const observer : observers_) observer->OnPhase(phase);
}

void ObserverList::OnTaskEnded(const RunOutcome& outcome) {
  for (WorkerObserver* const observer : observers_) observer->OnTaskEnded(outcome);
}

void ObserverList::OnReclaimed(absl::Duration margin, absl::Duration lease) {
  for (WorkerObserver* const observer : observers_) observer->OnReclaimed(margin, lease);
}

void ObserverList::OnReclaimFailed(const absl::Status& error, absl::Duration margin) {
  for (WorkerObserver* const observer : observers_) observer->OnReclaimFailed(error, margin);
}

void ObserverList::OnClaimLost(const absl::Status& reason) {
  for (WorkerObserver* const observer : observers_) observer->OnClaimLost(reason);
}

}  // namespace scriptworker::worker
