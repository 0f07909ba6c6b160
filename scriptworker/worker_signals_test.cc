// SPDX-License-Identifier: MPL-2.0
//
// Each signal at each point of the worker's cycle: the real program against a
// local Taskcluster that holds the request of that point back. The table is the
// contract of docs/worker_loop.md.

#include <signal.h>

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "scriptworker/base/clock.h"
#include "scriptworker/base/testing/temp_dir.h"
#include "scriptworker/taskcluster/task_id.h"
#include "scriptworker/taskcluster/testing/fake_taskcluster.h"
#include "tools/local_taskcluster/local_taskcluster.h"
#include "tools/worker_site/request_gate.h"
#include "tools/worker_site/running_worker.h"
#include "tools/worker_site/worker_site.h"

namespace scriptworker {
namespace {

using ::scriptworker::taskcluster::TaskId;
using ::scriptworker::tools::RequestGate;
using ::scriptworker::tools::RunningWorker;
using ::scriptworker::tools::WorkerSite;

// Where the worker is when the signal comes.
enum class Point { kIdle, kPause, kClaim, kVerify, kScript, kReclaim, kUpload, kReport };

constexpr Point kPoints[] = {Point::kIdle,   Point::kPause,   Point::kClaim,  Point::kVerify,
                             Point::kScript, Point::kReclaim, Point::kUpload, Point::kReport};

std::string_view NameOf(Point point) {
  switch (point) {
    case Point::kIdle:
      return "idle_poll";
    case Point::kPause:
      return "pause_between_polls";
    case Point::kClaim:
      return "claim_that_brings_a_task";
    case Point::kVerify:
      return "verification";
    case Point::kScript:
      return "script";
    case Point::kReclaim:
      return "reclaim_beside_the_script";
    case Point::kUpload:
      return "upload";
    case Point::kReport:
      return "report";
  }
  return "";
}

bool HasTask(Point point) { return point != Point::kIdle && point != Point::kPause; }

bool RunsAScript(Point point) { return point == Point::kScript || point == Point::kReclaim; }

// What they ask for.
enum class Request { kDrain, kStop, kStopAtOnce };

struct SignalKind {
  std::string_view name;
  std::vector<int> signals;
  Request request;
};

const SignalKind kKinds[] = {{"TERM", {SIGTERM}, Request::kStop},
                             {"INT", {SIGINT}, Request::kStop},
                             {"HUP", {SIGHUP}, Request::kStop},
                             {"USR1", {SIGUSR1}, Request::kDrain},
                             {"USR1_TERM", {SIGUSR1, SIGTERM}, Request::kStop},
                             {"TERM_TERM", {SIGTERM, SIGTERM}, Request::kStopAtOnce},
                             {"INT_TERM", {SIGINT, SIGTERM}, Request::kStopAtOnce}};

std::string_view NameOf(int signal) {
  switch (signal) {
    case SIGTERM:
      return "SIGTERM";
    case SIGINT:
      return "SIGINT";
    case SIGHUP:
      return "SIGHUP";
    default:
      return "SIGUSR1";
  }
}

// How run 0 ends; "" means that nobody is told.
std::string_view Expected(Point point, const SignalKind& kind) {
  if (kind.request == Request::kStopAtOnce || !HasTask(point)) return "";
  const bool drains = kind.request == Request::kDrain;
  switch (point) {
    case Point::kClaim:
    case Point::kScript:
    case Point::kReclaim:
      return drains ? "completed" : "worker-shutdown";
    case Point::kVerify:
      return drains ? "malformed-payload" : "worker-shutdown";  // the chain is not provable
    case Point::kUpload:
    case Point::kReport:
      return "completed";  // what the script achieved counts
    case Point::kIdle:
    case Point::kPause:
      break;
  }
  return "";
}

// A worker on its way to `point`.
class SignalledWorker {
 public:
  explicit SignalledWorker(Point point, std::string more = {}) : point_(point) {
    tools::LocalTaskclusterOptions options;
    options.fake.poll = point == Point::kPause ? absl::ZeroDuration() : absl::Milliseconds(1500);
    options.fake.on_request = [this](std::string_view endpoint, bool worked) {
      gate_.Pass(endpoint, worked);
      report_gate_.Pass(endpoint, worked);
    };
    tools::MakeTokensRandom(options.fake);
    taskcluster_ = tools::LocalTaskcluster::Start(clock_, options).value();
    if (point == Point::kVerify) {
      // Far enough to ask the queue for the decision task.
      more +=
          "verify_chain_of_trust: true\ncot_product: firefox\ncot_job_type: signing\n"
          "scriptworker_provisioners: [test-provisioner]\n";
    }
    site_ = std::make_unique<WorkerSite>(
        *taskcluster_, temp_.path(),
        tools::SiteOptions{.poll_interval = point == Point::kPause ? 1000 : 1, .more = more});
    CloseGate();
    if (HasTask(point)) {
      id_ = WorkerSite::Submit(*taskcluster_, clock_, Script(),
                               {.task_group_id = "Hh5Bq2cXSfuVzBuVRQXWGg"});
    }
    worker_.emplace(site_->Start());
  }
  ~SignalledWorker() {
    gate_.Open();
    report_gate_.Open();
  }

  // Nobody hears that the run is given back.
  void HoldReports() { report_gate_.Close("reportException", RequestGate::kBeforeTheWork); }

  bool AwaitPoint() {
    if (point_ == Point::kScript) return site_->AwaitFile("started");
    if (point_ == Point::kPause) {
      return tools::AwaitTrue([&] { return fake().request_log().Count("claimWork") > 0; }) &&
             site_->AwaitFile("log/worker.log");
    }
    return gate_.AwaitArrival() && (point_ != Point::kReclaim || site_->AwaitFile("started"));
  }

  // The next one is sent when the worker has said that it has got the last, if
  // it is not gone by then.
  bool Send(const std::vector<int>& signals) {
    bool was_told_to_stop = false;
    for (const int signal : signals) {
      worker_->Signal(signal);
      const std::string line =
          absl::StrCat(NameOf(signal), " received", was_told_to_stop ? " again" : "");
      was_told_to_stop = was_told_to_stop || signal != SIGUSR1;
      if (!tools::AwaitTrue([&] {
            return absl::StrContains(site_->WorkerLog(), line) || worker_->Poll().has_value();
          })) {
        return false;
      }
      if (worker_->Poll().has_value()) return true;
    }
    return true;
  }

  // Lets happen what was held back.
  void GoOn() {
    temp_.Write("go", "");
    gate_.Open();
  }

  RunningWorker& worker() { return *worker_; }
  WorkerSite& site() { return *site_; }
  taskcluster::FakeTaskcluster& fake() { return taskcluster_->fake(); }
  const TaskId& id() const { return *id_; }
  bool started() const { return std::filesystem::exists(temp_.Path("started")); }

 private:
  void CloseGate() {
    switch (point_) {
      case Point::kIdle:
        return gate_.Close("claimWork", RequestGate::kBeforeTheWork);
      case Point::kClaim:  // the queue has given the task away, the worker does not know
        return gate_.Close("claimWork", RequestGate::kBeforeTheAnswer);
      case Point::kVerify:
        return gate_.Close("task", RequestGate::kBeforeTheWork);
      case Point::kReclaim:
        return gate_.Close("reclaimTask", RequestGate::kBeforeTheWork);
      case Point::kUpload:
        return gate_.Close("putObject", RequestGate::kBeforeTheWork);
      case Point::kReport:
        return gate_.Close("reportCompleted", RequestGate::kBeforeTheWork);
      case Point::kPause:
      case Point::kScript:
        return;
    }
  }
  std::string Script() const {
    std::string started = absl::StrCat("touch ", temp_.path(), "/started");
    if (!RunsAScript(point_)) return started;
    return absl::StrReplaceAll("trap : TERM; $STARTED; while ! [ -e $DIR/go ]; do sleep 0.02; done",
                               {{"$STARTED", started}, {"$DIR", temp_.path()}});
  }

  const Point point_;
  SystemClock clock_;
  const TempDir temp_;
  RequestGate gate_;
  RequestGate report_gate_;
  std::unique_ptr<tools::LocalTaskcluster> taskcluster_;
  std::unique_ptr<WorkerSite> site_;
  std::optional<TaskId> id_;
  std::optional<RunningWorker> worker_;
};

class SignalTest : public testing::TestWithParam<std::tuple<Point, SignalKind>> {};

TEST_P(SignalTest, EndsTheWorkerAsTheContractSays) {
  const auto& [point, kind] = GetParam();
  const bool drains = kind.request == Request::kDrain;
  const bool at_once = kind.request == Request::kStopAtOnce;
  SignalledWorker test(point);
  ASSERT_TRUE(test.AwaitPoint()) << test.site().WorkerLog();
  // A verification ends so fast that the worker could be gone before the second signal.
  if (at_once && point == Point::kVerify) test.HoldReports();
  ASSERT_TRUE(test.Send(kind.signals)) << test.site().WorkerLog();
  if (point == Point::kPause) {
    // Nothing is in hand: the first signal is enough.
    EXPECT_THAT(test.worker().Wait(), testing::AnyOf(0, at_once ? 1 : 0));
    return;
  }
  if (at_once) {
    EXPECT_EQ(test.worker().Wait(), 1);
    if (HasTask(point)) {
      EXPECT_EQ(test.fake().State(test.id()), "running");  // its claim will expire
    }
    return;
  }
  if ((RunsAScript(point) || point == Point::kVerify) && !drains) {
    // The script is not asked to go on: it is ended. Nobody waits for the renewal, nor for
    // what the verification has asked the queue.
  } else {
    test.GoOn();
  }
  EXPECT_EQ(test.worker().Wait(), 0) << test.site().WorkerLog();
  if (!HasTask(point)) return;
  EXPECT_EQ(test.fake().Resolution(test.id(), 0), Expected(point, kind)) << test.site().WorkerLog();
  if (point == Point::kClaim) {
    EXPECT_EQ(test.started(), drains);
  }
  if (point == Point::kVerify) {
    EXPECT_FALSE(test.started());
  }
  // The worker took nothing more.
  EXPECT_EQ(test.fake().Resolution(test.id(), 1), "");
}

INSTANTIATE_TEST_SUITE_P(Cycle, SignalTest,
                         testing::Combine(testing::ValuesIn(kPoints), testing::ValuesIn(kKinds)),
                         [](const auto& info) {
                           return absl::StrCat(std::get<1>(info.param).name, "_during_",
                                               NameOf(std::get<0>(info.param)));
                         });

// An idle poll is not cut off by the first signal, since it may bring a task in
// that very moment; it ends by itself.
TEST(IdlePollTest, TermDuringAnIdlePollLetsThePollEnd) {
  SignalledWorker test(Point::kIdle);
  ASSERT_TRUE(test.AwaitPoint());
  test.GoOn();
  ASSERT_TRUE(test.Send({SIGTERM}));
  EXPECT_EQ(test.worker().Wait(), 0);
  // The request was answered, not dropped.
  ASSERT_EQ(test.fake().request_log().Count("claimWork"), 1);
  EXPECT_EQ(test.fake().request_log().Requests().at(0).status, 200);
}

TEST(ShutdownGraceTest, UploadsAreCutOffAndTheRunIsGivenBackInTime) {
  SignalledWorker test(Point::kUpload, "shutdown_grace: 2\n");
  ASSERT_TRUE(test.AwaitPoint());
  ASSERT_TRUE(test.Send({SIGTERM}));
  EXPECT_EQ(test.worker().Wait(), 0) << test.site().WorkerLog();
  EXPECT_EQ(test.fake().Resolution(test.id(), 0), "worker-shutdown");
  EXPECT_EQ(test.fake().State(test.id()), "pending");  // for another worker
}

TEST(ShutdownGraceTest, TheWorkerEndsWhenItIsOver) {
  SignalledWorker test(Point::kReport, "shutdown_grace: 2\n");
  ASSERT_TRUE(test.AwaitPoint());
  ASSERT_TRUE(test.Send({SIGTERM}));
  EXPECT_EQ(test.worker().Wait(), 1) << test.site().WorkerLog();
  EXPECT_EQ(test.fake().State(test.id()), "running");
}

TEST(ShutdownGraceTest, WithoutOneTheUploadHasAllTheTime) {
  SignalledWorker test(Point::kUpload);
  ASSERT_TRUE(test.AwaitPoint());
  ASSERT_TRUE(test.Send({SIGTERM}));
  const auto renewals = [&] { return test.fake().request_log().Count("reclaimTask"); };
  const auto before = renewals();
  EXPECT_EQ(test.worker().Wait(absl::Seconds(3)), std::nullopt);
  EXPECT_GT(renewals(), before);  // the claim is kept meanwhile
  test.GoOn();
  EXPECT_EQ(test.worker().Wait(), 0);
  EXPECT_EQ(test.fake().Resolution(test.id(), 0), "completed");
}

}  // namespace
}  // namespace scriptworker
