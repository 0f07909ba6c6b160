// SPDX-License-Identifier: MPL-2.0

#ifndef SCRIPTWORKER_HTTP_RETRYING_TRANSPORT_H_
#define SCRIPTWORKER_HTTP_RETRYING_TRANSPORT_H_

#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/random/random.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "scriptworker/base/cancellation.h"
#include "scriptworker/base/clock.h"
#include "scriptworker/base/retry.h"
#include "scriptworker/http/transport.h"

namespace scriptworker::http {

// The table of what is worth another attempt (retrying_transport.cc): 429, 5xx,
// connections lost or refused, timeouts, truncated and undecodable bodies. No
// other 4xx, no cap, no forbidden redirect, nothing after a cancellation.
bool IsRetryableStatus(int http_status);
bool IsRetryableError(const absl::Status& error);

// Sends again what IsRetryable*() names, with the pauses of `policy`, or as
// long as the Retry-After of a 429 or 503 asks for (policy.max_retry_after at
// most). Rewinds the body's source and restarts the sink before each
// repetition. After the last attempt: its response or error. A cancelled token
// ends a pause at once, with the token's reason. Timeouts of the request hold
// per attempt.
//
// To stack above what signs: each attempt is signed afresh. Thread-safe.
class RetryingTransport final : public Transport {
 public:
  // Borrows `inner` and `clock`.
  RetryingTransport(Transport& inner, RetryPolicy policy, Clock& clock,
                    absl::BitGen bit_gen = absl::BitGen());

  // Once `token` is cancelled no further attempt is made; one under way, and
  // its answer, are untouched. Before the first Send.
  void MakeNoMoreAttemptsAfter(CancellationToken token) { last_attempt_ = std::move(token); }

  absl::StatusOr<Response> Send(const Request& request) override;

 private:
  absl::Duration Pause(const absl::StatusOr<Response>& result, int retry);

  Transport& inner_;
  const RetryPolicy policy_;
  Clock& clock_;
  CancellationToken last_attempt_;  // never cancelled unless set
  absl::Mutex mutex_;
  absl::BitGen bit_gen_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace scriptworker::http

#endif  // SCRIPTWORKER_HTTP_RETRYING_TRANSPORT_H_
