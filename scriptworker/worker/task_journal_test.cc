// SPDX-License-Identifier: MPL-2.0
//
// What a run notes in its journal, and what becomes of it if it cannot.

#include <signal.h>
#include <sys/types.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/status/status_matchers.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/synchronization/mutex.h"
#include "absl/synchronization/notification.h"
#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "scriptworker/base/testing/await.h"
#include "scriptworker/base/testing/temp_dir.h"
#include "scriptworker/taskcluster/task_claim.h"
#include "scriptworker/taskcluster/task_id.h"
#include "scriptworker/taskcluster/testing/queue_event.h"
#include "scriptworker/worker/journal/journal.h"
#include "scriptworker/worker/outcome/run_outcome.h"
#include "scriptworker/worker/process/process_stat.h"
#include "scriptworker/worker/process/process_tree.h"
#include "scriptworker/worker/testing/time_driver.h"
#include "scriptworker/worker/testing/tracer.h"
#include "scriptworker/worker/testing/worker_harness.h"
#include "scriptworker/worker/worker_loop.h"

namespace scriptworker::worker {
namespace {

using ::absl_testing::IsOk;
using ::scriptworker::taskcluster::TaskId;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

class Diary final : public RunJournal {
 public:
  std::function<void()> on_wipe;

  // From now on nothing can be written.
  void FillTheDisk() {
    absl::MutexLock lock(&mutex_);
    answer_ = absl::ResourceExhaustedError("the disk is full");
  }

  absl::Status Claimed(const taskcluster::ClaimedTask& task, absl::Time) override {
    return Add(absl::StrCat("claimed run ", task.run_id));
  }
  absl::Status ScriptStarted(const ProcessStat& leader) override {
    return Add(leader.pid > 1 ? "started" : "started nothing");
  }
  absl::Status ScriptEnded() override { return Add("ended"); }
  absl::Status Uploading(int status) override { return Add(absl::StrCat("uploading ", status)); }
  absl::Status Reporting(int status) override { return Add(absl::StrCat("reporting ", status)); }
  absl::Status Wipe() override {
    if (on_wipe != nullptr) on_wipe();
    return Add("wiped");
  }
  absl::Status Renewed(const taskcluster::Reclaim&) override { return Add("renewed"); }

  std::vector<std::string> lines() const {
    absl::MutexLock lock(&mutex_);
    return lines_;
  }

 private:
  absl::Status Add(std::string line) {
    absl::MutexLock lock(&mutex_);
    lines_.push_back(std::move(line));
    return answer_;
  }

  mutable absl::Mutex mutex_;
  absl::Status answer_ ABSL_GUARDED_BY(mutex_);
  std::vector<std::string> lines_ ABSL_GUARDED_BY(mutex_);
};

// On a disk that does not answer.
class HangingJournal final : public RunJournal {
 public:
  absl::Status ScriptStarted(const ProcessStat& leader) override {
    leader_ = leader.pid;
    return Hang();
  }
  absl::Status Renewed(const taskcluster::Reclaim&) override { return Hang(); }

  void Answer() { answer_.Notify(); }
  bool AwaitDeathOfScript() const {
    return AwaitTrue([this] { return leader_ != 0 && ::kill(leader_, 0) != 0; });
  }

 private:
  absl::Status Hang() {
    answer_.WaitForNotification();
    return absl::OkStatus();
  }

  absl::Notification answer_;
  std::atomic<pid_t> leader_ = 0;
};

// On a disk that is slower than the script.
class SlowJournal final : public RunJournal {
 public:
  absl::Status ScriptStarted(const ProcessStat& leader) override {
    EXPECT_TRUE(AwaitTrue([&] { return ::kill(leader.pid, 0) != 0; }))
        << "it should have ended by now";
    noted_ = leader;
    return absl::OkStatus();
  }
  const ProcessStat& noted() const { return noted_; }

 private:
  ProcessStat noted_;
};

class TaskJournalTest : public testing::Test {
 protected:
  void Prepare(std::string script, LoopOptions loop = {}) {
    h_.emplace(std::move(script), std::move(loop));
    h_->set_journal(&diary_);
    id_ = h_->Submit();
  }

  Diary diary_;
  std::optional<WorkerHarness> h_;
  std::optional<TaskId> id_;
};

TEST_F(TaskJournalTest, EachStepIsNotedBeforeItIsTaken) {
  Prepare("exit 3");
  h_->RunPending();
  EXPECT_THAT(diary_.lines(), ElementsAre("claimed run 0", "started", "ended", "uploading 3",
                                          "reporting 3", "wiped"));
}

// A worker that is killed in between knows then that a script had the folders.
TEST_F(TaskJournalTest, TheRunIsForgottenOnceItsFoldersAreEmpty) {
  Prepare("rm -r $WORK; ln -s $DIR/elsewhere $WORK");
  bool link = true;
  diary_.on_wipe = [&] { link = std::filesystem::is_symlink(h_->dirs.work_dir()); };
  h_->RunPending();
  EXPECT_FALSE(link);
}

TEST_F(TaskJournalTest, AScriptThatDoesNotStartIsNotNoted) {
  Prepare("true");
  h_->options().task_script = {"/no/such/program"};
  h_->RunPending();
  EXPECT_THAT(diary_.lines(), ElementsAre("claimed run 0", "uploading 5", "reporting 5", "wiped"));
}

TEST_F(TaskJournalTest, AScriptThatEndsBeforeItsStartIsNotedIsNotedAsItWas) {
  Prepare("true");
  SlowJournal journal;
  h_->set_journal(&journal);
  h_->RunPending();
  EXPECT_GT(journal.noted().pid, 1);
  EXPECT_GE(journal.noted().start_time, ReadProcessStat(::getpid())->start_time);
}

TEST_F(TaskJournalTest, AScriptThatDoesNotStartHasEnded) {
  Prepare("true");
  h_->options().task_script = {"/no/such/program"};
  EXPECT_TRUE(h_->RunPending().script_ended);
}

// A script that cannot be ended before EndTracer().
class UnendableScriptTest : public TaskJournalTest {
 protected:
  UnendableScriptTest() {
    Prepare(
        absl::StrReplaceAll("echo x > $ARTIFACTS/public/half-written; echo $$ > $TRACED/leader; "
                            "while ! [ -e $TRACED/traced ] && ! [ -e $TRACED/untraced ]; do "
                            ":; done; : > $TRACED/ready; while true; do :; done",
                            {{"$TRACED", dir_.path()}}),
        {.end_left_overs = [this] { return EndLeftOvers(); }});
    h_->options().patience = absl::Seconds(1);
    h_->options().task_max_timeout = absl::Minutes(1);
  }
  ~UnendableScriptTest() override {
    tracer_.End();
    EXPECT_THAT(scripts_.KillAll(absl::Seconds(30)), IsOk());
  }

  // Whether it cannot be ended.
  bool AwaitScript() {
    EXPECT_TRUE(WorkerHarness::AwaitFile(dir_.Path("ready")));
    return std::filesystem::exists(dir_.Path("traced"));
  }
  void EndTracer() {
    absl::MutexLock lock(&mutex_);
    tracer_.End();
  }
  absl::StatusOr<bool> EndLeftOvers() {
    const bool ends = ends_in_time_ && h_->shutdown.stop().cancelled();
    if (ends) EndTracer();
    absl::Status ended = scripts_.KillAll(ends ? absl::Seconds(30) : absl::Seconds(1));
    if (!ended.ok()) return ended;
    return false;
  }
  // False after 30 s.
  bool AwaitLine(std::string_view begin) const {
    for (int i = 0; i < 6000; ++i) {
      if (testing::Value(h_->logger.lines(), testing::Contains(testing::StartsWith(begin)))) {
        return true;
      }
      absl::SleepFor(absl::Milliseconds(5));
    }
    return false;
  }

  const TempDir dir_;
  absl::Mutex mutex_;
  Tracer tracer_{dir_.path()};
  const ProcessTree scripts_ = ProcessTree::OfAllScripts();
  bool ends_in_time_ = false;  // in the last round, that is
};

constexpr std::string_view kUntraceable = "SKIPPED: processes may not trace each other here";

// The next start finds it by the journal alone, and runs no second script beside it.
TEST_F(UnendableScriptTest, StaysForTheNextStart) {
  RunOutcome outcome;
  std::thread worker([&] { outcome = h_->RunPending(); });
  const bool traced = AwaitScript();
  h_->shutdown.Stop("SIGTERM");
  {
    const TimeDriver driver(h_->clock, absl::Seconds(2));
    worker.join();
  }
  if (!traced) GTEST_SKIP() << kUntraceable;
  EXPECT_FALSE(outcome.script_ended);
  EXPECT_THAT(h_->Runs(*id_), ElementsAre("exception internal-error"));
  EXPECT_THAT(diary_.lines(),
              ElementsAre("claimed run 0", "started", "uploading 5", "reporting 5"));
}

// What else it leaves behind may be written on at this very moment.
TEST_F(UnendableScriptTest, PublishesItsLogAlone) {
  std::thread worker([&] { h_->RunPending(); });
  const bool traced = AwaitScript();
  h_->shutdown.Stop("SIGTERM");
  {
    const TimeDriver driver(h_->clock, absl::Seconds(2));
    worker.join();
  }
  if (!traced) GTEST_SKIP() << kUntraceable;
  EXPECT_THAT(h_->ArtifactNames(*id_), ElementsAre("public/logs/live_backing.log"));
  EXPECT_THAT(h_->Artifact(*id_, "public/logs/live_backing.log"), HasSubstr("cannot be ended"));
}

// Its credentials are not kept for as long as there is no other task.
TEST_F(UnendableScriptTest, IsForgottenOnceItHasEndedWithoutAFurtherClaim) {
  absl::Notification wiped;
  int claims = 0;
  diary_.on_wipe = [&] {
    claims = h_->fake.request_log().Count("claimWork");
    wiped.Notify();
  };
  std::thread worker([&] { h_->loop().Run().IgnoreError(); });
  const bool traced = AwaitScript();
  {
    const TimeDriver driver(h_->clock, absl::Seconds(70));
    EXPECT_TRUE(!traced || AwaitLine("CRITICAL No task is claimed while the last script"));
    EXPECT_FALSE(traced && wiped.HasBeenNotified());
    EndTracer();
    EXPECT_TRUE(wiped.WaitForNotificationWithTimeout(absl::Seconds(30)));
    h_->shutdown.Stop("SIGTERM");
    worker.join();
  }
  if (!traced) GTEST_SKIP() << kUntraceable;
  EXPECT_EQ(claims, 1);
}

TEST_F(UnendableScriptTest, IsForgottenAtAnOrderlyEndIfItHasEndedByThen) {
  ends_in_time_ = true;
  std::thread worker([&] { h_->loop().Run().IgnoreError(); });
  const bool traced = AwaitScript();
  h_->shutdown.Stop("SIGTERM");
  {
    const TimeDriver driver(h_->clock, absl::Seconds(2));
    worker.join();
  }
  if (!traced) GTEST_SKIP() << kUntraceable;
  EXPECT_THAT(diary_.lines(),
              ElementsAre("claimed run 0", "started", "uploading 5", "reporting 5", "wiped"));
}

TEST_F(UnendableScriptTest, IsSaidToStayAtAnOrderlyEndIfItHasNotEnded) {
  std::thread worker([&] { h_->loop().Run().IgnoreError(); });
  const bool traced = AwaitScript();
  h_->shutdown.Stop("SIGTERM");
  {
    const TimeDriver driver(h_->clock, absl::Seconds(2));
    worker.join();
  }
  if (!traced) GTEST_SKIP() << kUntraceable;
  EXPECT_TRUE(AwaitLine("WARNING The last run stays in the journal for the next start: "));
  EXPECT_EQ(diary_.lines().back(), "reporting 5");
}

TEST_F(UnendableScriptTest, IsForgottenInALaterRoundIfTheDiskRefusesIt) {
  std::thread worker([&] { h_->loop().Run().IgnoreError(); });
  const bool traced = AwaitScript();
  {
    const TimeDriver driver(h_->clock, absl::Seconds(70));
    EXPECT_TRUE(!traced || AwaitLine("CRITICAL No task is claimed while the last script"));
    diary_.FillTheDisk();
    EndTracer();
    EXPECT_TRUE(AwaitLine("ERROR The run journal: the disk is full"));
    h_->shutdown.Stop("SIGTERM");
    worker.join();
  }
  if (!traced) GTEST_SKIP() << kUntraceable;
  EXPECT_GT(std::ranges::count(diary_.lines(), "wiped"), 1);
}

TEST_F(TaskJournalTest, RenewedCredentialsAreNoted) {
  Prepare("while ! [ -e $DIR/task-reclaimed.0 ]; do sleep 0.01; done");
  std::thread worker([this] { h_->RunPending(); });
  {
    const TimeDriver driver(h_->clock, absl::Seconds(90));
    worker.join();
  }
  EXPECT_THAT(diary_.lines(), testing::Contains("renewed"));
}

TEST_F(TaskJournalTest, AClaimThatCannotBeNotedIsGivenUpWithoutAScript) {
  Prepare("touch $DIR/started");
  diary_.FillTheDisk();
  h_->RunPending();
  EXPECT_FALSE(std::filesystem::exists(h_->temp.Path("started")));
  EXPECT_THAT(h_->Runs(*id_), ElementsAre("exception internal-error"));
  EXPECT_THAT(h_->Artifact(*id_, "public/logs/live_backing.log"), HasSubstr("the disk is full"));
}

TEST_F(TaskJournalTest, ALaterStepThatCannotBeNotedIsAnErrorInTheLogAlone) {
  Prepare("touch $DIR/started; while ! [ -e $DIR/go ]; do sleep 0.01; done");
  std::thread worker([this] { h_->RunPending(); });
  EXPECT_TRUE(WorkerHarness::AwaitFile(h_->temp.Path("started")));
  diary_.FillTheDisk();
  h_->temp.Write("go", "");
  worker.join();
  EXPECT_THAT(h_->Runs(*id_), ElementsAre("completed"));
  EXPECT_THAT(h_->logger.lines(), testing::Contains("ERROR The run journal: the disk is full"));
}

TEST_F(TaskJournalTest, ARunThatIsAbandonedStaysForTheNextStart) {
  Prepare("trap '' TERM; touch $DIR/started; while true; do sleep 0.01; done");
  std::thread worker([this] { h_->RunPending(); });
  EXPECT_TRUE(WorkerHarness::AwaitFile(h_->temp.Path("started")));
  h_->shutdown.Stop("SIGTERM");
  h_->shutdown.Stop("SIGTERM");
  worker.join();
  EXPECT_THAT(diary_.lines(), testing::Not(testing::Contains("wiped")));
  EXPECT_THAT(h_->Runs(*id_), ElementsAre("running"));
}

TEST_F(TaskJournalTest, ADiskThatHangsKeepsNoScriptAlivePastItsClaim) {
  Prepare("trap '' TERM; touch $DIR/started; while true; do sleep 0.01; done");
  HangingJournal journal;
  h_->set_journal(&journal);
  std::thread worker([this] { h_->RunPending(); });
  EXPECT_TRUE(WorkerHarness::AwaitFile(h_->temp.Path("started")));
  const TimeDriver driver(h_->clock, absl::Seconds(90));
  EXPECT_TRUE(journal.AwaitDeathOfScript());
  EXPECT_TRUE(h_->ArtifactNames(*id_).empty());
  journal.Answer();
  worker.join();
}

TEST_F(TaskJournalTest, ADiskThatHangsKeepsNoScriptAliveAfterASecondTerm) {
  Prepare("trap '' TERM; touch $DIR/started; while true; do sleep 0.01; done");
  HangingJournal journal;
  h_->set_journal(&journal);
  std::thread worker([this] { h_->RunPending(); });
  EXPECT_TRUE(WorkerHarness::AwaitFile(h_->temp.Path("started")));
  h_->shutdown.Stop("SIGTERM");
  h_->shutdown.Stop("SIGTERM");
  EXPECT_TRUE(journal.AwaitDeathOfScript());
  journal.Answer();
  worker.join();
  EXPECT_THAT(h_->Runs(*id_), ElementsAre("running"));
}

TEST_F(TaskJournalTest, ALostClaimIsWiped) {
  Prepare("touch $DIR/started; sleep 1000");
  std::thread worker([this] { h_->RunPending(); });
  EXPECT_TRUE(WorkerHarness::AwaitFile(h_->temp.Path("started")));
  EXPECT_TRUE(h_->fake.CancelTask(*id_).ok());
  {
    const TimeDriver driver(h_->clock, absl::Seconds(90));
    worker.join();
  }
  EXPECT_EQ(diary_.lines().back(), "wiped");
  EXPECT_TRUE(h_->ArtifactNames(*id_).empty());
}

}  // namespace
}  // namespace scriptworker::worker
