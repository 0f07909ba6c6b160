// SPDX-License-Identifier: MPL-2.0

#include "scriptworker/base/clock.h"

#include <fcntl.h>
#include <sched.h>
#include <sys/wait.h>
#include <unistd.h>

#include <string_view>

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

// In a time namespace in which the machine has slept for a thousand seconds.
TEST(SystemClockTest, MonotonicTimeCountsTheTimeThatTheMachineSleeps) {
  constexpr int kMayNot = 77;
  const pid_t parent = ::fork();
  if (parent == 0) {
    if (::unshare(CLONE_NEWTIME) != 0) ::_exit(kMayNot);
    const int offsets = ::open("/proc/self/timens_offsets", O_WRONLY);
    constexpr std::string_view kSlept = "boottime 1000 0\n";
    if (::write(offsets, kSlept.data(), kSlept.size()) < 0) ::_exit(kMayNot);
    const absl::Duration before = SystemClock().Monotonic();
    const pid_t child = ::fork();  // the first process of the namespace
    if (child == 0) {
      const absl::Duration elapsed = SystemClock().Monotonic() - before;
      ::_exit(elapsed >= absl::Seconds(1000) && elapsed < absl::Seconds(1100) ? 0 : 1);
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    ::_exit(WIFEXITED(status) ? WEXITSTATUS(status) : 1);
  }
  int status = 0;
  ASSERT_EQ(::waitpid(parent, &status, 0), parent);
  ASSERT_TRUE(WIFEXITED(status));
  if (WEXITSTATUS(status) == kMayNot) {
    GTEST_SKIP() << "SKIPPED: this process may not make a time namespace";
  }
  EXPECT_EQ(WEXITSTATUS(status), 0);
}

}  // namespace
}  // namespace scriptworker
