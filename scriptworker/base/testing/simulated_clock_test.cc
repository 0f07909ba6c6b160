// SPDX-License-Identifier: MPL-2.0

#include "scriptworker/base/testing/simulated_clock.h"

#include <optional>
#include <thread>
#include <vector>

#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace scriptworker {
namespace {

using ::testing::ElementsAre;
using ::testing::Eq;
using ::testing::Optional;

const absl::Time kStart = absl::FromUnixSeconds(1'700'000'000);

TEST(SimulatedClockTest, StandsStillUntilAdvanced) {
  SimulatedClock clock(kStart);
  EXPECT_EQ(clock.Now(), kStart);
  EXPECT_EQ(clock.Monotonic(), absl::ZeroDuration());
  clock.AdvanceTime(absl::Seconds(3));
  EXPECT_EQ(clock.Now(), kStart + absl::Seconds(3));
  EXPECT_EQ(clock.Monotonic(), absl::Seconds(3));
}

TEST(SimulatedClockTest, AJumpOfTheWallClockWakesNobody) {
  SimulatedClock clock(kStart);
  std::thread sleeper([&clock] { clock.SleepFor(absl::Seconds(5)); });
  ASSERT_TRUE(clock.AwaitSleepers());
  clock.JumpWallClock(kStart + absl::Hours(1));
  EXPECT_EQ(clock.Monotonic(), absl::ZeroDuration());
  EXPECT_THAT(clock.NextWakeup(), Optional(kStart + absl::Hours(1) + absl::Seconds(5)));
  clock.AdvanceTime(absl::Seconds(5));
  sleeper.join();
}

TEST(SimulatedClockTest, SleepersWakeInTurn) {
  SimulatedClock clock(kStart);
  EXPECT_THAT(clock.NextWakeup(), Eq(std::nullopt));
  EXPECT_FALSE(clock.AdvanceToNextWakeup());
  std::thread later([&clock] { clock.SleepFor(absl::Seconds(9)); });
  std::thread sooner([&clock] { clock.SleepFor(absl::Seconds(4)); });
  ASSERT_TRUE(clock.AwaitSleepers(2));
  EXPECT_THAT(clock.NextWakeup(), Optional(kStart + absl::Seconds(4)));
  EXPECT_TRUE(clock.AdvanceToNextWakeup());
  sooner.join();
  EXPECT_THAT(clock.NextWakeup(), Optional(kStart + absl::Seconds(9)));
  EXPECT_TRUE(clock.AdvanceToNextWakeup());
  later.join();
  EXPECT_EQ(clock.Now(), kStart + absl::Seconds(9));
}

TEST(SimulatedClockTest, AConditionEndsAWaitBeforeItsTime) {
  SimulatedClock clock(kStart);
  absl::Mutex mutex;
  bool ready = false;
  std::thread waiter([&] {
    absl::MutexLock lock(&mutex);
    EXPECT_TRUE(clock.AwaitWithTimeout(mutex, absl::Condition(&ready), absl::Hours(1)));
  });
  ASSERT_TRUE(clock.AwaitSleepers());
  {
    absl::MutexLock lock(&mutex);
    ready = true;
  }
  waiter.join();
  EXPECT_THAT(clock.NextWakeup(), Eq(std::nullopt));
}

TEST(SimulatedClockTest, AnInfiniteWaitIsNoSleeper) {
  SimulatedClock clock(kStart);
  absl::Mutex mutex;
  bool ready = false;
  std::thread waiter([&] {
    absl::MutexLock lock(&mutex);
    EXPECT_TRUE(clock.AwaitWithTimeout(mutex, absl::Condition(&ready), absl::InfiniteDuration()));
  });
  clock.AdvanceTime(absl::Hours(1000));
  EXPECT_THAT(clock.NextWakeup(), Eq(std::nullopt));
  {
    absl::MutexLock lock(&mutex);
    ready = true;
  }
  waiter.join();
}

TEST(SimulatedClockTest, ConditionsAndTimeMayCoincide) {
  for (int round = 0; round < 200; ++round) {
    SimulatedClock clock(kStart);
    std::thread waiter([&clock] {
      // Its mutex dies as soon as the wait is over.
      absl::Mutex mutex;
      bool ready = false;
      std::thread setter([&] {
        absl::MutexLock lock(&mutex);
        ready = true;
      });
      {
        absl::MutexLock lock(&mutex);
        clock.AwaitWithTimeout(mutex, absl::Condition(&ready), absl::Seconds(1));
      }
      setter.join();
    });
    clock.AdvanceTime(absl::Seconds(1));
    clock.AdvanceTime(absl::Seconds(1));
    while (clock.AdvanceToNextWakeup()) {
    }
    waiter.join();
  }
}

TEST(SimulatedClockTest, AutoAdvanceSleepsInNoTimeAndRemembers) {
  SimulatedClock clock(kStart, SimulatedClock::Mode::kAutoAdvance);
  clock.SleepFor(absl::Seconds(2));
  clock.SleepFor(absl::ZeroDuration());
  clock.SleepFor(absl::Seconds(3));
  EXPECT_EQ(clock.Now(), kStart + absl::Seconds(5));
  EXPECT_THAT(clock.sleeps(), ElementsAre(absl::Seconds(2), absl::Seconds(3)));
}

}  // namespace
}  // namespace scriptworker
