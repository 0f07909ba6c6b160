// SPDX-License-Identifier: MPL-2.0
#include "scriptworker/worker/outcome/worker_observer.h"

#include <string>
#include <thread>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "scriptworker/taskcluster/task_claim.h"
#include "scriptworker/taskcluster/testing/fault_plan.h"
#include "scriptworker/taskcluster/testing/queue_event.h"
#include "scriptworker/worker/testing/time_driver.h"
#include "scriptworker/worker/testing/worker_harness.h"

namespace scriptworker::worker {
namespace {

using ::scriptworker::taskcluster::Fault;
using ::scriptworker::taskcluster::QueueEvent;
using ::testing::ElementsAre;

// All calls come from the thread that runs the worker, so no lock is needed.
class Diary final : public WorkerObserver {
 public:
  void OnPollStarted() override { lines_.emplace_back("poll"); }
  void OnPollEnded(const absl::StatusOr<int>& tasks) override {
    lines_.push_back(tasks.ok() ? absl::StrCat("tasks: ", *tasks) : "no answer");
  }
  void OnTaskStarted(const taskcluster::ClaimedTask& task, absl::Duration lease) override {
    lines_.push_back(absl::StrCat("run ", task.run_id, " for ", absl::FormatDuration(lease)));
  }
  void OnPhase(Phase phase) override { lines_.emplace_back(ToString(phase)); }
  void OnTaskEnded(const RunOutcome& outcome) override {
    lines_.push_back(absl::StrCat("status ", outcome.status));
  }
  const std::vector<std::string>& lines() const { return lines_; }

 private:
  std::vector<std::string> lines_;
};

TEST(WorkerObserverTest, HearsARunFromItsClaimToItsEnd) {
  Diary diary;
  WorkerHarness h("exit 3");
  h.set_observer(&diary);
  h.Submit();
  h.RunPending();
  EXPECT_THAT(diary.lines(), ElementsAre("run 0 for 20m", "prepare", "run", "generate", "upload",
                                         "report", "clean up", "status 3"));
}

TEST(WorkerObserverTest, HearsNothingOfPhasesThatARunDoesNotReach) {
  Diary diary;
  WorkerHarness h("true");
  h.set_observer(&diary);
  h.shutdown.Stop("SIGTERM");
  h.Submit();
  h.RunPending();
  EXPECT_THAT(diary.lines(),
              ElementsAre("run 0 for 20m", "prepare", "upload", "report", "clean up", "status 2"));
}

TEST(WorkerObserverTest, HearsEachPollAndHowItEnded) {
  Diary diary;
  WorkerHarness h("kill -USR1 $$");
  h.set_observer(&diary);
  h.fake.faults().Add("claimWork", Fault::Status(403));
  h.Submit();
  std::thread stopper([&] {
    EXPECT_TRUE(h.AwaitEvent(QueueEvent::Kind::kFailed));
    h.shutdown.Drain("SIGUSR1");
  });
  {
    // Beyond the 20 s of a poll: it may begin before the stopper is heard.
    const TimeDriver driver(h.clock, absl::Seconds(25));
    EXPECT_TRUE(h.loop().Run().ok());
    stopper.join();
  }
  std::vector<std::string> polls;
  for (const std::string& line : diary.lines()) {
    if (line == "poll" || line == "no answer" || line == "tasks: 1") polls.push_back(line);
  }
  polls.resize(4);  // whether another poll was on its way when it ended is chance
  EXPECT_THAT(polls, ElementsAre("poll", "no answer", "poll", "tasks: 1"));
}

}  // namespace
}  // namespace scriptworker::worker
