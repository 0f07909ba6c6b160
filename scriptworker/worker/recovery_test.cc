// SPDX-License-Identifier: MPL-2.0
#include "scriptworker/worker/recovery.h"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <thread>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/status_matchers.h"
#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "scriptworker/base/file.h"
#include "scriptworker/base/logger.h"
#include "scriptworker/base/testing/await.h"
#include "scriptworker/base/testing/simulated_clock.h"
#include "scriptworker/http/headers.h"
#include "scriptworker/taskcluster/queue_client.h"
#include "scriptworker/taskcluster/task_claim.h"
#include "scriptworker/taskcluster/task_id.h"
#include "scriptworker/taskcluster/testing/fault_plan.h"
#include "scriptworker/worker/journal/journal.h"
#include "scriptworker/worker/journal/orphans.h"
#include "scriptworker/worker/outcome/worker_observer.h"
#include "scriptworker/worker/process/process_stat.h"
#include "scriptworker/worker/testing/time_driver.h"
#include "scriptworker/worker/testing/worker_harness.h"
#include "scriptworker/worker/work_dir.h"

namespace scriptworker::worker {
namespace {

using ::absl_testing::IsOk;
using ::absl_testing::IsOkAndHolds;
using ::scriptworker::taskcluster::Fault;
using ::scriptworker::taskcluster::TaskId;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr absl::Duration kHorizon = absl::Minutes(2);

// A worker that has claimed a task, and died.
class RecoveryTest : public testing::Test {
 protected:
  RecoveryTest()
      : queue_(taskcluster::QueueClient::Create(h_.fake.root_url(), h_.transport, h_.clock,
                                                h_.fake.worker_credentials())
                   .value()) {
    Restart();
  }

  void ClaimAndDie() {
    id_ = h_.Submit().str();
    const taskcluster::ClaimedTask task = h_.Claim();
    ASSERT_THAT(journal_->Claimed(task, h_.clock.Now()), IsOk());
    Restart();
  }
  void Restart() {
    journal_.reset();
    journal_ = FileJournal::Open(h_.temp.Path("state")).value();
  }
  absl::Status Recover() {
    const TimeDriver driver(h_.clock, kHorizon);
    if (absl::Status ended = EndLastScript(*journal_, h_.clock, h_.logger); !ended.ok()) {
      return ended;
    }
    return RecoverRun(*journal_, {*queue_, h_.clock, h_.logger, observer_, h_.dirs},
                      h_.shutdown.stop());
  }
  ScriptTraces Traces() const { return {.environment = {"TASK_ID=" + id_, "RUN_ID=0"}}; }
  // No worker of this test started it, but it has the run's environment. The thread ends with it.
  std::thread StartOrphan() {
    std::thread script([this] {
      const std::string command = "TASK_ID=" + id_ + " RUN_ID=0 sleep 1000";
      EXPECT_NE(std::system(command.c_str()), 0);
    });
    EXPECT_TRUE(AwaitTrue([this] { return !FindOrphans(Traces(), ListProcessStats()).empty(); }));
    return script;
  }
  // Is told that the worker lives.
  class Watch final : public WorkerObserver {
   public:
    explicit Watch(const SimulatedClock& clock) : clock_(clock), last_(clock.Monotonic()) {}
    void OnRecovering() override {
      const absl::Duration now = clock_.Monotonic();
      longest_ = std::max(longest_, now - last_);
      last_ = now;
    }
    // Between two signs of life.
    absl::Duration longest() const { return longest_; }

   private:
    const SimulatedClock& clock_;
    absl::Duration last_, longest_;
  };

  TaskId id() const { return TaskId::Parse(id_).value(); }
  bool wiped() {
    const auto entry = journal_->Read();
    return entry.ok() && !entry->has_value();
  }

  WorkerHarness h_{"true"};
  Watch observer_{h_.clock};
  std::unique_ptr<taskcluster::QueueClient> queue_;
  std::unique_ptr<FileJournal> journal_;
  std::string id_;
};

TEST_F(RecoveryTest, NothingIsDoneWhenTheLastWorkerEndedInOrder) {
  EXPECT_THAT(Recover(), IsOk());
  EXPECT_THAT(h_.logger.lines(), IsEmpty());
  EXPECT_EQ(h_.fake.request_log().total(), 0);
}

TEST_F(RecoveryTest, WhileTheLeaseStandsTheRunIsGivenBack) {
  ClaimAndDie();
  h_.clock.AdvanceTime(absl::Minutes(10));
  EXPECT_THAT(Recover(), IsOk());
  EXPECT_THAT(h_.Runs(id()), ElementsAre("exception worker-shutdown", "pending"));
  EXPECT_THAT(h_.logger.lines(), Contains(HasSubstr("at step claimed")));
  EXPECT_THAT(h_.logger.lines(), Contains(HasSubstr("run 0 as worker-shutdown")));
  EXPECT_TRUE(wiped());
}

TEST_F(RecoveryTest, AfterTheLeaseNothingIsAskedOfTheQueue) {
  ClaimAndDie();
  h_.clock.AdvanceTime(absl::Minutes(21));
  const int requests = h_.fake.request_log().total();
  EXPECT_THAT(Recover(), IsOk());
  EXPECT_EQ(h_.fake.request_log().total(), requests);
  EXPECT_THAT(h_.logger.lines(), Contains(HasSubstr("is left to expire")));
  EXPECT_TRUE(wiped());
}

// The wall clock here is wrong by hours; the queue's own clock decides.
TEST_F(RecoveryTest, AWrongWallClockDoesNotHideAStandingLease) {
  const absl::Time right = h_.clock.Now();
  id_ = h_.Submit().str();
  taskcluster::ClaimedTask task = h_.Claim();
  task.server_time = right;
  ASSERT_THAT(journal_->Claimed(task, right + absl::Hours(5)), IsOk());
  Restart();
  h_.clock.JumpWallClock(right + absl::Hours(5) + absl::Minutes(10));
  h_.fake.faults().Add("reportException", Fault::Status(409));
  EXPECT_THAT(Recover(), IsOk());
  EXPECT_EQ(h_.fake.request_log().Count("reportException"), 1);
}

TEST_F(RecoveryTest, AnEndThatTheQueueKnowsIsLeftAlone) {
  ClaimAndDie();
  ASSERT_THAT(h_.fake.CancelTask(id()), IsOk());
  EXPECT_THAT(Recover(), IsOk());
  EXPECT_THAT(h_.Runs(id()), ElementsAre("exception canceled"));
  EXPECT_THAT(h_.logger.lines(), Contains(HasSubstr("The queue knows how")));
  EXPECT_TRUE(wiped());
}

TEST_F(RecoveryTest, AQueueThatIsOutOfReachIsAskedAgain) {
  ClaimAndDie();
  h_.fake.faults().Add("reportException", Fault::Reset(), 1, 20);
  EXPECT_THAT(Recover(), IsOk());
  EXPECT_THAT(h_.Runs(id()), ElementsAre("exception worker-shutdown", "pending"));
}

TEST_F(RecoveryTest, AQueueBehindALoginPageIsAskedAgain) {
  ClaimAndDie();
  h_.fake.faults().Add("reportException", Fault::Status(302, ""), 1, 10);
  EXPECT_THAT(Recover(), IsOk());
  EXPECT_THAT(h_.Runs(id()), ElementsAre("exception worker-shutdown", "pending"));
}

TEST_F(RecoveryTest, AndUntilTheLeaseEndsAtMost) {
  ClaimAndDie();
  h_.fake.faults().Add("reportException", Fault::Reset(), 1, 100'000);
  EXPECT_THAT(Recover(), IsOk());
  EXPECT_THAT(h_.logger.lines(), Contains(HasSubstr("is left to expire")));
  EXPECT_TRUE(wiped());
}

// Whoever watches the worker kills one that gives no sign of life for ten minutes.
TEST_F(RecoveryTest, AQueueThatAsksForPatienceIsNoSilenceOfTheWorker) {
  ClaimAndDie();
  http::Headers patience;
  patience.Add("Retry-After", "300");
  h_.fake.faults().Add("reportException", Fault::Status(503, "", patience), 1, 100'000);
  EXPECT_THAT(Recover(), IsOk());
  EXPECT_GT(observer_.longest(), absl::Minutes(1));
  EXPECT_LT(observer_.longest(), absl::Minutes(9));
  EXPECT_THAT(h_.logger.lines(), Contains(HasSubstr("is left to expire")));
}

TEST_F(RecoveryTest, ARefusalIsSaidAndTheWorkerGoesOn) {
  ClaimAndDie();
  h_.fake.faults().Add("reportException", Fault::Status(403), 1, 100);
  EXPECT_THAT(Recover(), IsOk());
  EXPECT_THAT(h_.logger.lines(), Contains(HasSubstr("Could not report")));
  EXPECT_TRUE(wiped());
}

TEST_F(RecoveryTest, AWorkerThatIsStoppedMeanwhileLeavesItToTheNext) {
  ClaimAndDie();
  h_.shutdown.Stop("SIGTERM");
  EXPECT_THAT(Recover(), IsOk());
  EXPECT_FALSE(wiped());
  EXPECT_THAT(h_.logger.lines(), Contains(HasSubstr("stays in the journal")));
}

// What only a script can have done, since no worker begins with such folders.
void ReplaceByLink(const WorkerHarness& h) {
  h.temp.Write("elsewhere/kept", "kept");
  std::filesystem::remove_all(h.dirs.work_dir());
  std::filesystem::create_symlink(h.temp.Path("elsewhere"), h.dirs.work_dir());
}

TEST_F(RecoveryTest, ALinkThatTheScriptPutInPlaceOfAFolderIsRemoved) {
  ClaimAndDie();
  ReplaceByLink(h_);
  EXPECT_THAT(Recover(), IsOk());
  EXPECT_EQ(std::filesystem::symlink_status(h_.dirs.work_dir()).type(),
            std::filesystem::file_type::directory);
  EXPECT_THAT(ReadFile(h_.temp.Path("elsewhere/kept")), IsOkAndHolds("kept"));
  EXPECT_TRUE(wiped());
  h_.shutdown.Drain("SIGUSR1");
  EXPECT_THAT(h_.loop().Run(), IsOk());
}

TEST_F(RecoveryTest, AWorkerThatIsStoppedMeanwhileHasRemovedItAsWell) {
  ClaimAndDie();
  ReplaceByLink(h_);
  h_.shutdown.Stop("SIGTERM");
  EXPECT_THAT(Recover(), IsOk());
  EXPECT_THAT(h_.loop().Run(), IsOk());
}

TEST_F(RecoveryTest, NothingIsForgottenWhileTheFoldersCannotBeEmptied) {
  ClaimAndDie();
  h_.temp.Write("plain", "a file");
  const WorkDir impossible(h_.temp.Path("plain/work"), h_.dirs.artifact_dir(),
                           h_.dirs.task_log_dir());
  const TimeDriver driver(h_.clock, kHorizon);
  EXPECT_THAT(RecoverRun(*journal_, {*queue_, h_.clock, h_.logger, observer_, impossible},
                         h_.shutdown.stop())
                  .message(),
              HasSubstr("plain"));
  EXPECT_THAT(h_.Runs(id()), ElementsAre("exception worker-shutdown", "pending"));
  EXPECT_FALSE(wiped());
}

TEST_F(RecoveryTest, ACutOffClaimIsSaidAndWiped) {
  ClaimAndDie();
  std::string bytes = ReadFile(h_.temp.Path("state/run.journal")).value();
  bytes.replace(bytes.find("taskId"), 6, "taskXd");
  ASSERT_THAT(WriteFile(h_.temp.Path("state/run.journal"), bytes, 0600), IsOk());
  EXPECT_THAT(Recover(), IsOk());
  EXPECT_THAT(h_.logger.lines(), Contains(HasSubstr("died while it noted a claim")));
  EXPECT_TRUE(wiped());
}

TEST_F(RecoveryTest, AJournalOfAnotherVersionIsSaidAndWiped) {
  ClaimAndDie();
  std::string bytes = ReadFile(h_.temp.Path("state/run.journal")).value();
  bytes.replace(bytes.find("journal 1 "), 10, "journal 2 ");
  ASSERT_THAT(WriteFile(h_.temp.Path("state/run.journal"), bytes, 0600), IsOk());
  EXPECT_THAT(Recover(), IsOk());
  EXPECT_THAT(h_.logger.lines(), Contains(HasSubstr("another version")));
  EXPECT_TRUE(wiped());
}

// Whether anything of the script lives as long as the log hangs.
class OrphanLogger final : public Logger {
 public:
  explicit OrphanLogger(ScriptTraces traces) : traces_(std::move(traces)) {}
  void Log(LogLevel, std::string_view) override {
    any_alive_ = any_alive_ || !FindOrphans(traces_, ListProcessStats()).empty();
    ++lines_;
  }
  bool any_alive() const { return any_alive_; }
  int lines() const { return lines_; }

 private:
  const ScriptTraces traces_;
  bool any_alive_ = false;
  int lines_ = 0;
};

TEST_F(RecoveryTest, WhatTheScriptLeftRunningIsEndedBeforeAnythingIsSaid) {
  ClaimAndDie();
  std::thread script = StartOrphan();
  OrphanLogger logger(Traces());
  {
    const TimeDriver driver(h_.clock, kHorizon);
    EXPECT_THAT(EndLastScript(*journal_, h_.clock, logger), IsOk());
  }
  script.join();
  EXPECT_GE(logger.lines(), 2);
  EXPECT_FALSE(logger.any_alive());
}

TEST_F(RecoveryTest, WhatTheScriptLeftRunningIsEndedFirst) {
  ClaimAndDie();
  std::thread script = StartOrphan();
  {
    const TimeDriver driver(h_.clock, kHorizon);
    EXPECT_THAT(EndLastScript(*journal_, h_.clock, h_.logger), IsOk());
  }
  script.join();
  EXPECT_THAT(h_.logger.lines(), Contains(HasSubstr("processes that its script left running")));
  EXPECT_THAT(h_.Runs(id()), ElementsAre("running")) << "for RecoverRun, which finds it:";
  EXPECT_THAT(Recover(), IsOk());
  EXPECT_THAT(h_.Runs(id()), ElementsAre("exception worker-shutdown", "pending"));
}

}  // namespace
}  // namespace scriptworker::worker
