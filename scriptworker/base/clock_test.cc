// SPDX-License-Identifier: MPL-2.0

#include "scriptworker/base/clock.h"

#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "gtest/gtest.h"

namespace scriptworker {
namespace {

TEST(SystemClockTest, WallClockIsInOurTimes) {
  EXPECT_GT(SystemClock().Now(), absl::FromUnixSeconds(1'600'000'000));
}

TEST(SystemClockTest, SleepTakesAtLeastItsDuration) {
  SystemClock clock;
  const absl::Duration start = clock.Monotonic();
  clock.SleepFor(absl::Milliseconds(2));
  EXPECT_GE(clock.Monotonic() - start, absl::Milliseconds(2));
}

TEST(SystemClockTest, AwaitReturnsAtOnceWhenTheConditionHolds) {
  SystemClock clock;
  absl::Mutex mutex;
  bool yes = true;
  absl::MutexLock lock(&mutex);
  EXPECT_TRUE(clock.AwaitWithTimeout(mutex, absl::Condition(&yes), absl::InfiniteDuration()));
}

TEST(SystemClockTest, AwaitGivesUpAfterTheTimeout) {
  SystemClock clock;
  absl::Mutex mutex;
  bool no = false;
  absl::MutexLock lock(&mutex);
  EXPECT_FALSE(clock.AwaitWithTimeout(mutex, absl::Condition(&no), absl::Milliseconds(1)));
  EXPECT_FALSE(clock.AwaitWithTimeout(mutex, absl::Condition(&no), absl::Seconds(-1)));
}

}  // namespace
}  // namespace scriptworker
