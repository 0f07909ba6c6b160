// SPDX-License-Identifier: MPL-2.0
//
// Lets one token end every request of a process, beside the request's own one.

#ifndef SCRIPTWORKER_WORKER_ABORTABLE_TRANSPORT_H_
#define SCRIPTWORKER_WORKER_ABORTABLE_TRANSPORT_H_

#include <utility>

#include "absl/status/statusor.h"
#include "scriptworker/base/cancellation.h"
#include "scriptworker/http/transport.h"

namespace scriptworker::worker {

// Thread-safe.
class AbortableTransport final : public http::Transport {
 public:
  // Borrows `inner`. A request that meets a cancelled `abort` is not sent.
  AbortableTransport(http::Transport& inner, CancellationToken abort)
      : inner_(inner), abort_(std::move(abort)) {}

  absl::StatusOr<http::Response> Send(const http::Request& request) override;

 private:
  http::Transport& inner_;
  const CancellationToken abort_;
};

}  // namespace scriptworker::worker

#endif  // SCRIPTWORKER_WORKER_ABORTABLE_TRANSPORT_H_
