// SPDX-License-Identifier: MPL-2.0
#include "scriptworker/worker/monitoring/service_reporter.h"

#include <sys/syscall.h>

#include <cerrno>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/status_matchers.h"
#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "scriptworker/base/cancellation.h"
#include "scriptworker/base/environment.h"
#include "scriptworker/base/testing/refused_calls.h"
#include "scriptworker/base/testing/simulated_clock.h"
#include "scriptworker/worker/monitoring/service_notifier.h"
#include "scriptworker/worker/monitoring/worker_state.h"
#include "scriptworker/worker/testing/claimed_task.h"
#include "scriptworker/worker/testing/notify_socket.h"
#include "scriptworker/worker/testing/socket_dir.h"

namespace scriptworker::worker {
namespace {

using ::absl_testing::IsOk;
using ::absl_testing::StatusIs;

class ServiceReporterTest : public testing::Test {
 protected:
  // `watchdog`: in microseconds.
  absl::Status TryToStart(const std::string& watchdog) {
    Environment environment;
    environment.Set("NOTIFY_SOCKET", temp_.Path("notify"));
    environment.Set("WATCHDOG_USEC", watchdog);
    notifier_ = ServiceNotifier::Create(environment).value();
    reporter_.emplace(notifier_, state_, clock_, drain_.token(), stop_.token());
    return reporter_->Start();
  }
  void Start(const std::string& watchdog = "0") {
    ASSERT_THAT(TryToStart(watchdog), IsOk());
    EXPECT_EQ(manager_.Receive(), "READY=1");
    EXPECT_EQ(manager_.Receive(), "STATUS=waiting for tasks");
  }

  const SocketDir temp_;
  const NotifySocket manager_{temp_.Path("notify")};
  SimulatedClock clock_{absl::FromUnixSeconds(1'800'000'000)};
  CancellationSource drain_;
  CancellationSource stop_;
  WorkerState state_{{}, clock_, drain_.token(), stop_.token()};
  ServiceNotifier notifier_;
  std::optional<ServiceReporter> reporter_;
};

TEST_F(ServiceReporterTest, SaysWhichTaskIsInWhichPhase) {
  Start();
  reporter_->OnTaskStarted(MakeClaimedTask(1), absl::Minutes(20));
  reporter_->OnPhase(Phase::kRun);
  reporter_->OnTaskEnded({});
  EXPECT_EQ(manager_.Receive(), "STATUS=task ckDskRdWQnyhF92JxCLL4w run 1: run");
  EXPECT_EQ(manager_.Receive(), "STATUS=waiting for tasks");
}

TEST_F(ServiceReporterTest, SaysThatPollsFailAndWhenTheyNoLongerDo) {
  Start();
  reporter_->OnPollEnded(0);
  reporter_->OnPollEnded(absl::UnauthenticatedError("bad mac"));
  reporter_->OnPollEnded(0);
  reporter_->OnPollEnded(0);
  EXPECT_EQ(manager_.Receive(), "STATUS=claimWork fails: bad mac");
  EXPECT_EQ(manager_.Receive(), "STATUS=waiting for tasks");
  EXPECT_TRUE(manager_.empty());
}

TEST_F(ServiceReporterTest, SaysWhatHoldsItUpUntilItIsGone) {
  Start();
  reporter_->OnHeldUp(absl::FailedPreconditionError("No task is claimed"));
  reporter_->OnPollEnded(0);
  EXPECT_EQ(manager_.Receive(), "STATUS=No task is claimed");
  EXPECT_EQ(manager_.Receive(), "STATUS=waiting for tasks");
  EXPECT_TRUE(manager_.empty());
}

TEST_F(ServiceReporterTest, SaysThatItStops) {
  Start();
  stop_.Cancel(absl::CancelledError("SIGTERM"));
  EXPECT_EQ(manager_.Receive(), "STOPPING=1");
  reporter_.reset();
  EXPECT_TRUE(manager_.empty());
}

// systemd kills what goes on for TimeoutStopSec after that word.
TEST_F(ServiceReporterTest, ADrainedWorkerStopsWhenItsTaskHasEnded) {
  Start();
  reporter_->OnTaskStarted(MakeClaimedTask(1), absl::Minutes(20));
  reporter_->OnPhase(Phase::kRun);
  drain_.Cancel(absl::CancelledError("SIGUSR1"));
  reporter_->OnPhase(Phase::kUpload);
  reporter_->OnTaskEnded({});
  reporter_.reset();
  for (const std::string_view expected :
       {"STATUS=task ckDskRdWQnyhF92JxCLL4w run 1: run",
        "STATUS=task ckDskRdWQnyhF92JxCLL4w run 1: run; takes no more tasks",
        "STATUS=task ckDskRdWQnyhF92JxCLL4w run 1: upload; takes no more tasks",
        "STATUS=takes no more tasks", "STOPPING=1"}) {
    EXPECT_EQ(manager_.Receive(), expected);
  }
  EXPECT_TRUE(manager_.empty());
}

TEST_F(ServiceReporterTest, AnIdleWorkerThatIsDrainedNoLongerWaits) {
  Start();
  drain_.Cancel(absl::CancelledError("SIGUSR1"));
  EXPECT_EQ(manager_.Receive(), "STATUS=takes no more tasks");
  EXPECT_TRUE(manager_.empty());
}

TEST_F(ServiceReporterTest, FeedsTheWatchdogAtTwiceItsPaceWhileTheWorkerLives) {
  Start("60000000");
  EXPECT_EQ(manager_.Receive(), "WATCHDOG=1");
  for (int i = 0; i < 3; ++i) {
    ASSERT_TRUE(clock_.AwaitSleepers(1));
    EXPECT_TRUE(manager_.empty());
    clock_.AdvanceTime(absl::Seconds(30));
    EXPECT_EQ(manager_.Receive(), "WATCHDOG=1");
  }
  ASSERT_TRUE(clock_.AwaitSleepers(1));
  clock_.AdvanceTime(absl::Hours(1));  // and no poll in it: stuck
  ASSERT_TRUE(clock_.AwaitSleepers(1));
  EXPECT_TRUE(manager_.empty());
}

TEST_F(ServiceReporterTest, AWorkerWithoutAThreadForItsWatchdogIsNotReady) {
  const bool refused = RunWithRefusedCalls({SYS_clone, SYS_clone3}, EAGAIN, [&] {
    EXPECT_THAT(TryToStart("60000000"), StatusIs(absl::StatusCode::kResourceExhausted));
  });
  if (!refused) GTEST_SKIP() << "SKIPPED: this kernel has no filters of system calls";
  drain_.Cancel(absl::CancelledError("SIGTERM"));
  stop_.Cancel(absl::CancelledError("SIGTERM"));
  reporter_.reset();
  EXPECT_TRUE(manager_.empty());
}

}  // namespace
}  // namespace scriptworker::worker
