// SPDX-License-Identifier: MPL-2.0

#include "scriptworker/base/cancellation.h"

#include <atomic>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/status_matchers.h"
#include "absl/synchronization/notification.h"
#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "scriptworker/base/clock.h"
#include "scriptworker/base/testing/simulated_clock.h"

namespace scriptworker {
namespace {

using ::absl_testing::IsOk;
using ::absl_testing::StatusIs;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(CancellationTest, ADefaultTokenIsNeverCancelled) {
  const CancellationToken token;
  EXPECT_FALSE(token.cancelled());
  EXPECT_THAT(token.reason(), IsOk());
  CancellationCallback callback(token, [] { FAIL(); });
}

TEST(CancellationTest, TheFirstReasonWins) {
  CancellationSource source;
  EXPECT_TRUE(source.Cancel(absl::AbortedError("claim lost")));
  EXPECT_FALSE(source.Cancel(absl::CancelledError("shutting down")));
  EXPECT_TRUE(source.token().cancelled());
  EXPECT_THAT(source.token().reason(), StatusIs(absl::StatusCode::kAborted, "claim lost"));
}

TEST(CancellationTest, ATokenOutlivesItsSource) {
  auto source = std::make_unique<CancellationSource>();
  const CancellationToken token = source->token();
  source->Cancel(absl::CancelledError("done"));
  source.reset();
  EXPECT_THAT(token.reason(), StatusIs(absl::StatusCode::kCancelled));
}

TEST(CancellationTest, AChildIsCancelledWithItsParentForTheSameReason) {
  CancellationSource parent;
  const CancellationSource child(parent.token());
  const CancellationSource grandchild(child.token());
  parent.Cancel(absl::DeadlineExceededError("too long"));
  EXPECT_THAT(grandchild.token().reason(),
              StatusIs(absl::StatusCode::kDeadlineExceeded, "too long"));
}

TEST(CancellationTest, AChildOfACancelledParentIsBornCancelled) {
  CancellationSource parent;
  parent.Cancel(absl::AbortedError("claim lost"));
  EXPECT_THAT(CancellationSource(parent.token()).token().reason(),
              StatusIs(absl::StatusCode::kAborted));
}

TEST(CancellationTest, CancellingAChildLeavesTheParentAlone) {
  CancellationSource parent;
  CancellationSource child(parent.token());
  child.Cancel(absl::AbortedError("claim lost"));
  EXPECT_FALSE(parent.token().cancelled());
  parent.Cancel(absl::CancelledError("shutting down"));
  EXPECT_THAT(child.token().reason(), StatusIs(absl::StatusCode::kAborted));
}

TEST(CancellationTest, TheLinkToTheParentOutlivesTheChildsSource) {
  CancellationSource parent;
  const CancellationToken token = CancellationSource(parent.token()).token();
  parent.Cancel(absl::CancelledError("shutting down"));
  EXPECT_TRUE(token.cancelled());
}

TEST(CancellationTest, AChildOfTwoIsCancelledWithTheFirstOfThem) {
  for (const bool first : {true, false}) {
    CancellationSource one;
    CancellationSource other;
    const CancellationSource child(one.token(), other.token());
    const CancellationSource sibling(child.token());
    EXPECT_FALSE(child.token().cancelled());
    (first ? one : other).Cancel(absl::AbortedError("sooner"));
    (first ? other : one).Cancel(absl::CancelledError("later"));
    EXPECT_THAT(child.token().reason(), StatusIs(absl::StatusCode::kAborted, "sooner"));
    EXPECT_TRUE(sibling.token().cancelled());
  }
}

TEST(CancellationTest, AChildOfTwoIsBornCancelledForTheReasonOfTheOneThatIs) {
  CancellationSource cancelled;
  cancelled.Cancel(absl::AbortedError("before"));
  const CancellationSource live;
  EXPECT_THAT(CancellationSource(cancelled.token(), live.token()).token().reason(),
              StatusIs(absl::StatusCode::kAborted, "before"));
  EXPECT_THAT(CancellationSource(live.token(), cancelled.token()).token().reason(),
              StatusIs(absl::StatusCode::kAborted, "before"));
}

TEST(CancellationTest, CancellingAChildOfTwoLeavesBothAlone) {
  const CancellationSource one;
  const CancellationSource other;
  CancellationSource child(one.token(), other.token());
  child.Cancel(absl::AbortedError("its own"));
  EXPECT_FALSE(one.token().cancelled());
  EXPECT_FALSE(other.token().cancelled());
}

TEST(CancellationTest, ADeadChildIsForgotten) {
  CancellationSource parent;
  { const CancellationSource child(parent.token()); }
  EXPECT_TRUE(parent.Cancel(absl::CancelledError("shutting down")));
}

TEST(CancellationCallbackTest, RunInTheOrderOfRegistrationSeeingTheReason) {
  CancellationSource source;
  std::vector<int> order;
  CancellationCallback first(source.token(), [&] {
    EXPECT_TRUE(source.token().cancelled());
    order.push_back(1);
  });
  CancellationCallback second(source.token(), [&] { order.push_back(2); });
  EXPECT_THAT(order, IsEmpty());
  source.Cancel(absl::CancelledError("done"));
  source.Cancel(absl::CancelledError("again"));
  EXPECT_THAT(order, ElementsAre(1, 2));
}

TEST(CancellationCallbackTest, RunsAtOnceIfAlreadyCancelled) {
  CancellationSource source;
  source.Cancel(absl::CancelledError("done"));
  bool ran = false;
  const CancellationCallback callback(source.token(), [&] { ran = true; });
  EXPECT_TRUE(ran);
}

TEST(CancellationCallbackTest, DoesNotRunOnceDestroyed) {
  CancellationSource source;
  {
    const CancellationCallback callback(source.token(), [] { FAIL(); });
  }
  source.Cancel(absl::CancelledError("done"));
}

TEST(CancellationCallbackTest, MayDestroyItselfAndOthers) {
  CancellationSource source;
  std::optional<CancellationCallback> self, other;
  self.emplace(source.token(), [&] {
    self.reset();
    other.reset();
  });
  other.emplace(source.token(), [] { FAIL(); });
  source.Cancel(absl::CancelledError("done"));
  EXPECT_FALSE(self.has_value());
}

TEST(CancellationCallbackTest, DestructionWaitsForACallbackOnAnotherThread) {
  CancellationSource source;
  absl::Notification started, finish;
  std::atomic<bool> finished = false;
  auto callback = std::make_unique<CancellationCallback>(source.token(), [&] {
    started.Notify();
    finish.WaitForNotification();
    finished = true;
  });
  std::thread canceller([&] { source.Cancel(absl::CancelledError("done")); });
  started.WaitForNotification();
  std::thread releaser([&] { finish.Notify(); });
  callback.reset();
  EXPECT_TRUE(finished);
  releaser.join();
  canceller.join();
}

TEST(CancellationTest, CallbacksRunInTheOrderInWhichTheyWereMade) {
  CancellationSource source;
  std::string order;
  const CancellationCallback first(source.token(), [&] { order += "1"; });
  const CancellationSource child(source.token());
  const CancellationCallback of_child(child.token(), [&] { order += "2"; });
  const CancellationCallback third(source.token(), [&] { order += "3"; });
  source.Cancel(absl::CancelledError("done"));
  EXPECT_EQ(order, "123");
}

TEST(SleepUnlessCancelledTest, SleepsTheWholeTime) {
  SimulatedClock clock(absl::UnixEpoch(), SimulatedClock::Mode::kAutoAdvance);
  CancellationSource source;
  EXPECT_TRUE(SleepUnlessCancelled(clock, absl::Seconds(9), source.token()));
  EXPECT_EQ(clock.Monotonic(), absl::Seconds(9));
}

TEST(SleepUnlessCancelledTest, DoesNotStartOnceCancelled) {
  SimulatedClock clock(absl::UnixEpoch(), SimulatedClock::Mode::kAutoAdvance);
  CancellationSource source;
  source.Cancel(absl::CancelledError("done"));
  EXPECT_FALSE(SleepUnlessCancelled(clock, absl::Seconds(9), source.token()));
  EXPECT_EQ(clock.Monotonic(), absl::ZeroDuration());
}

TEST(SleepUnlessCancelledTest, NoTimeIsOverAtOnceUnlessCancelled) {
  SimulatedClock clock(absl::UnixEpoch());
  CancellationSource source;
  EXPECT_TRUE(SleepUnlessCancelled(clock, absl::ZeroDuration(), source.token()));
  EXPECT_TRUE(SleepUnlessCancelled(clock, -absl::Seconds(9), source.token()));
  source.Cancel(absl::CancelledError("done"));
  EXPECT_FALSE(SleepUnlessCancelled(clock, absl::ZeroDuration(), source.token()));
}

TEST(SleepUnlessCancelledTest, WakesUpWhenCancelled) {
  SimulatedClock clock(absl::UnixEpoch());
  CancellationSource source;
  std::thread sleeper(
      [&] { EXPECT_FALSE(SleepUnlessCancelled(clock, absl::Seconds(9), source.token())); });
  ASSERT_TRUE(clock.AwaitSleepers());
  source.Cancel(absl::CancelledError("done"));
  sleeper.join();
}

TEST(CancellationTest, ManyThreadsAgreeOnOneReason) {
  for (int round = 0; round < 50; ++round) {
    CancellationSource parent;
    const CancellationSource child(parent.token());
    std::atomic<int> winners = 0, callbacks = 0;
    std::vector<std::thread> threads;
    for (int i = 0; i < 4; ++i) {
      threads.emplace_back([&] {
        const CancellationCallback callback(child.token(), [&] { ++callbacks; });
        if (parent.Cancel(absl::CancelledError("done"))) ++winners;
        const CancellationSource other(child.token());
      });
    }
    for (std::thread& thread : threads) thread.join();
    EXPECT_EQ(winners, 1);
    EXPECT_THAT(child.token().reason(), StatusIs(absl::StatusCode::kCancelled));
  }
}

}  // namespace
}  // namespace scriptworker
