// SPDX-License-Identifier: MPL-2.0

#ifndef SCRIPTWORKER_HAR_RECORDING_TRANSPORT_H_
#define SCRIPTWORKER_HAR_RECORDING_TRANSPORT_H_

#include <string>

#include "absl/base/thread_annotations.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "scriptworker/base/clock.h"
#include "scriptworker/har/har.h"
#include "scriptworker/http/redirect.h"
#include "scriptworker/http/transport.h"

namespace scriptworker::har {

// Passes requests on and keeps every exchange, redacted (redaction.h) before it
// is kept: no secret is in the document at any time. Redirects are followed
// here, so that each hop is an exchange; the limits of `inner` and the total timeout
// hold for them as without recording. Bodies are held in memory, decoded.
// Thread-safe.
class RecordingTransport final : public http::Transport {
 public:
  // Borrows `inner` and `clock`.
  RecordingTransport(http::Transport& inner, Clock& clock, std::string creator_version,
                     http::RedirectLimits redirect_limits = {});

  absl::StatusOr<http::Response> Send(const http::Request& request) override;

  // What was recorded so far, in the order of the requests' starts.
  Document document() const;

 private:
  absl::StatusOr<http::Response> SendOne(const http::Request& request, absl::Duration timeout);

  http::Transport& inner_;
  Clock& clock_;
  const http::RedirectLimits redirect_limits_;
  mutable absl::Mutex mutex_;
  Document document_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace scriptworker::har

#endif  // SCRIPTWORKER_HAR_RECORDING_TRANSPORT_H_
