// SPDX-License-Identifier: MPL-2.0
//
// What the worker does right now, and whether that is as it should be: for the
// status socket, the health endpoint and the service manager.

#ifndef SCRIPTWORKER_WORKER_MONITORING_WORKER_STATE_H_
#define SCRIPTWORKER_WORKER_MONITORING_WORKER_STATE_H_

#include <array>
#include <optional>
#include <string>
#include <string_view>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "scriptworker/base/cancellation.h"
#include "scriptworker/base/clock.h"
#include "scriptworker/taskcluster/task_claim.h"
#include "scriptworker/worker/outcome/exit_status.h"
#include "scriptworker/worker/outcome/run_outcome.h"
#include "scriptworker/worker/outcome/worker_observer.h"

namespace scriptworker::worker {

// What the worker does, in short. The last two are of a worker without a task that is told to end.
enum class Activity { kStarting, kPolling, kPausing, kWorking, kDraining, kStopping };

inline constexpr std::array kActivities = {Activity::kStarting, Activity::kPolling,
                                           Activity::kPausing,  Activity::kWorking,
                                           Activity::kDraining, Activity::kStopping};

// "starting", "polling", ...
std::string_view ToString(Activity activity);

// Thread-safe.
class WorkerState final : public WorkerObserver {
 public:
  // How long the loop may be silent before it counts as stuck. A poll or a report that is
  // repeated to the last try, with the longest pauses that the queue may ask for, takes 9 minutes.
  struct Bounds {
    // Without a poll that begins or ends, a try to recover, or to make way for the next task; to
    // this comes the pause between two.
    absl::Duration idle = absl::Minutes(10);
    absl::Duration past_claim = absl::Minutes(10);  // with a task whose claim has ended
  };

  // All durations are of the monotonic clock, up to the moment of the question.
  struct Run {
    std::string task_id = {};
    int run_id = 0;
    Phase phase = Phase::kPrepare;
    absl::Duration in_phase = {};
    absl::Duration running = {};
    absl::Duration lease_left = {};  // negative: the claim has ended
  };
  struct Poll {
    absl::Duration age = {};  // since it ended
    absl::StatusOr<int> tasks = 0;
  };
  struct Snapshot {
    absl::Duration up = {};
    bool polling = false;   // claimWork is under way
    bool draining = false;  // takes no more tasks
    bool stopping = false;  // ends the task in hand as well
    std::optional<Run> run = std::nullopt;
    std::optional<Poll> last_poll = std::nullopt;

    Activity activity() const;
  };

  // `clock` must outlive this.
  WorkerState(Bounds bounds, const Clock& clock, CancellationToken drain, CancellationToken stop);

  Snapshot Get() const;
  // OK: the loop goes on. kUnavailable: it seems to be stuck, and where.
  absl::Status Alive() const;
  // OK: tasks may come. kUnavailable: not yet, no more, something of the last one is in the way,
  // or the last poll failed.
  absl::Status Ready() const;

  void OnRecovering() override;
  void OnHeldUp(const absl::Status& reason) override;
  void OnPollStarted() override;
  void OnPollEnded(const absl::StatusOr<int>& tasks) override;
  void OnTaskStarted(const taskcluster::ClaimedTask& task, absl::Duration lease) override;
  void OnPhase(Phase phase) override;
  void OnTaskEnded(const RunOutcome& outcome) override;
  void OnReclaimed(absl::Duration margin, absl::Duration lease) override;
  void OnClaimLost(const absl::Status& reason) override;

 private:
  // The same in points of the monotonic clock.
  struct RunInHand {
    std::string task_id;
    int run_id = 0;
    Phase phase = Phase::kPrepare;
    absl::Duration started = {};
    absl::Duration phase_started = {};
    absl::Duration lease_end = {};
  };
  struct EndedPoll {
    absl::Duration at = {};
    absl::StatusOr<int> tasks = 0;
  };

  const Bounds bounds_;
  const Clock& clock_;
  const absl::Duration started_;
  const CancellationToken drain_;
  const CancellationToken stop_;
  mutable absl::Mutex mutex_;
  bool polling_ ABSL_GUARDED_BY(mutex_) = false;
  absl::Status held_up_ ABSL_GUARDED_BY(mutex_);
  absl::Duration last_sign_ ABSL_GUARDED_BY(mutex_);
  std::optional<RunInHand> run_ ABSL_GUARDED_BY(mutex_);
  std::optional<EndedPoll> last_poll_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace scriptworker::worker

#endif  // SCRIPTWORKER_WORKER_MONITORING_WORKER_STATE_H_
