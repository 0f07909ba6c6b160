// SPDX-License-Identifier: MPL-2.0
#ifndef SCRIPTWORKER_TASKCLUSTER_QUEUE_ERROR_H_
#define SCRIPTWORKER_TASKCLUSTER_QUEUE_ERROR_H_

#include <optional>
#include <string>
#include <string_view>

#include "absl/status/status.h"

namespace scriptworker::taskcluster {

// What a Taskcluster service said when it refused a request.
struct QueueError {
  int http_status = 0;
  std::string code;     // `RequestConflict`, ...; empty if the body has none
  std::string message;  // cut before the service's `---` block and to 2000 bytes
};

// The status code for an HTTP status >= 400, as queue.h lists them.
absl::StatusCode CodeForHttpStatus(int http_status);

// A status with code CodeForHttpStatus(error.http_status), the text
// "`what`: `message`", and `error` as payload.
absl::Status MakeQueueError(std::string_view what, const QueueError& error);

// The error that MakeQueueError() put into `status`, if any. Survives a change
// of the message that copies the payloads.
std::optional<QueueError> GetQueueError(const absl::Status& status);
// Whether there is one, of that HTTP status.
bool HasHttpStatus(const absl::Status& status, int http_status);

// An answer that came whole, and is JSON of another shape than documented: kDataLoss, as is an
// answer that did not come, but this one is what the service means.
absl::Status MakeWrongShapeError(std::string_view message);
bool IsWrongShape(const absl::Status& status);

// Reads an error body ({code, message, requestInfo}, {error}, {reason,
// message}, or anything); never fails.
QueueError ParseQueueError(int http_status, std::string_view body);

}  // namespace scriptworker::taskcluster

#endif  // SCRIPTWORKER_TASKCLUSTER_QUEUE_ERROR_H_
