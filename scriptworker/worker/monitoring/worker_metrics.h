// SPDX-License-Identifier: MPL-2.0
//
// What the worker counts and measures; docs/monitoring.md lists it. The only
// place that knows prometheus-cpp.

#ifndef SCRIPTWORKER_WORKER_MONITORING_WORKER_METRICS_H_
#define SCRIPTWORKER_WORKER_MONITORING_WORKER_METRICS_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "scriptworker/base/clock.h"
#include "scriptworker/http/transport.h"
#include "scriptworker/http/url.h"
#include "scriptworker/taskcluster/task_claim.h"
#include "scriptworker/worker/config/config.h"
#include "scriptworker/worker/monitoring/worker_state.h"
#include "scriptworker/worker/outcome/exit_status.h"
#include "scriptworker/worker/outcome/run_outcome.h"
#include "scriptworker/worker/outcome/worker_observer.h"

namespace scriptworker::worker {

// Thread-safe.
class WorkerMetrics final : public WorkerObserver {
 public:
  // `state` and `clock` must outlive this.
  WorkerMetrics(const QueueIdentity& queue, const WorkerState& state, const Clock& clock);
  ~WorkerMetrics() override;

  // Prometheus' text format, version 0.0.4.
  std::string Text() const;

  struct Value {
    std::string name;  // `scriptworker_polls_total{outcome="task"}`
    double value = 0;
  };
  // The counters alone, sorted by name.
  std::vector<Value> Counters() const;

  // One attempt of a request: sent bytes of body, and what came.
  void CountAttempt(const http::Request& request, int64_t sent,
                    const absl::StatusOr<http::Response>& result, int64_t received);

  void OnPollEnded(const absl::StatusOr<int>& tasks) override;
  void OnTaskStarted(const taskcluster::ClaimedTask& task, absl::Duration lease) override;
  void OnPhase(Phase phase) override;
  void OnTaskEnded(const RunOutcome& outcome) override;
  void OnReclaimed(absl::Duration margin, absl::Duration lease) override;
  void OnReclaimFailed(const absl::Status& error, absl::Duration margin) override;
  void OnClaimLost(const absl::Status& reason) override;

 private:
  struct Families;

  // The label for a host; "other" once there are too many.
  std::string HostLabel(const http::Url& url);
  // Ends the phase that was under way and begins `next`; "" is none.
  void NextPhase(std::string_view next);

  const WorkerState& state_;
  const Clock& clock_;
  const std::unique_ptr<Families> families_;
  absl::Mutex mutex_;
  std::set<std::string, std::less<>> hosts_ ABSL_GUARDED_BY(mutex_);
  std::string phase_ ABSL_GUARDED_BY(mutex_);
  absl::Duration phase_began_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace scriptworker::worker

#endif  // SCRIPTWORKER_WORKER_MONITORING_WORKER_METRICS_H_
