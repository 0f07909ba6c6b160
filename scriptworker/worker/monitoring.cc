// SPDX-License-Identifier: MPL-2.0
#include "scriptworker/worker/monitoring.h"

#include <memory>
#include <utility>

#include "absl/memory/memory.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "scriptworker/base/clock.h"
#include "scriptworker/base/environment.h"
#include "scriptworker/worker/service_notifier.h"
#include "scriptworker/worker/shutdown.h"
#include "scriptworker/worker/worker_log.h"

namespace scriptworker::worker {

absl::StatusOr<std::unique_ptr<Monitoring>> Monitoring::Start(const Environment& environment,
                                                              Clock& clock, WorkerLog& log,
                                                              const Shutdown& shutdown) {
  absl::StatusOr<ServiceNotifier> notifier = ServiceNotifier::Create(environment);
  if (!notifier.ok()) {
    log.Warning(absl::StrCat("the service manager is told nothing: ", notifier.status().message()));
    notifier = ServiceNotifier();
  }
  return absl::WrapUnique(new Monitoring(*std::move(notifier), clock, log, shutdown));
}

Monitoring::Monitoring(ServiceNotifier notifier, Clock& clock, WorkerLog& log,
                       const Shutdown& shutdown)
    : state_({}, clock, shutdown.drain(), shutdown.stop()),
      run_tag_(log),
      notifier_(std::move(notifier)),
      reporter_(notifier_, state_, clock, shutdown.drain()),
      observers_({&run_tag_, &state_, &reporter_}) {}

}  // namespace scriptworker::worker
