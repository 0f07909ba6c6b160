// SPDX-License-Identifier: MPL-2.0
//
// Everything by which the worker is watched from outside, put together from its
// configuration and environment.

#ifndef SCRIPTWORKER_WORKER_MONITORING_H_
#define SCRIPTWORKER_WORKER_MONITORING_H_

#include <memory>

#include "absl/status/statusor.h"
#include "scriptworker/base/clock.h"
#include "scriptworker/base/environment.h"
#include "scriptworker/worker/log_run_tag.h"
#include "scriptworker/worker/observer_list.h"
#include "scriptworker/worker/service_notifier.h"
#include "scriptworker/worker/service_reporter.h"
#include "scriptworker/worker/shutdown.h"
#include "scriptworker/worker/worker_log.h"
#include "scriptworker/worker/worker_observer.h"
#include "scriptworker/worker/worker_state.h"

namespace scriptworker::worker {

// Watches until it is destroyed. Thread-safe.
class Monitoring {
 public:
  // From here on the service manager holds the worker for ready. All must
  // outlive the result.
  static absl::StatusOr<std::unique_ptr<Monitoring>> Start(const Environment& environment,
                                                           Clock& clock, WorkerLog& log,
                                                           const Shutdown& shutdown);

  // What is to be told of the worker's doings.
  WorkerObserver& observer() { return observers_; }

 private:
  Monitoring(ServiceNotifier notifier, Clock& clock, WorkerLog& log, const Shutdown& shutdown);

  WorkerState state_;
  LogRunTag run_tag_;
  const ServiceNotifier notifier_;
  ServiceReporter reporter_;
  ObserverList observers_;
};

}  // namespace scriptworker::worker

#endif  // SCRIPTWORKER_WORKER_MONITORING_H_
