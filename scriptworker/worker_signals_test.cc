// SPDX-License-Identifier: MPL-2.0
//
// Each signal at each point of the worker's cycle: the real program, held at that
// point. The table is the contract of docs/worker_loop.md; it has a point for
// each state and phase that the worker knows, or it does not compile. What the journal
// notes meanwhile is worker_kill_matrix_test's; the start before there is a log
// (signals held back, then taken) worker/signal_watcher_test's.

#include <signal.h>

#include <optional>
#include <ostream>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "scriptworker/base/testing/await.h"
#include "scriptworker/taskcluster/testing/fake_taskcluster.h"
#include "scriptworker/testing/signalled_worker.h"
#include "scriptworker/worker/monitoring/worker_state.h"
#include "scriptworker/worker/outcome/exit_status.h"
#include "tools/worker_site/request_gate.h"
#include "tools/worker_site/worker_site.h"

namespace scriptworker {
namespace {

using ::scriptworker::tools::RequestGate;
using ::scriptworker::worker::Activity;
using ::scriptworker::worker::Phase;
using ::testing::AnyOfArray;
using ::testing::Optional;
using Hold = CyclePoint::Hold;

// A point, and how run 0 ends there; "" means that nobody is told.
struct Point {
  CyclePoint where;
  std::string_view drained = "completed";
  std::string_view stopped = "worker-shutdown";
  std::string_view at_once = "";
  bool started = false;                               // the script, before the signal
  std::optional<bool> drained_starts = std::nullopt;  // where that makes a difference
  // It ends the worker even if what holds it never lets go.
  bool stop_ends_it = false;
  // So that there may be nobody to take a second one.
  bool first_signal_ends_it = false;
  // By this worker, when all is over.
  int claims = 1;
};

void PrintTo(const Point& point, std::ostream* out) { *out << point.where.name; }

std::vector<Point> PointsOf(Phase phase) {
  const auto at = [phase](std::string_view name, Hold hold, std::string_view request = "") {
    return CyclePoint{.name = name, .phase = phase, .hold = hold, .request = request};
  };
  switch (phase) {
    case Phase::kPrepare:
      return {{.where = at("preparation", Hold::kCall), .drained_starts = true}};
    case Phase::kVerify: {
      CyclePoint where = at("verification", Hold::kRequest, "task");
      where.verifies = true;
      return {{.where = where,
               .drained = "malformed-payload",  // the chain is not provable
               .stop_ends_it = true}};
    }
    case Phase::kRun: {
      CyclePoint reclaim = at("reclaim_beside_the_script", Hold::kRequest, "reclaimTask");
      reclaim.script_runs = true;
      return {{.where = at("script", Hold::kScript), .started = true, .stop_ends_it = true},
              {.where = reclaim, .started = true, .stop_ends_it = true}};
    }
    // From here on what the script achieved counts.
    case Phase::kGenerate:
      return {{.where = at("hashing", Hold::kCall), .stopped = "completed", .started = true},
              {.where = at("signing", Hold::kSigner), .stopped = "completed", .started = true}};
    case Phase::kUpload:
      return {{.where = at("upload", Hold::kRequest, "putObject"),
               .stopped = "completed",
               .started = true}};
    case Phase::kReport:
      return {{.where = at("report", Hold::kRequest, "reportCompleted"),
               .stopped = "completed",
               .started = true}};
    case Phase::kCleanUp:
      return {{.where = at("clean_up", Hold::kCall),
               .stopped = "completed",
               .at_once = "completed",
               .started = true}};
  }
  return {};
}

std::vector<Point> PointsOf(Activity activity) {
  const auto at = [activity](std::string_view name, Hold hold, std::string_view request = "") {
    return CyclePoint{.name = name, .activity = activity, .hold = hold, .request = request};
  };
  switch (activity) {
    case Activity::kStarting: {
      CyclePoint recovery = at("recovery", Hold::kRequest, "reportException");
      recovery.script_runs = true;
      recovery.recovers = true;
      return {{.where = at("start_up", Hold::kCall), .drained = "", .stopped = "", .claims = 0},
              {.where = recovery,
               .drained = "worker-shutdown",
               .started = true,
               .claims = 0}};  // the claim was the former worker's
    }
    case Activity::kPolling: {
      CyclePoint idle = at("idle_poll", Hold::kRequest, "claimWork");
      idle.has_task = false;
      // The queue has given the task away, the worker does not know.
      CyclePoint claim = at("claim_that_brings_a_task", Hold::kRequest, "claimWork");
      claim.when = RequestGate::kBeforeTheAnswer;
      return {{.where = idle}, {.where = claim, .drained_starts = true}};
    }
    case Activity::kPausing: {
      CyclePoint pause = at("pause_between_polls", Hold::kNothing);
      pause.has_task = false;
      return {{.where = pause, .stop_ends_it = true, .first_signal_ends_it = true}};
    }
    case Activity::kWorking: {
      std::vector<Point> points;
      for (const Phase phase : worker::kPhases) {
        const std::vector<Point> more = PointsOf(phase);
        EXPECT_FALSE(more.empty()) << ToString(phase);
        points.insert(points.end(), more.begin(), more.end());
      }
      return points;
    }
    case Activity::kDraining:
    case Activity::kStopping:
      return {};  // after a signal: where the second signals of the kinds below come
  }
  return {};
}

std::vector<Point> AllPoints() {
  std::vector<Point> points;
  for (const Activity activity : worker::kActivities) {
    const std::vector<Point> more = PointsOf(activity);
    points.insert(points.end(), more.begin(), more.end());
  }
  return points;
}

// REQUIRES: there is one.
Point PointNamed(std::string_view name) {
  for (Point& point : AllPoints()) {
    if (point.where.name == name) return point;
  }
  ADD_FAILURE() << name;
  return {};
}

// What they ask for.
enum class Request { kDrain, kStop, kStopAtOnce, kDie };

struct SignalKind {
  std::string_view name;
  std::vector<int> signals;
  Request request;
};

void PrintTo(const SignalKind& kind, std::ostream* out) { *out << kind.name; }

const SignalKind kKinds[] = {{"TERM", {SIGTERM}, Request::kStop},
                             {"INT", {SIGINT}, Request::kStop},
                             {"HUP", {SIGHUP}, Request::kStop},
                             {"USR1", {SIGUSR1}, Request::kDrain},
                             {"USR1_TERM", {SIGUSR1, SIGTERM}, Request::kStop},
                             {"TERM_TERM", {SIGTERM, SIGTERM}, Request::kStopAtOnce},
                             {"INT_TERM", {SIGINT, SIGTERM}, Request::kStopAtOnce},
                             {"KILL", {SIGKILL}, Request::kDie}};

std::string_view Expected(const Point& point, Request request) {
  if (!point.where.has_task) return "";
  switch (request) {
    case Request::kDrain:
      return point.drained;
    case Request::kStop:
      return point.stopped;
    case Request::kStopAtOnce:
    case Request::kDie:
      return point.at_once;
  }
  return "";
}

bool ExpectsStart(const Point& point, Request request) {
  return request == Request::kDrain ? point.drained_starts.value_or(point.started) : point.started;
}

// Whether the worker ends though what holds it never lets go. A system call that does not return
// holds it whatever it is asked for.
bool EndsHeld(const Point& point, Request request) {
  switch (request) {
    case Request::kDrain:
      return point.where.hold == Hold::kNothing;
    case Request::kStop:
      return point.stop_ends_it;
    case Request::kStopAtOnce:
      return point.where.hold != Hold::kCall;
    case Request::kDie:
      return true;
  }
  return false;
}

std::vector<int> ExitStatuses(const Point& point, Request request) {
  switch (request) {
    case Request::kDrain:
    case Request::kStop:
      return {0};
    case Request::kStopAtOnce:
      return point.first_signal_ends_it ? std::vector<int>{0, 1} : std::vector<int>{1};
    case Request::kDie:
      return {-SIGKILL};
  }
  return {};
}

// Run 0 was resolved as it should be, and only once.
void ExpectResolution(SignalledWorker& test, std::string_view how) {
  EXPECT_EQ(test.Resolution(), how) << test.site().WorkerLog();
  EXPECT_EQ(test.Resolutions(0), how.empty() ? 0 : 1);
}

// A run that is cut off is given back by the next start, and its script is not started again. A
// report that was under way may be the quicker one: the queue takes one of them.
void ExpectTheNextStartGivesItBack(SignalledWorker& test, std::string_view reported = "") {
  const int starts = test.Starts();
  EXPECT_EQ(test.RunTheNextOne(), 0) << test.site().WorkerLog();
  const bool was_reported = !reported.empty() && test.Resolution() == reported;
  ExpectResolution(test, was_reported ? reported : "worker-shutdown");
  EXPECT_EQ(test.Resolutions(1), was_reported ? 0 : 1);  // it has run the next one
  EXPECT_EQ(test.Starts(), starts);
  EXPECT_FALSE(AnyProcessLeft());
}

class SignalTest : public testing::TestWithParam<std::tuple<Point, SignalKind>> {};

TEST_P(SignalTest, EndsTheWorkerAsTheContractSays) {
  const auto& [point, kind] = GetParam();
  SignalledWorker test(point.where);
  if (!test.can_be_held()) GTEST_SKIP() << "SKIPPED: no filters of system calls to be had";
  ASSERT_TRUE(test.AwaitPoint()) << test.site().WorkerLog();
  if (kind.request == Request::kStopAtOnce) test.HoldReports();
  ASSERT_TRUE(test.Send(kind.signals)) << test.site().WorkerLog();
  if (!EndsHeld(point, kind.request)) test.LetGo();
  EXPECT_THAT(test.Wait(), Optional(AnyOfArray(ExitStatuses(point, kind.request))))
      << test.site().WorkerLog();
  // A killed worker's processes are killed by the system, in its own time.
  const auto all_gone = [] { return !AnyProcessLeft(); };
  EXPECT_TRUE(kind.request == Request::kDie ? AwaitTrue(all_gone) : all_gone());
  EXPECT_EQ(test.Claims(), point.claims);  // it took nothing more
  if (!point.where.has_task) return;
  ExpectResolution(test, Expected(point, kind.request));
  EXPECT_EQ(test.Resolutions(1), 0);
  EXPECT_EQ(test.Starts(), ExpectsStart(point, kind.request) ? 1 : 0);
  if (!test.Resolution().empty()) return;
  // Was it taken at all?
  EXPECT_EQ(test.State(), point.stopped.empty() ? "pending" : "running");
  // Of a claim whose answer was not read nobody knows: it expires.
  if (test.State() == "running" && point.where.activity != Activity::kPolling) {
    ExpectTheNextStartGivesItBack(test, point.where.phase == Phase::kReport ? point.stopped : "");
  }
}

INSTANTIATE_TEST_SUITE_P(Cycle, SignalTest,
                         testing::Combine(testing::ValuesIn(AllPoints()),
                                          testing::ValuesIn(kKinds)),
                         [](const auto& info) {
                           return absl::StrCat(std::get<1>(info.param).name, "_during_",
                                               std::get<0>(info.param).where.name);
                         });

TEST(CyclePointsTest, TheListsOfStatesAndPhasesAreComplete) {
  EXPECT_EQ(ToString(static_cast<Phase>(worker::kPhases.size())), "unknown");
  EXPECT_EQ(ToString(static_cast<Activity>(worker::kActivities.size())), "unknown");
}

// An idle poll is not cut off by the first signal, since it may bring a task in
// that very moment; it ends by itself.
TEST(IdlePollTest, TermDuringAnIdlePollLetsThePollEnd) {
  SignalledWorker test(PointNamed("idle_poll").where);
  ASSERT_TRUE(test.AwaitPoint());
  test.LetGo();
  ASSERT_TRUE(test.Send({SIGTERM}));
  EXPECT_EQ(test.Wait(), 0);
  // The request was answered, not dropped.
  ASSERT_EQ(test.fake().request_log().Count("claimWork"), 1);
  EXPECT_EQ(test.fake().request_log().Requests().at(0).status, 200);
}

constexpr std::string_view kNoEndlessFiles = "SKIPPED: no files of 4 TiB to be had";

// Hashed until the end of days.
CyclePoint EndlessHashing() {
  return {.name = "endless_hashing", .phase = Phase::kGenerate, .hold = Hold::kHashing};
}

TEST(HashingTest, ASecondTermCutsItOff) {
  SignalledWorker test(EndlessHashing());
  if (!test.can_be_held()) GTEST_SKIP() << kNoEndlessFiles;
  ASSERT_TRUE(test.AwaitPoint()) << test.site().WorkerLog();
  ASSERT_TRUE(test.Send({SIGTERM, SIGTERM}));
  EXPECT_EQ(test.Wait(), 1) << test.site().WorkerLog();
  ExpectResolution(test, "");
  ExpectTheNextStartGivesItBack(test);
}

// What holds the worker never lets go, and the grace period goes by after one TERM.
struct GraceCase {
  CyclePoint where;
  int ended = 0;
  std::string_view resolution = "worker-shutdown";
};

void PrintTo(const GraceCase& grace, std::ostream* out) { *out << grace.where.name; }

class ShutdownGraceTest : public testing::TestWithParam<GraceCase> {};

TEST_P(ShutdownGraceTest, EndsTheWorkerAndGivesTheRunBackInTime) {
  SignalledWorker test(GetParam().where, "shutdown_grace: 8\n");
  if (!test.can_be_held()) GTEST_SKIP() << kNoEndlessFiles;
  ASSERT_TRUE(test.AwaitPoint()) << test.site().WorkerLog();
  ASSERT_TRUE(test.Send({SIGTERM})) << test.site().WorkerLog();
  EXPECT_EQ(test.Wait(), GetParam().ended) << test.site().WorkerLog();
  EXPECT_FALSE(AnyProcessLeft());
  EXPECT_EQ(test.Claims(), 1);
  if (!GetParam().where.has_task) return;
  ExpectResolution(test, GetParam().resolution);
  // For another worker, or until the claim expires.
  EXPECT_EQ(test.State(), GetParam().resolution.empty() ? "running" : "pending");
}

INSTANTIATE_TEST_SUITE_P(
    Points, ShutdownGraceTest,
    testing::Values(GraceCase{.where = PointNamed("idle_poll").where, .ended = 1},
                    GraceCase{.where = PointNamed("claim_that_brings_a_task").where,
                              .ended = 1,
                              .resolution = ""},
                    GraceCase{.where = PointNamed("script").where},
                    GraceCase{.where = EndlessHashing()},
                    GraceCase{.where = PointNamed("signing").where},
                    GraceCase{.where = PointNamed("upload").where},
                    GraceCase{.where = PointNamed("report").where, .ended = 1, .resolution = ""}),
    [](const auto& info) { return std::string(info.param.where.name); });

TEST(NoShutdownGraceTest, WithoutOneTheUploadHasAllTheTime) {
  SignalledWorker test(PointNamed("upload").where);
  ASSERT_TRUE(test.AwaitPoint());
  ASSERT_TRUE(test.Send({SIGTERM}));
  const auto renewals = [&] { return test.fake().request_log().Count("reclaimTask"); };
  const auto before = renewals();
  EXPECT_EQ(test.worker().Wait(absl::Seconds(3)), std::nullopt);
  EXPECT_GT(renewals(), before);  // the claim is kept meanwhile
  test.LetGo();
  EXPECT_EQ(test.Wait(), 0);
  EXPECT_EQ(test.Resolution(), "completed");
}

}  // namespace
}  // namespace scriptworker
