// SPDX-License-Identifier: MPL-2.0

#ifndef SCRIPTWORKER_WORKER_MONITORING_MEASURING_TRANSPORT_H_
#define SCRIPTWORKER_WORKER_MONITORING_MEASURING_TRANSPORT_H_

#include "absl/status/statusor.h"
#include "scriptworker/http/transport.h"
#include "scriptworker/worker/monitoring/worker_metrics.h"

namespace scriptworker::worker {

// Tells the metrics of each attempt. To stack below what retries and signs.
// Thread-safe.
class MeasuringTransport final : public http::Transport {
 public:
  // Both must outlive this.
  MeasuringTransport(http::Transport& inner, WorkerMetrics& metrics)
      : inner_(inner), metrics_(metrics) {}

  absl::StatusOr<http::Response> Send(const http::Request& request) override;

 private:
  http::Transport& inner_;
  WorkerMetrics& metrics_;
};

}  // namespace scriptworker::worker

#endif  // SCRIPTWORKER_WORKER_MONITORING_MEASURING_TRANSPORT_H_
