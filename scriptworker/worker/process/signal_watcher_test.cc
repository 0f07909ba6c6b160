// SPDX-License-Identifier: MPL-2.0
#include "scriptworker/worker/process/signal_watcher.h"

#include <signal.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <memory>

#include "absl/status/status.h"
#include "absl/status/status_matchers.h"
#include "absl/synchronization/notification.h"
#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "scriptworker/base/cancellation.h"
#include "scriptworker/base/clock.h"
#include "scriptworker/base/testing/memory_logger.h"
#include "scriptworker/base/testing/refused_calls.h"

namespace scriptworker::worker {
namespace {

using ::absl_testing::StatusIs;

// Waits in real time: the kernel delivers the signal.
bool Await(const CancellationToken& token) {
  absl::Notification done;
  const CancellationCallback callback(token, [&done] { done.Notify(); });
  return done.WaitForNotificationWithTimeout(absl::Seconds(30));
}

class SignalWatcherTest : public testing::Test {
 protected:
  SignalWatcherTest() {
    ::signal(SIGHUP, SIG_DFL);  // whatever these tests were started under
    SignalWatcher::Block();
  }
  static std::unique_ptr<SignalWatcher> Watch(Shutdown& shutdown) {
    return SignalWatcher::Create(shutdown).value();
  }
  static void Send(int signal) { ASSERT_EQ(::kill(::getpid(), signal), 0); }

  MemoryLogger logger_;
  SystemClock clock_;
  Shutdown shutdown_{logger_, clock_};
};

TEST_F(SignalWatcherTest, Usr1Drains) {
  const auto watcher = Watch(shutdown_);
  Send(SIGUSR1);
  EXPECT_TRUE(Await(shutdown_.drain()));
  EXPECT_FALSE(shutdown_.stop().cancelled());
}

TEST_F(SignalWatcherTest, TermStopsAndTheSecondOneAtOnce) {
  const auto watcher = Watch(shutdown_);
  Send(SIGTERM);
  EXPECT_TRUE(Await(shutdown_.stop()));
  EXPECT_FALSE(shutdown_.at_once().cancelled());
  Send(SIGTERM);
  EXPECT_TRUE(Await(shutdown_.at_once()));
}

TEST_F(SignalWatcherTest, IntIsLikeTerm) {
  const auto watcher = Watch(shutdown_);
  Send(SIGINT);
  EXPECT_TRUE(Await(shutdown_.stop()));
}

TEST_F(SignalWatcherTest, HupStopsButNeverAtOnce) {
  {
    const auto watcher = Watch(shutdown_);
    Send(SIGHUP);
    EXPECT_TRUE(Await(shutdown_.stop()));
    Send(SIGHUP);
    Send(SIGINT);  // is seen after that, since it has the higher number
    EXPECT_TRUE(Await(shutdown_.at_once()));
  }  // by now it has said all
  EXPECT_THAT(logger_.lines(),
              testing::ElementsAre("INFO SIGHUP received; shutting down",
                                   "WARNING SIGINT received again; stopping at once"));
}

// As nohup starts it.
TEST_F(SignalWatcherTest, AHupThatIsIgnoredFromTheStartMeansNothing) {
  SignalWatcher::Unblock();
  ::signal(SIGHUP, SIG_IGN);
  SignalWatcher::Block();
  {
    const auto watcher = Watch(shutdown_);
    Send(SIGHUP);
    Send(SIGTERM);  // would be seen after it
    EXPECT_TRUE(Await(shutdown_.stop()));
  }
  ::signal(SIGHUP, SIG_DFL);
  EXPECT_THAT(logger_.lines(), testing::ElementsAre("INFO SIGTERM received; shutting down"));
}

TEST_F(SignalWatcherTest, ASignalBeforeTheWatcherIsNotLost) {
  Send(SIGTERM);
  const auto watcher = Watch(shutdown_);
  EXPECT_TRUE(Await(shutdown_.stop()));
}

TEST_F(SignalWatcherTest, TheGracePeriodEndsWithoutAnotherSignal) {
  Shutdown shutdown(logger_, clock_, absl::Milliseconds(40));
  const auto watcher = Watch(shutdown);
  Send(SIGTERM);
  EXPECT_TRUE(Await(shutdown.hurry()));
  EXPECT_TRUE(Await(shutdown.at_once()));
}

TEST_F(SignalWatcherTest, IsAnErrorWhereTheMachineHasNoThreadToGive) {
  const bool refused = RunWithRefusedCalls({SYS_clone, SYS_clone3}, EAGAIN, [&] {
    EXPECT_THAT(SignalWatcher::Create(shutdown_).status(),
                StatusIs(absl::StatusCode::kResourceExhausted));
  });
  if (!refused) GTEST_SKIP() << "SKIPPED: this kernel has no filters of system calls";
}

TEST_F(SignalWatcherTest, WritingToAClosedPipeIsNoDeath) { Send(SIGPIPE); }

TEST_F(SignalWatcherTest, WritingMoreThanAFileMayHoldIsNoDeath) { Send(SIGXFSZ); }

}  // namespace
}  // namespace scriptworker::worker
