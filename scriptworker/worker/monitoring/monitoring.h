// SPDX-License-Identifier: MPL-2.0
//
// Everything by which the worker is watched from outside, put together from its
// configuration and environment.

#ifndef SCRIPTWORKER_WORKER_MONITORING_MONITORING_H_
#define SCRIPTWORKER_WORKER_MONITORING_MONITORING_H_

#include <memory>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "scriptworker/base/clock.h"
#include "scriptworker/base/environment.h"
#include "scriptworker/http/get_server.h"
#include "scriptworker/worker/config/config.h"
#include "scriptworker/worker/log/worker_log.h"
#include "scriptworker/worker/monitoring/log_run_tag.h"
#include "scriptworker/worker/monitoring/service_notifier.h"
#include "scriptworker/worker/monitoring/service_reporter.h"
#include "scriptworker/worker/monitoring/worker_metrics.h"
#include "scriptworker/worker/monitoring/worker_state.h"
#include "scriptworker/worker/outcome/observer_list.h"
#include "scriptworker/worker/outcome/worker_observer.h"
#include "scriptworker/worker/process/shutdown.h"

namespace scriptworker::worker {

// Watches until it is destroyed. Thread-safe.
class Monitoring {
 public:
  // From here on the service manager holds the worker for ready. All must
  // outlive the result. Errors: an address that is configured cannot be used; the machine has
  // no thread to give.
  static absl::StatusOr<std::unique_ptr<Monitoring>> Start(const Config& config,
                                                           const Environment& environment,
                                                           Clock& clock, WorkerLog& log,
                                                           const Shutdown& shutdown);

  // What is to be told of the worker's doings.
  WorkerObserver& observer() { return observers_; }
  // And of its requests.
  WorkerMetrics& metrics() { return metrics_; }
  // Where it is answered; "" if nowhere. For a port that was free.
  std::string_view health_address() const {
    return health_ == nullptr ? std::string_view() : health_->address();
  }

 private:
  Monitoring(const Config& config, ServiceNotifier notifier, Clock& clock, WorkerLog& log,
             const Shutdown& shutdown);
  absl::Status Serve(const Watching& watching, Clock& clock, WorkerLog& log);
  http::GetServer::Answer AnswerTo(std::string_view path) const;
  http::GetServer::Answer AnswerWithStatusTo(std::string_view path) const;

  const QueueIdentity queue_;
  WorkerState state_;
  WorkerMetrics metrics_;
  LogRunTag run_tag_;
  const ServiceNotifier notifier_;
  ServiceReporter reporter_;
  ObserverList observers_;
  std::unique_ptr<http::GetServer> health_;
  std::unique_ptr<http::GetServer> status_;
};

}  // namespace scriptworker::worker

#endif  // SCRIPTWORKER_WORKER_MONITORING_MONITORING_H_
