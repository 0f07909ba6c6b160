// SPDX-License-Identifier: MPL-2.0

#ifndef SCRIPTWORKER_WORKER_STATUS_CLIENT_H_
#define SCRIPTWORKER_WORKER_STATUS_CLIENT_H_

#include <string>

#include "absl/status/statusor.h"
#include "scriptworker/json/value.h"

namespace scriptworker::worker {

// Asks the worker behind its status socket for the document of
// status_document.h; waits for 5 s at most. kUnavailable: no worker listens
// there; kDeadlineExceeded; kDataLoss: another program does.
absl::StatusOr<json::Value> AskForStatus(const std::string& socket_path);

}  // namespace scriptworker::worker

#endif  // SCRIPTWORKER_WORKER_STATUS_CLIENT_H_
