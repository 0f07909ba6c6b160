// SPDX-License-Identifier: MPL-2.0
//
// How long to wait between attempts, and the loop that does so over an
// injected clock.
//
//   absl::StatusOr<Response> response = Retry(
//       policy, clock, bitgen, token, [&] { return transport.Send(request); },
//       [](const absl::Status& s) { return absl::IsUnavailable(s); });

#ifndef SCRIPTWORKER_BASE_RETRY_H_
#define SCRIPTWORKER_BASE_RETRY_H_

#include <algorithm>
#include <concepts>
#include <utility>

#include "absl/random/bit_gen_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "scriptworker/base/cancellation.h"
#include "scriptworker/base/clock.h"

namespace scriptworker {

struct RetryPolicy {
  // The delay before retry n (n = 1 follows the first failed attempt):
  enum class Backoff {
    // uniform in [0, min(max, initial * 2^(n-1)))
    kFullJitter,
    // ReferenceSleepTime(n + 1): the reference counts the attempt before it
    // computes the sleep, so its first sleep is that of attempt 2.
    kReference,
    // min(max, initial * 2^(n-1) * uniform [0.75, 1.25)): the rule of the
    // Taskcluster client libraries.
    kTaskclusterClient,
  };

  int attempts = 5;  // in all, the first one included; at least 1
  Backoff backoff = Backoff::kFullJitter;
  absl::Duration initial = absl::Seconds(1);
  absl::Duration max = absl::Seconds(30);
  double randomization = 0.5;  // kReference only
  // A server's Retry-After is obeyed up to here: by http::RetryingTransport, which alone
  // sees the header. Retry() knows nothing of it.
  absl::Duration max_retry_after = absl::Minutes(5);
};

// The reference's retry_async: 5 attempts; sleeps of 10-15, 20-30, 40-60 and
// 80-120 seconds.
RetryPolicy ReferenceRetryPolicy();
// The Taskcluster client's: 6 attempts; 0.1 s doubling, at most 30 s.
RetryPolicy TaskclusterClientRetryPolicy();

// The reference's calculate_sleep_time: zero for attempt <= 0, else
// min(max_delay, 2^(attempt-1) * delay_factor * (1 + randomization * r)) with
// r uniform in [0, 1).
absl::Duration ReferenceSleepTime(int attempt, absl::Duration delay_factor, double randomization,
                                  absl::Duration max_delay, absl::BitGenRef bitgen);

// The delay before retry `retry`, which counts from 1.
absl::Duration BackoffDelay(const RetryPolicy& policy, int retry, absl::BitGenRef bitgen);

namespace retry_internal {

inline const absl::Status& StatusOf(const absl::Status& status) { return status; }
template <typename T>
const absl::Status& StatusOf(const absl::StatusOr<T>& result) {
  return result.status();
}

// The token's reason, with the last error (if any) in words.
absl::Status Cancelled(const CancellationToken& token, const absl::Status& last_error);

template <typename F>
auto Attempt(F& attempt, int number) {
  if constexpr (std::invocable<F&, int>) {
    return attempt(number);
  } else {
    return attempt();
  }
}

}  // namespace retry_internal

// Calls `attempt` (with the attempt's number from 1, if it takes an int; it
// returns Status or StatusOr) until it succeeds, `is_retryable(status)` is
// false, the attempts are used up (both: the last error is returned as it is)
// or the token is cancelled (its reason is returned). Once the token is
// cancelled no attempt starts; a running one is the attempt's own concern.
template <typename F, std::predicate<const absl::Status&> P>
auto Retry(const RetryPolicy& policy, Clock& clock, absl::BitGenRef bitgen,
           const CancellationToken& token, F attempt, P is_retryable)
    -> decltype(retry_internal::Attempt(attempt, 1)) {
  if (token.cancelled()) {
    return retry_internal::Cancelled(token, absl::OkStatus());
  }
  for (int number = 1;; ++number) {
    auto result = retry_internal::Attempt(attempt, number);
    if (result.ok()) return result;
    const absl::Status& error = retry_internal::StatusOf(result);
    if (number >= policy.attempts || !is_retryable(error)) return result;
    if (!SleepUnlessCancelled(clock, BackoffDelay(policy, number, bitgen), token)) {
      return retry_internal::Cancelled(token, error);
    }
  }
}

}  // namespace scriptworker

#endif  // SCRIPTWORKER_BASE_RETRY_H_
