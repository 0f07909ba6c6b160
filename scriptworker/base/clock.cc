// SPDX-License-Identifier: MPL-2.0

#include "scriptworker/base/clock.h"

#include <time.h>

#include "absl/log/check.h"
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
  // Like the steady clock, but it counts the time that the machine sleeps: what
  // others measure, a claim's end for instance, does not sleep with it.
  timespec now = {};
  CHECK_EQ(::clock_gettime(CLOCK_BOOTTIME, &now), 0);
  return absl::DurationFromTimespec(now);
}

bool SystemClock::AwaitWithTimeout(absl::Mutex& mu, const absl::Condition& condition,
                                   absl::Duration timeout) {
  return mu.AwaitWithTimeout(condition, timeout);
}

}  // namespace scriptworker
