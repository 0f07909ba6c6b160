// SPDX-License-Identifier: MPL-2.0

#include "scriptworker/base/retry.h"

#include <algorithm>
#include <cmath>

#include "absl/random/bit_gen_ref.h"
#include "absl/random/distributions.h"
#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "scriptworker/base/cancellation.h"
#include "scriptworker/base/status_macros.h"

namespace scriptworker {
namespace {

// initial * 2^doublings, saturating.
absl::Duration Doubled(absl::Duration initial, int doublings) {
  // 2^62 seconds and more are beyond any limit, and ldexp saturates anyway.
  return initial * std::ldexp(1.0, std::clamp(doublings, 0, 62));
}

}  // namespace

RetryPolicy ReferenceRetryPolicy() {
  return {.attempts = 5,
          .backoff = RetryPolicy::Backoff::kReference,
          .initial = absl::Seconds(5),
          .max = absl::Seconds(120)};
}

RetryPolicy TaskclusterClientRetryPolicy() {
  return {.attempts = 6,
          .backoff = RetryPolicy::Backoff::kTaskclusterClient,
          .initial = absl::Milliseconds(100),
          .max = absl::Seconds(30)};
}

absl::Duration ReferenceSleepTime(int attempt, absl::Duration delay_factor, double randomization,
                                  absl::Duration max_delay, absl::BitGenRef bitgen) {
  if (attempt <= 0) return absl::ZeroDuration();
  const double jitter = randomization * absl::Uniform(bitgen, 0.0, 1.0);
  return std::min(max_delay, Doubled(delay_factor, attempt - 1) * (1 + jitter));
}

absl::Duration BackoffDelay(const RetryPolicy& policy, int retry, absl::BitGenRef bitgen) {
  if (retry <= 0) return absl::ZeroDuration();
  switch (policy.backoff) {
    case RetryPolicy::Backoff::kReference:
      return ReferenceSleepTime(retry + 1, policy.initial, policy.randomization, policy.max,
                                bitgen);
    case RetryPolicy::Backoff::kTaskclusterClient:
      return std::min(policy.max,
                      Doubled(policy.initial, retry - 1) * absl::Uniform(bitgen, 0.75, 1.25));
    case RetryPolicy::Backoff::kFullJitter:
      break;
  }
  return std::min(policy.max, Doubled(policy.initial, retry - 1)) * absl::Uniform(bitgen, 0.0, 1.0);
}

namespace retry_internal {

absl::Status Cancelled(const CancellationToken& token, const absl::Status& last_error) {
  const absl::Status reason = token.reason();
  if (last_error.ok()) return reason;
  return WithMessage(reason,
                     absl::StrCat(reason.message(), " (last error: ", last_error.message(), ")"));
}

}  // namespace retry_internal
}  // namespace scriptworker
