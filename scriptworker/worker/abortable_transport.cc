// SPDX-License-Identifier: MPL-2.0
#include "scriptworker/worker/abortable_transport.h"

#include "absl/status/statusor.h"
#include "scriptworker/base/cancellation.h"
#include "scriptworker/http/transport.h"

namespace scriptworker::worker {

absl::StatusOr<http::Response> AbortableTransport::Send(const http::Request& request) {
  if (abort_.cancelled()) return abort_.reason();
  const CancellationSource either(request.cancellation, abort_);
  http::Request copy = request;
  copy.cancellation = either.token();
  return inner_.Send(copy);
}

}  // namespace scriptworker::worker
