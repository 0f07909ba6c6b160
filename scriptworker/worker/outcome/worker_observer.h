// SPDX-License-Identifier: MPL-2.0
//
// What the worker tells whoever watches it: metrics, health, the status socket.

#ifndef SCRIPTWORKER_WORKER_OUTCOME_WORKER_OBSERVER_H_
#define SCRIPTWORKER_WORKER_OUTCOME_WORKER_OBSERVER_H_

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "scriptworker/taskcluster/task_claim.h"
#include "scriptworker/worker/outcome/exit_status.h"
#include "scriptworker/worker/outcome/run_outcome.h"

namespace scriptworker::worker {

// An observer that cares for nothing; override what you want to see. The calls
// come from the loop's thread, in the order below; those about the claim come
// from the reclaimer's threads, between OnTaskStarted and OnTaskEnded. They must
// be quick, must not call the worker, and nothing they do changes its course.
class WorkerObserver {
 public:
  virtual ~WorkerObserver() = default;

  // The queue is about to be told of a run that the last worker left behind: before each try.
  virtual void OnRecovering() {}

  // No task is claimed, since something of the last one is in the way: what, in
  // each round of the loop.
  virtual void OnHeldUp(const absl::Status& /*reason*/) {}

  // claimWork is sent, and has come to its end: with how many tasks, or why not.
  virtual void OnPollStarted() {}
  virtual void OnPollEnded(const absl::StatusOr<int>& /*tasks*/) {}

  // `lease`: how long the claim is good from now on, if it is not renewed.
  virtual void OnTaskStarted(const taskcluster::ClaimedTask& /*task*/, absl::Duration /*lease*/) {}
  // The run enters a phase. Phases come in the enum's order; some are left out.
  virtual void OnPhase(Phase /*phase*/) {}
  // The folders are empty again or cannot be emptied: the last call for a task.
  virtual void OnTaskEnded(const RunOutcome& /*outcome*/) {}

  // The claim was renewed when `margin` of it was left; it is good for `lease`
  // now.
  virtual void OnReclaimed(absl::Duration /*margin*/, absl::Duration /*lease*/) {}
  // A try to renew it failed, with `margin` left.
  virtual void OnReclaimFailed(const absl::Status& /*error*/, absl::Duration /*margin*/) {}
  // 409, or its end came too near.
  virtual void OnClaimLost(const absl::Status& /*reason*/) {}
};

}  // namespace scriptworker::worker

#endif  // SCRIPTWORKER_WORKER_OUTCOME_WORKER_OBSERVER_H_
