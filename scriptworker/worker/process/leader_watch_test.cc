// SPDX-License-Identifier: MPL-2.0
#include "scriptworker/worker/process/leader_watch.h"

#include <signal.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <memory>
#include <optional>

#include "absl/status/status.h"
#include "absl/status/status_matchers.h"
#include "absl/status/statusor.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "scriptworker/base/testing/refused_calls.h"
#include "scriptworker/worker/process/process_tree.h"

namespace scriptworker::worker {
namespace {

using ::absl_testing::IsOk;
using ::absl_testing::StatusIs;
using ::testing::Eq;
using ::testing::Optional;

class LeaderWatchTest : public testing::Test {
 protected:
  absl::StatusOr<std::unique_ptr<LeaderWatch>> Create() {
    return LeaderWatch::Create(tree_, [this](bool seen) { seen_ = seen; });
  }

  const ProcessTree tree_ = ProcessTree::OfAllScripts();
  std::optional<bool> seen_;
};

TEST_F(LeaderWatchTest, SaysWhenTheLeaderHasEndedAndLeavesItToBeWaitedFor) {
  absl::StatusOr<std::unique_ptr<LeaderWatch>> watch = Create();
  ASSERT_THAT(watch, IsOk());
  const pid_t leader = ::fork();
  if (leader == 0) ::_exit(0);
  (*watch)->Watch(leader);
  watch->reset();
  EXPECT_THAT(seen_, Optional(Eq(true)));
  EXPECT_EQ(::waitpid(leader, nullptr, 0), leader);
}

TEST_F(LeaderWatchTest, ALeaderThatIsNobodysChildWasNotSeen) {
  absl::StatusOr<std::unique_ptr<LeaderWatch>> watch = Create();
  ASSERT_THAT(watch, IsOk());
  (*watch)->Watch(::getpid());
  watch->reset();
  EXPECT_THAT(seen_, Optional(Eq(false)));
}

TEST_F(LeaderWatchTest, ALeaderThatIsGivenUpIsNotWaitedFor) {
  absl::StatusOr<std::unique_ptr<LeaderWatch>> watch = Create();
  ASSERT_THAT(watch, IsOk());
  const pid_t leader = ::fork();
  if (leader == 0) {
    while (true) ::pause();
  }
  (*watch)->Watch(leader);
  (*watch)->GiveUp();
  watch->reset();
  ::kill(leader, SIGKILL);
  EXPECT_EQ(::waitpid(leader, nullptr, 0), leader);
  EXPECT_EQ(seen_, std::nullopt);
}

TEST_F(LeaderWatchTest, EndsWithoutAWordIfNoScriptWasStarted) {
  EXPECT_THAT(Create(), IsOk());
  EXPECT_EQ(seen_, std::nullopt);
}

TEST_F(LeaderWatchTest, NeedsAThread) {
  const bool refused = RunWithRefusedCalls({SYS_clone, SYS_clone3}, EAGAIN, [&] {
    EXPECT_THAT(Create(), StatusIs(absl::StatusCode::kResourceExhausted));
  });
  if (!refused) GTEST_SKIP() << "SKIPPED: this kernel has no filters of system calls";
}

}  // namespace
}  // namespace scriptworker::worker
