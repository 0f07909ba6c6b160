// SPDX-License-Identifier: MPL-2.0

#ifndef SCRIPTWORKER_WORKER_MONITORING_SERVICE_REPORTER_H_
#define SCRIPTWORKER_WORKER_MONITORING_SERVICE_REPORTER_H_

#include <optional>
#include <string>
#include <thread>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "absl/synchronization/notification.h"
#include "absl/time/time.h"
#include "scriptworker/base/cancellation.h"
#include "scriptworker/base/clock.h"
#include "scriptworker/taskcluster/task_claim.h"
#include "scriptworker/worker/monitoring/service_notifier.h"
#include "scriptworker/worker/monitoring/worker_state.h"
#include "scriptworker/worker/outcome/exit_status.h"
#include "scriptworker/worker/outcome/run_outcome.h"
#include "scriptworker/worker/outcome/worker_observer.h"

namespace scriptworker::worker {

// Keeps the service manager informed from Start() on: READY at once, a STATUS
// with each task and phase, and that no more are taken from `drain` on, and
// WATCHDOG at twice the pace that is asked for as long as `state` is alive. A
// thread of its own for the last, if it is asked for.
//
// STOPPING with `stop`, or else when this ends: from then on systemd grants no
// more than TimeoutStopSec, which a task in hand after `drain` may well exceed.
class ServiceReporter final : public WorkerObserver {
 public:
  // All must outlive this. Does nothing before Start().
  ServiceReporter(const ServiceNotifier& notifier, const WorkerState& state, Clock& clock,
                  const CancellationToken& drain, const CancellationToken& stop);
  ~ServiceReporter() override;

  // At most once. kResourceExhausted: the machine has no thread to give, and the service manager
  // was told nothing.
  absl::Status Start();

  void OnHeldUp(const absl::Status& reason) override;
  void OnPollEnded(const absl::StatusOr<int>& tasks) override;
  void OnTaskStarted(const taskcluster::ClaimedTask& task, absl::Duration lease) override;
  void OnPhase(Phase phase) override;
  void OnTaskEnded(const RunOutcome& outcome) override;

 private:
  void FeedWatchdog();
  // What the worker does, for the STATUS.
  void Say(std::string doing);
  void TellStatus() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  const ServiceNotifier& notifier_;
  const WorkerState& state_;
  Clock& clock_;
  const CancellationToken drain_;
  const CancellationToken stop_;
  std::string run_;       // of the loop's thread
  bool trouble_ = false;  // was told last; of the loop's thread
  absl::Mutex mutex_;
  std::string doing_ ABSL_GUARDED_BY(mutex_);  // "": it waits for tasks
  CancellationSource end_;
  std::optional<CancellationCallback> draining_;
  std::optional<CancellationCallback> stopping_;
  absl::Notification ready_;  // was told
  std::thread watcher_;
};

}  // namespace scriptworker::worker

#endif  // SCRIPTWORKER_WORKER_MONITORING_SERVICE_REPORTER_H_
