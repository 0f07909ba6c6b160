// SPDX-License-Identifier: MPL-2.0

#include "scriptworker/base/clock.h"

#include <chrono>

#include "absl/synchronization/mutex.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"

namespace scriptworker {

void Clock::SleepFor(absl::Duration duration) {
  bool never = false;
  absl::Mutex mutex;
  absl::MutexLock lock(&mutex);
  AwaitWithTimeout(mutex, absl::Condition(&never), duration);
}

absl::Time SystemClock::Now() const { return absl::Now(); }

absl::Duration SystemClock::Monotonic() const {
  return absl::FromChrono(std::chrono::steady_clock::now().time_since_epoch());
}

bool SystemClock::AwaitWithTimeout(absl::Mutex& mu, const absl::Condition& condition,
                                   absl::Duration timeout) {
  return mu.AwaitWithTimeout(condition, timeout);
}

}  // namespace scriptworker
