// SPDX-License-Identifier: MPL-2.0
//
// Every request of a task's life fails once, in every way; how the task ends is
// a table, written from the contract:
//
//   - what can be repeated is repeated, and the task ends as if nothing was;
//   - a claim whose answer is lost is nobody's: it expires, and the next run is
//     the one that counts;
//   - after 409 on a reclaim or a report nothing more is said about the run;
//   - 409 and 400 on createArtifact resolve the run as internal-error;
//   - a report that the queue refuses (400) leaves the run to expire, and the worker
//     goes on.
//
// In no case is a run resolved twice, or its script started twice.

#include <atomic>
#include <cstddef>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/status_matchers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "scriptworker/base/file.h"
#include "scriptworker/base/testing/await.h"
#include "scriptworker/taskcluster/task_claim.h"
#include "scriptworker/taskcluster/task_id.h"
#include "scriptworker/taskcluster/testing/fault_plan.h"
#include "scriptworker/worker/journal/journal.h"
#include "scriptworker/worker/testing/time_driver.h"
#include "scriptworker/worker/testing/worker_harness.h"

namespace scriptworker::worker {
namespace {

using ::scriptworker::taskcluster::Fault;
using ::scriptworker::taskcluster::TaskId;
using ::testing::ElementsAreArray;

using Strings = std::vector<std::string>;

struct FaultCase {
  std::string_view request;
  Fault fault;
  Strings runs;    // how each run ends
  Strings starts;  // the runs whose script was started
  // What the script exits with, in every run.
  int exit_code = 0;
};

const Strings kCompleted = {"completed"};
const Strings kFirst = {"0"};
// Run 0 is left to expire, run 1 succeeds.
const Strings kSecondRun = {"exception claim-expired", "completed"};
const Strings kBoth = {"0", "1"};
const Strings kSecond = {"1"};

const Fault kLostAnswer = Fault::Reset().AfterTheWork();
const Fault kLateAnswer = Fault::Timeout().AfterTheWork();

const FaultCase kTable[] = {
    {"claimWork", Fault::Reset(), kCompleted, kFirst},
    {"claimWork", Fault::Timeout(), kCompleted, kFirst},
    {"claimWork", Fault::Status(500), kCompleted, kFirst},
    {"claimWork", Fault::Status(429), kCompleted, kFirst},
    {"claimWork", Fault::Status(409), kCompleted, kFirst},
    {"claimWork", Fault::Status(400), kCompleted, kFirst},
    {"claimWork", kLostAnswer, kSecondRun, kSecond},
    {"claimWork", kLateAnswer, kSecondRun, kSecond},

    {"reclaimTask", Fault::Reset(), kCompleted, kFirst},
    {"reclaimTask", Fault::Timeout(), kCompleted, kFirst},
    {"reclaimTask", Fault::Status(500), kCompleted, kFirst},
    {"reclaimTask", Fault::Status(429), kCompleted, kFirst},
    {"reclaimTask", Fault::Status(409), kSecondRun, kBoth},
    {"reclaimTask", Fault::Status(400), kCompleted, kFirst},
    {"reclaimTask", kLostAnswer, kCompleted, kFirst},
    {"reclaimTask", kLateAnswer, kCompleted, kFirst},

    {"createArtifact", Fault::Reset(), kCompleted, kFirst},
    {"createArtifact", Fault::Timeout(), kCompleted, kFirst},
    {"createArtifact", Fault::Status(500), kCompleted, kFirst},
    {"createArtifact", Fault::Status(429), kCompleted, kFirst},
    {"createArtifact", Fault::Status(409), {"exception internal-error"}, kFirst},
    {"createArtifact", Fault::Status(400), {"exception internal-error"}, kFirst},
    {"createArtifact", kLostAnswer, kCompleted, kFirst},
    {"createArtifact", kLateAnswer, kCompleted, kFirst},

    {"putObject", Fault::Reset(), kCompleted, kFirst},
    {"putObject", Fault::Timeout(), kCompleted, kFirst},
    {"putObject", Fault::Status(500), kCompleted, kFirst},
    {"putObject", Fault::Status(429), kCompleted, kFirst},
    {"putObject", Fault::Status(409), kCompleted, kFirst},
    {"putObject", Fault::Status(400), kCompleted, kFirst},
    {"putObject", kLostAnswer, kCompleted, kFirst},
    {"putObject", kLateAnswer, kCompleted, kFirst},

    {"reportCompleted", Fault::Reset(), kCompleted, kFirst},
    {"reportCompleted", Fault::Timeout(), kCompleted, kFirst},
    {"reportCompleted", Fault::Status(500), kCompleted, kFirst},
    {"reportCompleted", Fault::Status(429), kCompleted, kFirst},
    {"reportCompleted", Fault::Status(409), kSecondRun, kBoth},
    {"reportCompleted", Fault::Status(400), kSecondRun, kBoth},
    {"reportCompleted", kLostAnswer, kCompleted, kFirst},
    {"reportCompleted", kLateAnswer, kCompleted, kFirst},

    {"reportFailed", Fault::Reset(), {"failed"}, kFirst, 1},
    {"reportFailed", Fault::Timeout(), {"failed"}, kFirst, 1},
    {"reportFailed", Fault::Status(500), {"failed"}, kFirst, 1},
    {"reportFailed", Fault::Status(429), {"failed"}, kFirst, 1},
    {"reportFailed", Fault::Status(409), {"exception claim-expired", "failed"}, kBoth, 1},
    {"reportFailed", Fault::Status(400), {"exception claim-expired", "failed"}, kBoth, 1},
    {"reportFailed", kLostAnswer, {"failed"}, kFirst, 1},
    {"reportFailed", kLateAnswer, {"failed"}, kFirst, 1},

    {"reportException", Fault::Reset(), {"exception malformed-payload"}, kFirst, 3},
    {"reportException", Fault::Timeout(), {"exception malformed-payload"}, kFirst, 3},
    {"reportException", Fault::Status(500), {"exception malformed-payload"}, kFirst, 3},
    {"reportException", Fault::Status(429), {"exception malformed-payload"}, kFirst, 3},
    {"reportException",
     Fault::Status(409),
     {"exception claim-expired", "exception malformed-payload"},
     kBoth,
     3},
    {"reportException",
     Fault::Status(400),
     {"exception claim-expired", "exception malformed-payload"},
     kBoth,
     3},
    {"reportException", kLostAnswer, {"exception malformed-payload"}, kFirst, 3},
    {"reportException", kLateAnswer, {"exception malformed-payload"}, kFirst, 3},
};

Strings Starts(const WorkerHarness& h) {
  const std::string starts = ReadFile(h.temp.Path("starts")).value_or("");
  return absl::StrSplit(starts, '\n', absl::SkipEmpty());
}

// Counts the claims before anything is done for them.
class Claims final : public RunJournal {
 public:
  absl::Status Claimed(const taskcluster::ClaimedTask&, absl::Time) override {
    ++count_;
    return absl::OkStatus();
  }
  size_t count() const { return count_; }

 private:
  std::atomic<size_t> count_ = 0;
};

class TaskFaultsTest : public testing::TestWithParam<FaultCase> {};

// In every case the script runs until its claim has been renewed once, so that
// each request of the life of a task occurs.
TEST_P(TaskFaultsTest, EndsAsTheTableSays) {
  const FaultCase& c = GetParam();
  WorkerHarness h(absl::StrCat("echo $RUN_ID >> $DIR/starts; ",
                               "while ! [ -e $DIR/task-reclaimed.$RUN_ID ]; do sleep 0.01; done; ",
                               "exit ", c.exit_code));
  h.options().task_max_timeout = absl::Hours(100);
  Claims claims;
  h.set_journal(&claims);
  h.fake.SetClaim(absl::Minutes(5));  // so that a lost claim expires soon
  h.fake.faults().Add(c.request, c.fault);
  const TaskId id = h.Submit();
  std::thread worker([&] { h.loop().Run().IgnoreError(); });
  {
    // Else simulated time could end a script before it did anything.
    const TimeDriver driver(h.clock, /*horizon=*/absl::Seconds(150),
                            [&] { return Starts(h).size() == claims.count(); });
    EXPECT_TRUE(AwaitTrue([&] {
      const std::string state = h.fake.State(id);
      return state != "pending" && state != "running";
    }));
    h.shutdown.Stop("the end of the test");
    worker.join();
  }
  EXPECT_THAT(h.Runs(id), ElementsAreArray(c.runs));
  EXPECT_THAT(Starts(h), ElementsAreArray(c.starts));
  EXPECT_EQ(h.Resolutions(), static_cast<int>(c.runs.size()));
  EXPECT_TRUE(h.fake.faults().exhausted()) << "the request never happened";
  if (HasFailure()) {
    for (const std::string& line : h.logger.lines()) ADD_FAILURE() << line;
  }
}

INSTANTIATE_TEST_SUITE_P(Table, TaskFaultsTest, testing::ValuesIn(kTable), [](const auto& info) {
  std::string name = absl::StrCat(info.param.request, "_", info.param.fault.ToString());
  for (char& c : name) {
    if (c == ' ') c = '_';
  }
  return name;
});

}  // namespace
}  // namespace scriptworker::worker
