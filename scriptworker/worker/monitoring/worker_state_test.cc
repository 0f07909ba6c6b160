// SPDX-License-Identifier: MPL-2.0
#include "scriptworker/worker/monitoring/worker_state.h"

#include "absl/status/status.h"
#include "absl/status/status_matchers.h"
#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "scriptworker/base/cancellation.h"
#include "scriptworker/base/testing/simulated_clock.h"
#include "scriptworker/worker/testing/claimed_task.h"

namespace scriptworker::worker {
namespace {

using ::absl_testing::IsOk;
using ::absl_testing::StatusIs;
using ::testing::HasSubstr;

constexpr absl::StatusCode kUnavailable = absl::StatusCode::kUnavailable;

class WorkerStateTest : public testing::Test {
 protected:
  SimulatedClock clock_{absl::FromUnixSeconds(1'800'000'000)};
  CancellationSource drain_;
  CancellationSource stop_;
  WorkerState state_{{}, clock_, drain_.token(), stop_.token()};
};

TEST_F(WorkerStateTest, NamesWhatTheWorkerDoes) {
  EXPECT_EQ(ToString(state_.Get().activity()), "starting");
  state_.OnPollStarted();
  EXPECT_EQ(ToString(state_.Get().activity()), "polling");
  state_.OnPollEnded(0);
  EXPECT_EQ(ToString(state_.Get().activity()), "pausing");
  state_.OnTaskStarted(MakeClaimedTask(), absl::Minutes(20));
  EXPECT_EQ(ToString(state_.Get().activity()), "working");
  drain_.Cancel(absl::CancelledError());
  EXPECT_EQ(ToString(state_.Get().activity()), "working");
  state_.OnTaskEnded({});
  EXPECT_EQ(ToString(state_.Get().activity()), "draining");
  stop_.Cancel(absl::CancelledError());
  EXPECT_EQ(ToString(state_.Get().activity()), "stopping");
}

TEST_F(WorkerStateTest, KnowsTheRunInHandAndItsClaim) {
  state_.OnTaskStarted(MakeClaimedTask(3), absl::Minutes(20));
  clock_.AdvanceTime(absl::Minutes(1));
  state_.OnPhase(Phase::kRun);
  clock_.AdvanceTime(absl::Minutes(2));
  WorkerState::Snapshot snapshot = state_.Get();
  ASSERT_TRUE(snapshot.run.has_value());
  EXPECT_EQ(snapshot.run->task_id, "ckDskRdWQnyhF92JxCLL4w");
  EXPECT_EQ(snapshot.run->run_id, 3);
  EXPECT_EQ(snapshot.run->phase, Phase::kRun);
  EXPECT_EQ(snapshot.run->in_phase, absl::Minutes(2));
  EXPECT_EQ(snapshot.run->running, absl::Minutes(3));
  EXPECT_EQ(snapshot.run->lease_left, absl::Minutes(17));
  state_.OnReclaimed(absl::Minutes(17), absl::Minutes(20));
  EXPECT_EQ(state_.Get().run->lease_left, absl::Minutes(20));
  state_.OnClaimLost(absl::AbortedError("409"));
  EXPECT_EQ(state_.Get().run->lease_left, absl::ZeroDuration());
  state_.OnTaskEnded({});
  EXPECT_FALSE(state_.Get().run.has_value());
}

TEST_F(WorkerStateTest, RemembersHowTheLastPollEnded) {
  EXPECT_FALSE(state_.Get().last_poll.has_value());
  state_.OnPollStarted();
  state_.OnPollEnded(absl::UnauthenticatedError("bad mac"));
  clock_.AdvanceTime(absl::Seconds(5));
  EXPECT_EQ(state_.Get().last_poll->age, absl::Seconds(5));
  EXPECT_THAT(state_.Get().last_poll->tasks, StatusIs(absl::StatusCode::kUnauthenticated));
}

TEST_F(WorkerStateTest, ALoopThatDoesNotPollIsStuck) {
  clock_.AdvanceTime(absl::Minutes(10));
  EXPECT_THAT(state_.Alive(), IsOk());
  clock_.AdvanceTime(absl::Seconds(1));
  EXPECT_THAT(state_.Alive(), StatusIs(kUnavailable, HasSubstr("10m1s")));
  state_.OnPollStarted();
  EXPECT_THAT(state_.Alive(), IsOk());
  clock_.AdvanceTime(absl::Minutes(11));  // hangs in it
  EXPECT_THAT(state_.Alive(), StatusIs(kUnavailable, HasSubstr("no poll")));
}

TEST_F(WorkerStateTest, AWorkerThatRecoversIsNotStuck) {
  for (int i = 0; i < 3; ++i) {
    clock_.AdvanceTime(absl::Minutes(9));
    EXPECT_THAT(state_.Alive(), IsOk());
    state_.OnRecovering();
  }
  EXPECT_EQ(ToString(state_.Get().activity()), "starting");
}

TEST_F(WorkerStateTest, AWorkerThatTriesToMakeWayForATaskIsNotStuckButTasksCannotCome) {
  state_.OnPollStarted();
  state_.OnPollEnded(1);
  for (int i = 0; i < 3; ++i) {
    clock_.AdvanceTime(absl::Minutes(9));
    state_.OnHeldUp(absl::FailedPreconditionError("the folders cannot be emptied"));
    EXPECT_THAT(state_.Alive(), IsOk());
    EXPECT_THAT(state_.Ready(), StatusIs(kUnavailable, "the folders cannot be emptied"));
  }
  clock_.AdvanceTime(absl::Minutes(11));  // hangs in it
  EXPECT_THAT(state_.Alive(), StatusIs(kUnavailable, HasSubstr("11m")));
  state_.OnPollStarted();
  EXPECT_THAT(state_.Ready(), IsOk());
}

TEST_F(WorkerStateTest, ATaskMayTakeAsLongAsItsClaimIsRenewed) {
  state_.OnTaskStarted(MakeClaimedTask(), absl::Minutes(20));
  for (int hour = 0; hour < 5; ++hour) {
    clock_.AdvanceTime(absl::Minutes(15));
    state_.OnReclaimed(absl::Minutes(5), absl::Minutes(20));
    EXPECT_THAT(state_.Alive(), IsOk());
  }
  clock_.AdvanceTime(absl::Minutes(31));
  EXPECT_THAT(state_.Alive(), StatusIs(kUnavailable, HasSubstr("ckDskRdWQnyhF92JxCLL4w")));
  state_.OnTaskEnded({});
  EXPECT_THAT(state_.Alive(), IsOk());
}

TEST_F(WorkerStateTest, IsReadyWhileTasksMayCome) {
  EXPECT_THAT(state_.Ready(), StatusIs(kUnavailable, HasSubstr("yet")));
  state_.OnPollStarted();
  state_.OnPollEnded(absl::UnauthenticatedError("bad mac"));
  EXPECT_THAT(state_.Ready(), StatusIs(kUnavailable, HasSubstr("bad mac")));
  state_.OnPollStarted();
  state_.OnPollEnded(0);
  EXPECT_THAT(state_.Ready(), IsOk());
  clock_.AdvanceTime(absl::Hours(1));
  EXPECT_THAT(state_.Ready(), StatusIs(kUnavailable, HasSubstr("no poll has begun")));
  state_.OnPollStarted();
  EXPECT_THAT(state_.Ready(), IsOk());
  drain_.Cancel(absl::CancelledError());
  EXPECT_THAT(state_.Ready(), StatusIs(kUnavailable, HasSubstr("no more")));
}

}  // namespace
}  // namespace scriptworker::worker
