// SPDX-License-Identifier: MPL-2.0

#ifndef SCRIPTWORKER_WORKER_MONITORING_STATUS_CLIENT_H_
#define SCRIPTWORKER_WORKER_MONITORING_STATUS_CLIENT_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "scriptworker/json/value.h"

namespace scriptworker::worker {

// Asks the worker behind its status socket for the document of
// status_document.h. kUnavailable: no worker listens there, or it ends before it
// has read the question; kDeadlineExceeded: it accepts no connection, or says nothing, for
// so long; kDataLoss: it ends without an answer, or another program answers.
absl::StatusOr<json::Value> AskForStatus(const std::string& socket_path,
                                         absl::Duration patience = absl::Seconds(5));

}  // namespace scriptworker::worker

#endif  // SCRIPTWORKER_WORKER_MONITORING_STATUS_CLIENT_H_
