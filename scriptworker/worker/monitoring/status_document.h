// SPDX-License-Identifier: MPL-2.0
//
// What the status socket answers, and how it reads for people.

#ifndef SCRIPTWORKER_WORKER_MONITORING_STATUS_DOCUMENT_H_
#define SCRIPTWORKER_WORKER_MONITORING_STATUS_DOCUMENT_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "scriptworker/json/value.h"
#include "scriptworker/worker/config/config.h"
#include "scriptworker/worker/monitoring/worker_metrics.h"
#include "scriptworker/worker/monitoring/worker_state.h"

namespace scriptworker::worker {

// An object with the members `version`, `pid`, `taskQueueId`, `workerGroup`,
// `workerId`, `state`, `healthy`, `problem` (if it is not), `draining`,
// `upSeconds`, `run` (null, or `taskId`, `runId`, `phase`, `phaseSeconds`,
// `runningSeconds`, `leaseLeftSeconds`), `lastPoll` (null, or `secondsAgo`,
// `tasks` or `error`) and `counters` (by name, as in the metrics). No secret.
json::Value StatusDocument(const QueueIdentity& queue, const WorkerState::Snapshot& state,
                           const absl::Status& alive,
                           const std::vector<WorkerMetrics::Value>& counters);

// A few lines of at most 80 columns, but for names and errors that are longer.
// Counters that are 0 are left out. Members that a document lacks, too. Fit for a terminal
// whoever has answered (visible_text.h).
std::string FormatStatusDocument(const json::Value& document);

}  // namespace scriptworker::worker

#endif  // SCRIPTWORKER_WORKER_MONITORING_STATUS_DOCUMENT_H_
