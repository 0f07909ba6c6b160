// SPDX-License-Identifier: MPL-2.0

#ifndef SCRIPTWORKER_WORKER_OUTCOME_OBSERVER_LIST_H_
#define SCRIPTWORKER_WORKER_OUTCOME_OBSERVER_LIST_H_

#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "scriptworker/taskcluster/task_claim.h"
#include "scriptworker/worker/outcome/exit_status.h"
#include "scriptworker/worker/outcome/run_outcome.h"
#include "scriptworker/worker/outcome/worker_observer.h"

namespace scriptworker::worker {

// Tells several observers, in their order. They must outlive it.
class ObserverList final : public WorkerObserver {
 public:
  explicit ObserverList(std::vector<WorkerObserver*> observers)
      : observers_(std::move(observers)) {}

  void OnRecovering() override;
  void OnHeldUp(const absl::Status& reason) override;
  void OnPollStarted() override;
  void OnPollEnded(const absl::StatusOr<int>& tasks) override;
  void OnTaskStarted(const taskcluster::ClaimedTask& task, absl::Duration lease) override;
  void OnPhase(Phase phase) override;
  void OnTaskEnded(const RunOutcome& outcome) override;
  void OnReclaimed(absl::Duration margin, absl::Duration lease) override;
  void OnReclaimFailed(const absl::Status& error, absl::Duration margin) override;
  void OnClaimLost(const absl::Status& reason) override;

 private:
  const std::vector<WorkerObserver*> observers_;
};

}  // namespace scriptworker::worker

#endif  // SCRIPTWORKER_WORKER_OUTCOME_OBSERVER_LIST_H_
