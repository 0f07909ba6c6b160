// SPDX-License-Identifier: MPL-2.0
//
// The worker is killed (SIGKILL) at each step of the run journal, and started
// again: each run of the task is resolved exactly once, its script is started at
// most once, and never while that of another run is alive. The real program
// against a local Taskcluster, which never answers the request of that step.

#include <signal.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "scriptworker/base/clock.h"
#include "scriptworker/base/file.h"
#include "scriptworker/base/testing/await.h"
#include "scriptworker/base/testing/temp_dir.h"
#include "scriptworker/json/value.h"
#include "scriptworker/taskcluster/task_id.h"
#include "scriptworker/taskcluster/testing/fake_taskcluster.h"
#include "scriptworker/taskcluster/testing/fault_plan.h"
#include "scriptworker/taskcluster/testing/queue_event.h"
#include "scriptworker/testing/signalled_worker.h"
#include "scriptworker/worker/journal/journal_entry.h"
#include "tools/local_taskcluster/local_taskcluster.h"
#include "tools/worker_site/held_calls.h"
#include "tools/worker_site/running_worker.h"
#include "tools/worker_site/worker_site.h"

namespace scriptworker {
namespace {

using ::scriptworker::taskcluster::Fault;
using ::scriptworker::taskcluster::QueueEvent;
using ::scriptworker::taskcluster::TaskId;
using ::scriptworker::tools::RunningWorker;
using ::scriptworker::tools::WorkerSite;
using ::scriptworker::worker::JournalStep;
using ::scriptworker::worker::ToString;
using ::testing::Each;
using ::testing::ElementsAreArray;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

// How the worker is brought to stand still at a step, without its help.
struct KillPoint {
  std::string name;
  std::optional<JournalStep> step;   // nullopt: nothing is noted yet
  std::string_view held = {};        // the request that is never answered
  bool worked = false;               // though the queue did what it asked for
  bool verify = false;               // the chain of trust
  std::string_view script = "true";  // of run 0
  std::vector<std::string> runs;     // how each run ends
  std::vector<std::string> starts;   // the runs whose script was started
  std::string_view said;             // by the next worker
};

// A point at which the run is given back, and its script started once more by the next worker.
struct GivenBack {
  std::string name;
  std::string_view held = {};
  std::string_view script = "true";
};

constexpr std::string_view kReported = "run 0 as worker-shutdown";

KillPoint PointOf(JournalStep step, GivenBack point) {
  return {.name = std::move(point.name),
          .step = step,
          .held = point.held,
          .script = point.script,
          .runs = {"worker-shutdown", "completed"},
          .starts = {"0", "1"},
          .said = kReported};
}

// One kill point or more for each step. A step that has none does not compile.
std::vector<KillPoint> PointsOf(JournalStep step) {
  switch (step) {
    case JournalStep::kClaimed:
      return {{.name = "verifying",
               .step = step,
               .held = "task",
               .verify = true,
               // Once the chain can be looked at, it is found wanting.
               .runs = {"worker-shutdown", "malformed-payload"},
               .starts = {},
               .said = kReported}};
    case JournalStep::kScriptStarted:
      return {PointOf(step, {.name = "script_running",
                             .script = "(setsid sleep 1000 &); sleep 1000 & sleep 1000"}),
              PointOf(step, {.name = "script_ignores_term",
                             .script = "trap '' TERM; while true; do sleep 0.05; done"})};
    case JournalStep::kScriptEnded:
      return {// a file without blocks takes no space, but long to read
              PointOf(step, {.name = "hashing", .script = "truncate -s 4T $ARTIFACTS/big"})};
    case JournalStep::kUploading:
      return {PointOf(step, {.name = "before_create_artifact", .held = "createArtifact"}),
              PointOf(step, {.name = "sending_an_artifact", .held = "putObject"})};
    case JournalStep::kReporting:
      return {PointOf(step, {.name = "before_the_queue_knows", .held = "reportCompleted"}),
              {.name = "after_the_queue_knows",
               .step = step,
               .held = "reportCompleted",
               .worked = true,
               .runs = {"completed"},
               .starts = {"0"},
               .said = "The queue knows how"}};
  }
  return {};
}

std::vector<KillPoint> AllPoints() {
  // The claim was given, but its answer never read.
  std::vector<KillPoint> points = {{.name = "unread_claim",
                                    .step = std::nullopt,
                                    .held = "claimWork",
                                    .worked = true,
                                    .runs = {"claim-expired", "completed"},
                                    .starts = {"1"},
                                    .said = ""}};
  for (const JournalStep step : worker::kJournalSteps) {
    std::vector<KillPoint> more = PointsOf(step);
    EXPECT_THAT(more, testing::Not(IsEmpty())) << ToString(step);
    for (KillPoint& point : more) {
      point.name = absl::StrReplaceAll(absl::StrCat(ToString(step), "_", point.name), {{"-", "_"}});
      points.push_back(std::move(point));
    }
  }
  return points;
}

class KillMatrixTest : public testing::TestWithParam<KillPoint> {
 protected:
  KillMatrixTest() {
    EXPECT_TRUE(AwaitTrue([] { return !AnyProcessLeft(); })) << "of a case before";
    tools::LocalTaskclusterOptions options;
    options.fake.poll = absl::Milliseconds(500);
    if (!GetParam().step.has_value()) options.fake.claim = absl::Seconds(4);
    options.fake.on_event = [this](const QueueEvent& event) { Count(event); };
    tools::MakeTokensRandom(options.fake);
    taskcluster_ = tools::LocalTaskcluster::Start(clock_, options).value();
    tools::SiteOptions site{.reclaim_interval = 300};
    if (GetParam().verify) {
      site.more =
          "verify_chain_of_trust: true\ncot_product: firefox\ncot_job_type: signing\n"
          "scriptworker_provisioners: [test-provisioner]\n";
    }
    site_ = std::make_unique<WorkerSite>(*taskcluster_, temp_.path(), site);
  }

  // Writes down its start, and looks whether the script of run 0 is alive.
  std::string Script() const {
    return absl::StrReplaceAll(
        "echo $RUN_ID >> $DIR/starts; "
        "if [ $RUN_ID = 0 ]; then echo $$ > $DIR/first; touch $DIR/started; $FIRST; "
        "elif [ -e $DIR/first ] && "
        "grep -q '^State:.[^ZX]' /proc/$(cat $DIR/first)/status; then touch $DIR/overlap; fi",
        {{"$DIR", temp_.path()},
         {"$FIRST",
          absl::StrReplaceAll(GetParam().script, {{"$ARTIFACTS", temp_.Path("artifacts")}})}});
  }

  // What the journal's file says; nullopt: nothing, or nothing whole.
  std::optional<JournalStep> Noted() const {
    const absl::StatusOr<std::string> bytes = ReadFile(temp_.Path("state/run.journal"));
    if (!bytes.ok()) return std::nullopt;
    std::optional<worker::JournalSlot> newest;
    for (const size_t begin : {size_t{0}, bytes->size() / 2}) {
      auto slot = worker::ParseJournalSlot(std::string_view(*bytes).substr(begin));
      if (!slot.ok() || !slot->has_value()) continue;
      if (!newest.has_value() || (*slot)->sequence > newest->sequence) newest = *std::move(slot);
    }
    return newest.has_value() ? std::make_optional(newest->entry.step) : std::nullopt;
  }

  bool AwaitPoint() {
    const std::string held(GetParam().held);
    if (!held.empty() &&
        !AwaitTrue([&] { return taskcluster_->fake().request_log().Count(held) > 0; })) {
      return false;
    }
    if (GetParam().step == JournalStep::kScriptStarted && !site_->AwaitFile("started")) {
      return false;
    }
    return AwaitTrue([&] { return Noted() == GetParam().step; });
  }

  std::vector<std::string> Runs(const TaskId& id) {
    std::vector<std::string> runs;
    const json::Value status = taskcluster_->fake().Status(id).value();
    for (const json::Value& run : status.Find("runs")->array()) {
      const json::Value* reason = run.Find("reasonResolved");
      runs.emplace_back(reason == nullptr ? "" : reason->string_value());
    }
    return runs;
  }

  std::vector<std::string> Starts() const {
    return absl::StrSplit(ReadFile(temp_.Path("starts")).value_or(""), '\n', absl::SkipEmpty());
  }

  // How often the queue saw each run end.
  std::map<int, int> Resolutions() {
    absl::MutexLock lock(&mutex_);
    return resolutions_;
  }
  void Count(const QueueEvent& event) {
    if (event.kind == QueueEvent::Kind::kCompleted || event.kind == QueueEvent::Kind::kFailed ||
        event.kind == QueueEvent::Kind::kException) {
      absl::MutexLock lock(&mutex_);
      ++resolutions_[event.run_id];
    }
  }

  SystemClock clock_;
  const TempDir temp_;
  absl::Mutex mutex_;
  std::map<int, int> resolutions_ ABSL_GUARDED_BY(mutex_);
  std::unique_ptr<tools::LocalTaskcluster> taskcluster_;
  std::unique_ptr<WorkerSite> site_;
};

TEST_P(KillMatrixTest, EachRunIsResolvedOnceAndStartedAtMostOnce) {
  const KillPoint& point = GetParam();
  if (!point.held.empty()) {
    const Fault silence = Fault::Timeout();
    taskcluster_->fake().faults().Add(point.held, point.worked ? silence.AfterTheWork() : silence);
  }
  const TaskId id = WorkerSite::Submit(*taskcluster_, clock_, Script(),
                                       {.task_group_id = "Hh5Bq2cXSfuVzBuVRQXWGg"});
  {
    RunningWorker first = site_->Start();
    ASSERT_TRUE(AwaitPoint()) << site_->WorkerLog();
    first.Signal(SIGKILL);
    ASSERT_EQ(first.Wait(), -SIGKILL);
  }
  RunningWorker second = site_->Start();
  ASSERT_TRUE(site_->AwaitLogged(point.said)) << site_->WorkerLog();
  ASSERT_TRUE(AwaitTrue([&] {
    const std::string state = taskcluster_->fake().State(id);
    return state != "pending" && state != "running";
  })) << site_->WorkerLog();
  second.Signal(SIGTERM);
  EXPECT_EQ(second.Wait(), 0);

  EXPECT_THAT(Runs(id), ElementsAreArray(point.runs)) << site_->WorkerLog();
  EXPECT_THAT(Starts(), ElementsAreArray(point.starts));
  EXPECT_THAT(Resolutions(), testing::SizeIs(point.runs.size()));
  EXPECT_THAT(Resolutions(), Each(testing::Pair(testing::_, 1)));
  EXPECT_FALSE(std::filesystem::exists(temp_.Path("overlap")));
  EXPECT_FALSE(AnyProcessLeft());
  EXPECT_EQ(Noted(), std::nullopt);  // wiped
  if (point.step.has_value()) {
    EXPECT_THAT(site_->WorkerLog(), HasSubstr(absl::StrCat("at step ", ToString(*point.step))));
  }
}

INSTANTIATE_TEST_SUITE_P(Steps, KillMatrixTest, testing::ValuesIn(AllPoints()),
                         [](const auto& info) { return info.param.name; });

// A worker's place beside a local Taskcluster, without anything that stands still.
class WorkerPlaceTest : public testing::Test {
 protected:
  WorkerPlaceTest() {
    tools::LocalTaskclusterOptions options;
    options.fake.poll = absl::Milliseconds(500);
    tools::MakeTokensRandom(options.fake);
    taskcluster_ = tools::LocalTaskcluster::Start(clock_, options).value();
    site_ = std::make_unique<WorkerSite>(*taskcluster_, temp_.path());
  }

  SystemClock clock_;
  const TempDir temp_;
  std::unique_ptr<tools::LocalTaskcluster> taskcluster_;
  std::unique_ptr<WorkerSite> site_;
};

// A second SIGTERM leaves the run as a crash does: the next start gives it back.
TEST_F(WorkerPlaceTest, TheStartAfterASecondTermGivesTheRunBack) {
  const TaskId id =
      WorkerSite::Submit(*taskcluster_, clock_,
                         absl::StrReplaceAll("trap '' TERM; touch $DIR/started; "
                                             "while [ $RUN_ID = 0 ]; do sleep 0.05; done",
                                             {{"$DIR", temp_.path()}}));
  {
    RunningWorker first = site_->Start();
    ASSERT_TRUE(site_->AwaitFile("started"));
    first.Signal(SIGTERM);
    ASSERT_TRUE(site_->AwaitLogged("SIGTERM received;"));
    first.Signal(SIGTERM);
    ASSERT_EQ(first.Wait(), 1);
  }
  EXPECT_EQ(taskcluster_->fake().State(id), "running");
  RunningWorker second = site_->Start();
  ASSERT_TRUE(AwaitTrue([&] { return taskcluster_->fake().State(id) == "completed"; }));
  EXPECT_EQ(taskcluster_->fake().Resolution(id, 0), "worker-shutdown");
}

// Whatever a start fails of, the script of the last worker is ended by then.
TEST_F(WorkerPlaceTest, AStartThatComesToNothingHasEndedTheScriptAllTheSame) {
  ASSERT_TRUE(AwaitTrue([] { return !AnyProcessLeft(); })) << "of a case before";
  const TaskId id = WorkerSite::Submit(
      *taskcluster_, clock_,
      absl::StrReplaceAll("[ $RUN_ID = 0 ] || exit 0; "
                          "setsid bash -c 'touch $DIR/started; exec sleep 1000' & sleep 1000",
                          {{"$DIR", temp_.path()}}));
  {
    RunningWorker first = site_->Start();
    ASSERT_TRUE(site_->AwaitFile("started"));
    first.Signal(SIGKILL);
    ASSERT_EQ(first.Wait(), -SIGKILL);
  }
  ASSERT_TRUE(AnyProcessLeft());
  const std::string key = ReadFile(temp_.Path("key")).value();
  ASSERT_TRUE(WriteFile(temp_.Path("key"), "no key", 0600).ok());
  EXPECT_EQ(site_->Start().Wait(), 1);
  EXPECT_TRUE(AwaitTrue([] { return !AnyProcessLeft(); }, absl::Seconds(5))) << site_->WorkerLog();
  EXPECT_EQ(taskcluster_->fake().State(id), "running");
  ASSERT_TRUE(WriteFile(temp_.Path("key"), key, 0600).ok());
  const RunningWorker third = site_->Start();
  ASSERT_TRUE(AwaitTrue([&] { return taskcluster_->fake().State(id) == "completed"; }));
  EXPECT_EQ(taskcluster_->fake().Resolution(id, 0), "worker-shutdown");
}

// A start that is about to end what the last worker has left hears each signal.
TEST_F(WorkerPlaceTest, ASecondTermIsHeardWhileAStartEndsAScript) {
  ASSERT_TRUE(AwaitTrue([] { return !AnyProcessLeft(); })) << "of a case before";
  temp_.Write("left_over",
              absl::StrReplaceAll("trap 'touch $DIR/got_term' TERM; touch $DIR/started; "
                                  "while true; do sleep 0.05; done",
                                  {{"$DIR", temp_.path()}}));
  const TaskId id = WorkerSite::Submit(
      *taskcluster_, clock_,
      absl::StrCat("setsid bash ", temp_.Path("left_over"), " > /dev/null 2>&1 & sleep 1000"));
  {
    RunningWorker first = site_->Start();
    ASSERT_TRUE(site_->AwaitFile("started"));
    first.Signal(SIGKILL);
    ASSERT_EQ(first.Wait(), -SIGKILL);
  }
  // Its next look at the processes.
  tools::HeldCalls calls([&](pid_t) { return std::filesystem::exists(temp_.Path("got_term")); });
  std::optional<RunningWorker> second;
  if (!calls.Run([&] { second.emplace(site_->Start()); })) {
    GTEST_SKIP() << "SKIPPED: no filters of system calls to be had";
  }
  ASSERT_TRUE(calls.AwaitArrival()) << site_->WorkerLog();
  second->Signal(SIGTERM);
  EXPECT_TRUE(site_->AwaitLogged("SIGTERM received;"));
  second->Signal(SIGTERM);
  EXPECT_TRUE(site_->AwaitLogged("SIGTERM received again"));
  EXPECT_THAT(site_->WorkerLog(), testing::Not(HasSubstr("cut off")));
  calls.LetGo();
  EXPECT_EQ(second->Wait(), 1) << site_->WorkerLog();
  EXPECT_FALSE(AnyProcessLeft());
  EXPECT_EQ(taskcluster_->fake().State(id), "running");
}

TEST_F(WorkerPlaceTest, ASecondWorkerInItIsRefused) {
  const RunningWorker first = site_->Start();
  ASSERT_TRUE(site_->AwaitLogged("starting up"));
  RunningWorker second = site_->Start();
  EXPECT_EQ(second.Wait(), 1);
  EXPECT_THAT(ReadFile(temp_.Path("output")).value(), HasSubstr("another worker uses it"));
}

}  // namespace
}  // namespace scriptworker
