// SPDX-License-Identifier: MPL-2.0

#include "scriptworker/http/retrying_transport.h"

#include <algorithm>
#include <optional>
#include <string_view>
#include <utility>

#include "absl/random/random.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "scriptworker/base/cancellation.h"
#include "scriptworker/base/clock.h"
#include "scriptworker/base/retry.h"
#include "scriptworker/base/status_macros.h"
#include "scriptworker/http/http_date.h"
#include "scriptworker/http/transport.h"

namespace scriptworker::http {
namespace {

// What is retried. Everything that is not here is final.
struct StatusRange {
  int first;
  int last;
  bool obeys_retry_after;
};
constexpr StatusRange kRetriedStatuses[] = {
    {429, 429, true},   // too many requests
    {500, 502, false},  // server error, bad gateway
    {503, 503, true},   // unavailable
    {504, 599, false},
};
constexpr absl::StatusCode kRetriedErrors[] = {
    absl::StatusCode::kUnavailable,       // refused, reset, TLS
    absl::StatusCode::kDeadlineExceeded,  // timeout, low speed
    absl::StatusCode::kDataLoss,          // truncated, undecodable
};

const StatusRange* FindRetriedStatus(int http_status) {
  for (const StatusRange& range : kRetriedStatuses) {
    if (http_status >= range.first && http_status <= range.last) return &range;
  }
  return nullptr;
}

absl::Status Restart(const Request& request) {
  if (request.body_source != nullptr) {
    SW_RETURN_IF_ERROR(request.body_source->Rewind());
  }
  return request.sink == nullptr ? absl::OkStatus() : request.sink->Restart();
}

}  // namespace

bool IsRetryableStatus(int http_status) { return FindRetriedStatus(http_status) != nullptr; }

bool IsRetryableError(const absl::Status& error) {
  return std::find(std::begin(kRetriedErrors), std::end(kRetriedErrors), error.code()) !=
         std::end(kRetriedErrors);
}

RetryingTransport::RetryingTransport(Transport& inner, RetryPolicy policy, Clock& clock,
                                     absl::BitGen bit_gen)
    : inner_(inner), policy_(std::move(policy)), clock_(clock), bit_gen_(std::move(bit_gen)) {}

absl::StatusOr<Response> RetryingTransport::Send(const Request& request) {
  const CancellationSource enough(request.cancellation, last_attempt_);
  for (int attempt = 1;; ++attempt) {
    absl::StatusOr<Response> result = inner_.Send(request);
    // A cancelled request fails with the token's reason, whose code may be one
    // of those that are retried.
    if (request.cancellation.cancelled()) return result;
    const bool retryable =
        result.ok() ? IsRetryableStatus(result->status) : IsRetryableError(result.status());
    if (!retryable || attempt >= policy_.attempts) return result;
    if (!SleepUnlessCancelled(clock_, Pause(result, attempt), enough.token())) {
      if (request.cancellation.cancelled()) return request.cancellation.reason();
      return result;
    }
    SW_RETURN_IF_ERROR(Restart(request));
  }
}

absl::Duration RetryingTransport::Pause(const absl::StatusOr<Response>& result, int retry) {
  absl::Duration pause;
  {
    absl::MutexLock lock(&mutex_);
    pause = BackoffDelay(policy_, retry, bit_gen_);
  }
  if (!result.ok() || !FindRetriedStatus(result->status)->obeys_retry_after) {
    return pause;
  }
  const std::optional<std::string_view> header = result->headers.Find("Retry-After");
  if (!header.has_value()) return pause;
  const std::optional<absl::Duration> asked = ParseRetryAfter(*header, clock_.Now());
  if (!asked.has_value()) return pause;
  return std::max(pause, std::min(*asked, policy_.max_retry_after));
}

}  // namespace scriptworker::http
