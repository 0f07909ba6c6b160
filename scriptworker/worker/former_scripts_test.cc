// SPDX-License-Identifier: MPL-2.0
#include "scriptworker/worker/former_scripts.h"

#include <signal.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <unistd.h>

#include <memory>
#include <string>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/status_matchers.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "scriptworker/base/testing/await.h"
#include "scriptworker/base/testing/memory_logger.h"
#include "scriptworker/base/testing/simulated_clock.h"
#include "scriptworker/worker/config/config.h"
#include "scriptworker/worker/journal/journal.h"
#include "scriptworker/worker/journal/orphans.h"
#include "scriptworker/worker/process/process_stat.h"
#include "scriptworker/worker/testing/worker_harness.h"

namespace scriptworker::worker {
namespace {

using ::absl_testing::IsOk;
using ::absl_testing::IsOkAndHolds;
using ::absl_testing::StatusIs;
using ::testing::AllOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::NotNull;
using ::testing::StartsWith;

class FormerScriptsTest : public testing::Test {
 protected:
  FormerScriptsTest() { directories_.state_dir = h_.temp.Path("state"); }

  // A run in the journal, whose worker is dead.
  void ClaimAndDie() {
    id_ = h_.Submit().str();
    const auto journal = FileJournal::Open(directories_.state_dir).value();
    ASSERT_THAT(journal->Claimed(h_.Claim(), h_.clock.Now()), IsOk());
  }
  ScriptTraces Traces() const { return {.environment = {"TASK_ID=" + id_, "RUN_ID=0"}}; }
  bool AnyAlive() const { return !FindOrphans(Traces(), ListProcessStats()).empty(); }
  // Something of that run's script; a child of this test.
  pid_t StartOrphan() {
    const pid_t pid = ::fork();
    if (pid == 0) {
      const std::string task = "TASK_ID=" + id_;
      ::execlp("env", "env", task.c_str(), "RUN_ID=0", "sleep", "1000", nullptr);
      ::_exit(1);
    }
    EXPECT_TRUE(AwaitTrue([this] { return AnyAlive(); }));
    return pid;
  }
  absl::StatusOr<std::unique_ptr<FileJournal>> Start(
      absl::FunctionRef<absl::StatusOr<int>()> end_groups) {
    return EndFormerScripts(directories_, clock_, logger_, end_groups);
  }

  WorkerHarness h_{"true"};
  SimulatedClock clock_{h_.clock.Now(), SimulatedClock::Mode::kAutoAdvance};
  MemoryLogger logger_;
  Directories directories_;
  std::string id_;
};

TEST_F(FormerScriptsTest, GroupsAreEndedThoughTheJournalCannotBeOpened) {
  directories_.state_dir = h_.temp.Write("plain", "a file in its place");
  int ended = 0;
  EXPECT_THAT(Start([&] { return ++ended; }),
              StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr(directories_.state_dir)));
  EXPECT_EQ(ended, 1);
  EXPECT_THAT(logger_.lines(),
              Contains("WARNING Removed 1 control groups of scripts whose worker died"));
}

TEST_F(FormerScriptsTest, AJournalWhoseLockIsInAGroupIsOpenedWhenThatHasEnded) {
  std::unique_ptr<FileJournal> holder = FileJournal::Open(directories_.state_dir).value();
  EXPECT_THAT(Start([&] {
                holder.reset();
                return 1;
              }),
              IsOkAndHolds(NotNull()));
  EXPECT_THAT(logger_.lines(),
              ElementsAre(AllOf(StartsWith("WARNING"), HasSubstr(directories_.state_dir)),
                          "WARNING Removed 1 control groups of scripts whose worker died"));
}

TEST_F(FormerScriptsTest, AnotherWorkersJournalIsNotAskedForAgainIfNothingWasEnded) {
  const auto holder = FileJournal::Open(directories_.state_dir);
  EXPECT_THAT(Start([] { return 0; }), StatusIs(absl::StatusCode::kAborted));
}

TEST_F(FormerScriptsTest, WhatOnlyItsGroupCanEndDoesNotKeepTheWorkerFromStarting) {
  ClaimAndDie();
  const pid_t orphan = StartOrphan();
  // Until then its end waits, as if it took no signals.
  if (::ptrace(PTRACE_SEIZE, orphan, nullptr, PTRACE_O_TRACEEXIT) != 0) {
    ::kill(orphan, SIGKILL);
    ::waitpid(orphan, nullptr, 0);
    GTEST_SKIP() << "SKIPPED: may not trace a process";
  }
  EXPECT_THAT(Start([&] {
                EXPECT_TRUE(AnyAlive());
                EXPECT_EQ(::waitpid(orphan, nullptr, 0), orphan);
                EXPECT_EQ(::ptrace(PTRACE_DETACH, orphan, nullptr, nullptr), 0);
                EXPECT_EQ(::waitpid(orphan, nullptr, 0), orphan);
                return 1;
              }),
              IsOkAndHolds(NotNull()));
  EXPECT_THAT(logger_.lines(),
              AllOf(Contains(HasSubstr("was cut off with task " + id_)),
                    Contains(AllOf(StartsWith("WARNING"), HasSubstr(absl::StrCat(orphan)))),
                    Not(Contains(StartsWith("CRITICAL")))));
}

TEST_F(FormerScriptsTest, WhatTheJournalTellsOfIsEndedFirstAndNothingIsSaidBeforeBoth) {
  ClaimAndDie();
  const pid_t orphan = StartOrphan();
  EXPECT_THAT(Start([&] {
                EXPECT_FALSE(AnyAlive()) << "it got its second of TERM";
                EXPECT_THAT(logger_.lines(), IsEmpty());
                return 0;
              }),
              IsOkAndHolds(NotNull()));
  int status = 0;
  EXPECT_EQ(::waitpid(orphan, &status, 0), orphan);
  EXPECT_EQ(WTERMSIG(status), SIGTERM);
  EXPECT_THAT(logger_.lines(), ElementsAre(HasSubstr("was cut off with task " + id_),
                                           HasSubstr("Ended 1 processes")));
}

TEST_F(FormerScriptsTest, NoScriptIsStartedBesideGroupsThatCannotBeEnded) {
  EXPECT_THAT(Start([] { return absl::DeadlineExceededError("scriptworker.0 cannot be ended"); }),
              StatusIs(absl::StatusCode::kDeadlineExceeded));
  EXPECT_THAT(logger_.lines(), ElementsAre("CRITICAL scriptworker.0 cannot be ended"));
  EXPECT_THAT(FileJournal::Open(directories_.state_dir), IsOk()) << "it is free again";
}

}  // namespace
}  // namespace scriptworker::worker
