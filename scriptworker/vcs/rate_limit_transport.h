// SPDX-License-Identifier: MPL-2.0
#ifndef SCRIPTWORKER_VCS_RATE_LIMIT_TRANSPORT_H_
#define SCRIPTWORKER_VCS_RATE_LIMIT_TRANSPORT_H_

#include <optional>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "scriptworker/base/clock.h"
#include "scriptworker/http/transport.h"

namespace scriptworker::vcs {

// How long to wait after an answer by GitHub: nullopt if it is no 403 or 429, or is one
// for another reason than a rate limit. Retry-After counts first, then X-RateLimit-Reset
// when nothing remains (against the answer's own Date, else `now`), else a minute, as
// GitHub's documentation asks for.
std::optional<absl::Duration> RateLimitWait(const http::Response& response, absl::Time now);

// Waits out a rate limit of at most `max_wait` and sends again, twice at most. A longer
// one, or a third, is kUnavailable and says until when. A cancelled token ends the wait
// with its reason. No pause is longer than `max_pause`. Thread-safe.
class RateLimitTransport final : public http::Transport {
 public:
  // Borrows both references.
  RateLimitTransport(http::Transport& transport, Clock& clock, absl::Duration max_wait,
                     absl::Duration max_pause = absl::InfiniteDuration());

  absl::StatusOr<http::Response> Send(const http::Request& request) override;

 private:
  http::Transport& transport_;
  Clock& clock_;
  const absl::Duration max_wait_;
  const absl::Duration max_pause_;
};

}  // namespace scriptworker::vcs

#endif  // SCRIPTWORKER_VCS_RATE_LIMIT_TRANSPORT_H_
