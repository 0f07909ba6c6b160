// SPDX-License-Identifier: MPL-2.0
#include "scriptworker/vcs/rate_limit_transport.h"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "scriptworker/base/cancellation.h"
#include "scriptworker/base/status_macros.h"
#include "scriptworker/http/http_date.h"

namespace scriptworker::vcs {
namespace {

constexpr int kMaxRepetitions = 2;

}  // namespace

std::optional<absl::Duration> RateLimitWait(const http::Response& response, absl::Time now) {
  if (response.status != 403 && response.status != 429) return std::nullopt;
  if (const auto header = response.headers.Find("Retry-After"); header.has_value()) {
    const std::optional<absl::Duration> asked = http::ParseRetryAfter(*header, now);
    if (asked.has_value()) return asked;
  }
  if (response.headers.Find("X-RateLimit-Remaining") == "0") {
    int64_t reset = 0;
    if (!absl::SimpleAtoi(response.headers.Find("X-RateLimit-Reset").value_or(""), &reset)) {
      return absl::Minutes(1);
    }
    const absl::Time server_now =
        http::ParseHttpDate(response.headers.Find("Date").value_or("")).value_or(now);
    // A second more, as both are in whole seconds.
    return std::max(absl::ZeroDuration(), absl::FromUnixSeconds(reset) - server_now) +
           absl::Seconds(1);
  }
  if (response.status == 429) return absl::Minutes(1);
  return std::nullopt;
}

RateLimitTransport::RateLimitTransport(http::Transport& transport, Clock& clock,
                                       absl::Duration max_wait, absl::Duration max_pause)
    : transport_(transport), clock_(clock), max_wait_(max_wait), max_pause_(max_pause) {}

absl::StatusOr<http::Response> RateLimitTransport::Send(const http::Request& request) {
  for (int repetition = 0;; ++repetition) {
    SW_ASSIGN_OR_RETURN(http::Response response, transport_.Send(request));
    const std::optional<absl::Duration> wait = RateLimitWait(response, clock_.Now());
    if (!wait.has_value()) return response;
    if (*wait > max_wait_ || repetition >= kMaxRepetitions) {
      return absl::UnavailableError(absl::StrCat(
          "status ", response.status, ": the rate limit is used up until ",
          absl::FormatTime("%Y-%m-%dT%H:%M:%SZ", clock_.Now() + *wait, absl::UTCTimeZone()),
          request.headers.contains("Authorization") ? "" : " (it is higher with a token)"));
    }
    if (!SleepUnlessCancelled(clock_, std::min(*wait, max_pause_), request.cancellation)) {
      return request.cancellation.reason();
    }
  }
}

}  // namespace scriptworker::vcs
