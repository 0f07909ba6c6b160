// SPDX-License-Identifier: MPL-2.0
#include "scriptworker/worker/worker_loop.h"

#include <atomic>
#include <filesystem>
#include <fstream>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/status_matchers.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/synchronization/notification.h"
#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "scriptworker/base/testing/await.h"
#include "scriptworker/base/version.h"
#include "scriptworker/taskcluster/task_id.h"
#include "scriptworker/taskcluster/testing/fault_plan.h"
#include "scriptworker/worker/monitoring/worker_state.h"
#include "scriptworker/worker/outcome/exit_status.h"
#include "scriptworker/worker/outcome/observer_list.h"
#include "scriptworker/worker/outcome/worker_observer.h"
#include "scriptworker/worker/testing/time_driver.h"
#include "scriptworker/worker/testing/worker_harness.h"

namespace scriptworker::worker {
namespace {

using ::absl_testing::IsOk;
using ::absl_testing::StatusIs;
using ::scriptworker::taskcluster::Fault;
using ::scriptworker::taskcluster::QueueEvent;
using ::scriptworker::taskcluster::TaskId;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::StartsWith;

constexpr absl::Duration kHorizon = absl::Seconds(150);

// The loop on a thread of its own. A loop that is stopped may be in the next claim, whose
// long poll ends when time passes: a TimeDriver has to outlive it, or Join() to be called.
class RunningLoop {
 public:
  explicit RunningLoop(WorkerHarness& harness)
      : thread_([this, &loop = harness.loop()] { result_ = loop.Run(); }) {}
  ~RunningLoop() { Join().IgnoreError(); }
  absl::Status Join() {
    if (thread_.joinable()) thread_.join();
    return result_;
  }

 private:
  absl::Status result_;
  std::thread thread_;
};

TEST(WorkerLoopTest, RunsOneTaskAfterTheOtherAndSleepsOnlyWhenIdle) {
  WorkerHarness h("true");
  const TaskId first = h.Submit();
  const TaskId second = h.Submit();
  {
    RunningLoop loop(h);
    ASSERT_TRUE(h.AwaitEvent(QueueEvent::Kind::kCompleted, 2));
    h.shutdown.Drain("SIGUSR1");
    const TimeDriver driver(h.clock, kHorizon);
    EXPECT_THAT(loop.Join(), IsOk());
  }
  EXPECT_THAT(h.Runs(first), ElementsAre("completed"));
  EXPECT_THAT(h.Runs(second), ElementsAre("completed"));
}

TEST(WorkerLoopTest, SaysWhenItStartsWithWhichVersionAndWhenItStops) {
  WorkerHarness h("true");
  h.shutdown.Drain("SIGUSR1");
  EXPECT_THAT(h.loop().Run(), IsOk());
  EXPECT_THAT(h.logger.lines(),
              ElementsAre("INFO SIGUSR1 received; no more tasks will be taken",
                          "INFO Scriptworker starting up at 2027-01-15 08:00:00+00:00 UTC",
                          "INFO Worker FQDN: here",
                          absl::StrCat("INFO Running scriptworker version ", kVersion),
                          "INFO Scriptworker stopped at 2027-01-15 08:00:00+00:00 UTC",
                          "INFO Worker FQDN: here"));
  EXPECT_EQ(h.fake.request_log().total(), 0);
}

TEST(WorkerLoopTest, StaleFilesAreGoneBeforeTheFirstClaim) {
  WorkerHarness h("ls -A $WORK");
  h.temp.Write("work/stale", "of a run before");
  h.temp.Write("artifacts/public/stale", "of a run before");
  const TaskId id = h.Submit();
  RunningLoop loop(h);
  ASSERT_TRUE(h.AwaitEvent(QueueEvent::Kind::kCompleted));
  h.shutdown.Stop("SIGTERM");
  const TimeDriver driver(h.clock, kHorizon);
  loop.Join().IgnoreError();
  EXPECT_EQ(h.Artifact(id, "public/logs/live_backing.log"),
            "current_task_info.json\ntask.json\nexit code: 0\n");
  EXPECT_EQ(h.Artifact(id, "public/stale"), "");
}

TEST(WorkerLoopTest, AFailedClaimIsNotTriedAgainOnceTheWorkerIsToEnd) {
  WorkerHarness h("true");
  h.fake.faults().Add("claimWork", Fault::Status(500), 1, 1000);
  RunningLoop loop(h);
  ASSERT_TRUE(AwaitTrue([&] { return h.fake.request_log().Count("claimWork") > 0; }));
  h.shutdown.Stop("SIGTERM");
  EXPECT_THAT(loop.Join(), IsOk());  // though time stands still, and with it every pause
}

TEST(WorkerLoopTest, FoldersThatCannotBeEmptiedAtTheStartAreAnError) {
  WorkerHarness h("true");
  std::filesystem::remove(h.dirs.work_dir());
  std::filesystem::create_symlink("/tmp", h.dirs.work_dir());
  EXPECT_THAT(h.loop().Run(),
              StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr(h.dirs.work_dir())));
  EXPECT_EQ(h.fake.request_log().total(), 0);
}

// The folder above all others goes away while the first task is cleaned up.
class FolderThief final : public WorkerObserver {
 public:
  explicit FolderThief(const std::string& folder) : folder_(folder), away_(folder + ".away") {}
  void OnPhase(Phase phase) override {
    if (phase != Phase::kCleanUp || std::exchange(done_, true)) return;
    std::filesystem::rename(folder_, away_);
    std::ofstream(folder_) << "a file";
  }
  void BringBack() {
    std::filesystem::remove(folder_);
    std::filesystem::rename(away_, folder_);
  }

 private:
  const std::string folder_, away_;
  bool done_ = false;
};

class HeldUp final : public WorkerObserver {
 public:
  void OnHeldUp(const absl::Status& reason) override {
    if (!heard_.HasBeenNotified()) {
      reason_ = std::string(reason.message());
      heard_.Notify();
    }
  }
  std::string AwaitReason() const {
    return heard_.WaitForNotificationWithTimeout(absl::Seconds(30)) ? reason_ : "";
  }

 private:
  std::string reason_;
  absl::Notification heard_;
};

TEST(WorkerLoopTest, NoTaskIsClaimedWhileTheFoldersCannotBeEmptied) {
  WorkerHarness h("true");
  FolderThief thief(h.temp.path());
  h.set_observer(&thief);
  h.Submit();
  h.Submit();
  const TimeDriver driver(h.clock, kHorizon);
  const RunningLoop loop(h);
  ASSERT_TRUE(h.AwaitEvent(QueueEvent::Kind::kCompleted, 1));
  EXPECT_TRUE(AwaitTrue([&] {
    return testing::Value(h.logger.lines(), Contains(StartsWith("CRITICAL No task is claimed")));
  }));
  EXPECT_EQ(h.fake.request_log().Count("claimWork"), 1);
  thief.BringBack();
  EXPECT_TRUE(h.AwaitEvent(QueueEvent::Kind::kCompleted, 2));
  h.shutdown.Stop("SIGTERM");
}

TEST(WorkerLoopTest, NoTaskIsClaimedWhileProcessesOfTheLastScriptAreAlive) {
  std::atomic<bool> alive = true;
  WorkerHarness h("[ -z \"$(ls $WORK | grep -v json)\" ]",
                  {.end_left_overs = [&alive]() -> absl::StatusOr<bool> {
                    if (alive) return absl::FailedPreconditionError("these processes: 4711");
                    return false;
                  }});
  h.Submit();
  const TimeDriver driver(h.clock, kHorizon);
  const RunningLoop loop(h);
  EXPECT_TRUE(AwaitTrue([&] { return h.clock.sleeps().size() >= 3; }));
  EXPECT_EQ(h.fake.request_log().Count("claimWork"), 0);
  EXPECT_THAT(h.logger.lines(), Contains("CRITICAL No task is claimed while the last script is not "
                                         "ended: these processes: 4711"));
  h.temp.Write("work/written-by-it", "x");
  alive = false;
  EXPECT_TRUE(h.AwaitEvent(QueueEvent::Kind::kCompleted, 1)) << "in folders that are empty";
  h.shutdown.Stop("SIGTERM");
}

TEST(WorkerLoopTest, AWorkerThatIsHeldUpGivesASignOfLifeInEachRound) {
  WorkerHarness* harness = nullptr;
  const WorkerState* watched = nullptr;
  int rounds = 0;
  WorkerHarness h("true", {.end_left_overs = [&]() -> absl::StatusOr<bool> {
                    harness->clock.AdvanceTime(absl::Minutes(9));
                    EXPECT_THAT(watched->Alive(), IsOk());
                    if (++rounds == 4) harness->shutdown.Drain("SIGUSR1");
                    return absl::FailedPreconditionError("these processes: 4711");
                  }});
  WorkerState state({}, h.clock, h.shutdown.drain(), h.shutdown.stop());
  harness = &h;
  watched = &state;
  h.set_observer(&state);
  const TimeDriver driver(h.clock, kHorizon);
  EXPECT_THAT(h.loop().Run(), IsOk());
  EXPECT_EQ(rounds, 4);
}

TEST(WorkerLoopTest, FoldersThatCannotBeEmptiedAreASignOfLifeToo) {
  WorkerHarness h("true");
  FolderThief thief(h.temp.path());
  HeldUp held_up;
  ObserverList observers({&thief, &held_up});
  h.set_observer(&observers);
  h.Submit();
  const TimeDriver driver(h.clock, kHorizon);
  const RunningLoop loop(h);
  EXPECT_THAT(held_up.AwaitReason(),
              StartsWith("No task is claimed while the folders cannot be emptied: "));
  thief.BringBack();
  h.shutdown.Stop("SIGTERM");
}

TEST(WorkerLoopTest, WhatALeftOverProcessWroteIsGoneBeforeTheNextClaim) {
  bool left_over = true;
  std::string work;
  WorkerHarness h("[ -z \"$(ls $WORK | grep -v json)\" ]",
                  {.once = true, .end_left_overs = [&]() -> absl::StatusOr<bool> {
                     std::ofstream(work + "/written-by-it") << "x";
                     return std::exchange(left_over, false);
                   }});
  work = h.dirs.work_dir();
  const TaskId id = h.Submit();
  EXPECT_THAT(h.loop().Run(), IsOk());
  EXPECT_THAT(h.Runs(id), ElementsAre("completed"));
}

TEST(WorkerLoopTest, AFailedClaimIsSaidAndTriedAgainAfterAPause) {
  WorkerHarness h("true");
  h.fake.faults().Add("claimWork", Fault::Status(401));
  const TaskId id = h.Submit();
  const TimeDriver driver(h.clock, kHorizon);
  const RunningLoop loop(h);
  EXPECT_TRUE(h.AwaitEvent(QueueEvent::Kind::kCompleted));
  h.shutdown.Stop("SIGTERM");
  EXPECT_THAT(h.logger.lines(), Contains(StartsWith("WARNING claimWork failed: ")));
  EXPECT_THAT(h.clock.sleeps(), Contains(absl::Seconds(10)));
}

TEST(WorkerLoopTest, DrainingLetsTheTaskInHandEnd) {
  WorkerHarness h("touch $DIR/started; while ! [ -e $DIR/go ]; do sleep 0.01; done");
  const TaskId id = h.Submit();
  const TaskId other = h.Submit();
  RunningLoop loop(h);
  ASSERT_TRUE(WorkerHarness::AwaitFile(h.temp.Path("started")));
  h.shutdown.Drain("SIGUSR1");
  h.temp.Write("go", "");
  EXPECT_THAT(loop.Join(), IsOk());
  EXPECT_THAT(h.Runs(id), ElementsAre("completed"));
  EXPECT_THAT(h.Runs(other), ElementsAre("pending"));
}

// Blocks until the loop's claim hangs in its long poll.
void AwaitLongPoll(WorkerHarness& h) { ASSERT_TRUE(h.clock.AwaitSleepers(1)); }

TEST(WorkerLoopTest, DrainingDuringAClaimRunsTheTaskThatItBrings) {
  WorkerHarness h("true");
  RunningLoop loop(h);
  AwaitLongPoll(h);
  h.shutdown.Drain("SIGUSR1");
  const TaskId id = h.Submit();
  EXPECT_THAT(loop.Join(), IsOk());
  EXPECT_THAT(h.Runs(id), ElementsAre("completed"));
}

TEST(WorkerLoopTest, StoppingDuringAClaimGivesTheTaskBackThatItBrings) {
  WorkerHarness h("touch $DIR/started");
  RunningLoop loop(h);
  AwaitLongPoll(h);
  h.shutdown.Stop("SIGTERM");
  const TaskId id = h.Submit();
  EXPECT_THAT(loop.Join(), IsOk());
  EXPECT_EQ(h.Runs(id).front(), "exception worker-shutdown");
  EXPECT_FALSE(std::filesystem::exists(h.temp.Path("started")));
}

TEST(WorkerLoopTest, StoppingDuringAnIdleClaimEndsWithIt) {
  WorkerHarness h("true");
  RunningLoop loop(h);
  AwaitLongPoll(h);
  h.shutdown.Stop("SIGTERM");
  h.clock.AdvanceTime(absl::Seconds(20));
  EXPECT_THAT(loop.Join(), IsOk());
  EXPECT_EQ(h.fake.request_log().Count("claimWork"), 1);
}

TEST(WorkerLoopTest, ASecondStopAbandonsTheClaim) {
  WorkerHarness h("true");
  RunningLoop loop(h);
  AwaitLongPoll(h);
  h.shutdown.Stop("SIGTERM");
  h.shutdown.Stop("SIGTERM");
  h.clock.AdvanceTime(absl::Seconds(1));  // the fake looks for its client now and then
  EXPECT_THAT(loop.Join(), StatusIs(absl::StatusCode::kCancelled));
}

TEST(WorkerLoopTest, StoppingEndsAnIdlePauseAtOnce) {
  WorkerHarness h("true");
  RunningLoop loop(h);
  AwaitLongPoll(h);
  h.clock.AdvanceTime(absl::Seconds(20));
  ASSERT_TRUE(h.clock.AwaitSleepers(1));  // the pause
  EXPECT_EQ(h.clock.sleeps().back(), absl::Seconds(10));
  h.shutdown.Stop("SIGTERM");
  EXPECT_THAT(loop.Join(), IsOk());
}

TEST(WorkerLoopTest, StoppingDuringATaskResolvesItAndEndsTheLoop) {
  WorkerHarness h("touch $DIR/started; exec sleep 1000");
  const TaskId id = h.Submit();
  RunningLoop loop(h);
  ASSERT_TRUE(WorkerHarness::AwaitFile(h.temp.Path("started")));
  h.shutdown.Stop("SIGTERM");
  {
    const TimeDriver driver(h.clock, absl::Seconds(2));  // the grace, if `touch` needs it
    EXPECT_THAT(loop.Join(), IsOk());
  }
  EXPECT_EQ(h.Runs(id).front(), "exception worker-shutdown");
  EXPECT_EQ(h.fake.request_log().Count("claimWork"), 1);
}

TEST(WorkerLoopTest, ASecondStopEndsThePauseThatTheQueueAskedFor) {
  for (const std::string_view request : {"createArtifact", "reportCompleted"}) {
    SCOPED_TRACE(request);
    WorkerHarness h("true");
    h.fake.faults().Add(request, Fault::Status(503, std::nullopt, {{"Retry-After", "300"}}), 1,
                        1000);
    const TaskId id = h.Submit();
    RunningLoop loop(h);
    ASSERT_TRUE(AwaitTrue([&] { return h.fake.request_log().Count(request) > 0; }));
    h.shutdown.Stop("SIGTERM");
    h.shutdown.Stop("SIGTERM");
    EXPECT_THAT(loop.Join(), StatusIs(absl::StatusCode::kCancelled));  // though time stands still
    EXPECT_THAT(h.Runs(id), ElementsAre("running"));
  }
}

TEST(WorkerLoopTest, OnceRunsTheTaskThatIsThereAndNoOther) {
  WorkerHarness h("true", {.once = true});
  const TaskId id = h.Submit();
  const TaskId other = h.Submit();
  EXPECT_THAT(h.loop().Run(), IsOk());
  EXPECT_THAT(h.Runs(id), ElementsAre("completed"));
  EXPECT_THAT(h.Runs(other), ElementsAre("pending"));
}

TEST(WorkerLoopTest, OnceEndsWhenNoTaskIsPending) {
  WorkerHarness h("true", {.once = true});
  RunningLoop loop(h);
  AwaitLongPoll(h);
  h.clock.AdvanceTime(absl::Seconds(20));
  EXPECT_THAT(loop.Join(), IsOk());
  EXPECT_EQ(h.fake.request_log().Count("claimWork"), 1);
}

TEST(WorkerLoopTest, OnceIsAnErrorWhenTheClaimFails) {
  WorkerHarness h("true", {.once = true});
  h.fake.faults().Add("claimWork", Fault::Status(401));
  EXPECT_THAT(h.loop().Run(), StatusIs(absl::StatusCode::kUnauthenticated, HasSubstr("claimWork")));
}

TEST(WorkerLoopTest, WithoutASignerNoTaskIsClaimed) {
  WorkerHarness h("true", {.check = [] { return absl::InternalError("the signer is gone"); }});
  const TaskId id = h.Submit();
  EXPECT_THAT(h.loop().Run(), StatusIs(absl::StatusCode::kInternal, "the signer is gone"));
  EXPECT_EQ(h.fake.request_log().total(), 0);
}

}  // namespace
}  // namespace scriptworker::worker
