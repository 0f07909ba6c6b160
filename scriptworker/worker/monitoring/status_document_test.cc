// SPDX-License-Identifier: MPL-2.0
#include "scriptworker/worker/monitoring/status_document.h"

#include <unistd.h>

#include <string>

#include "absl/status/status.h"
#include "absl/status/status_matchers.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "scriptworker/base/version.h"
#include "scriptworker/json/format.h"
#include "scriptworker/json/json.h"
#include "scriptworker/json/value.h"

namespace scriptworker::worker {
namespace {

const QueueIdentity kQueue = {.root_url = "https://tc.example.com",
                              .provisioner_id = "p",
                              .worker_type = "t",
                              .worker_group = "g",
                              .worker_id = "i"};

WorkerState::Snapshot Working() {
  WorkerState::Snapshot state{.up = absl::Hours(1) + absl::Milliseconds(1900)};
  state.run = WorkerState::Run{.task_id = "ckDskRdWQnyhF92JxCLL4w",
                               .run_id = 2,
                               .phase = Phase::kRun,
                               .in_phase = absl::Seconds(3),
                               .running = absl::Seconds(5),
                               .lease_left = absl::Seconds(1195)};
  state.last_poll = WorkerState::Poll{.age = absl::Seconds(5), .tasks = 1};
  return state;
}

TEST(StatusDocumentTest, HasAllThatIsKnown) {
  const json::Value document =
      StatusDocument(kQueue, Working(), absl::OkStatus(), {{"n_total", 3}});
  const absl::StatusOr<json::Value> expected =
      json::Parse(absl::StrCat(R"json({
    "version": ")json",
                               kVersion, R"json(", "pid": )json", ::getpid(), R"json(,
    "taskQueueId": "p/t", "workerGroup": "g", "workerId": "i",
    "state": "working", "healthy": true, "draining": false, "upSeconds": 3601,
    "run": {"taskId": "ckDskRdWQnyhF92JxCLL4w", "runId": 2, "phase": "run", "phaseSeconds": 3,
            "runningSeconds": 5, "leaseLeftSeconds": 1195},
    "lastPoll": {"secondsAgo": 5, "tasks": 1},
    "counters": {"n_total": 3}})json"));
  ASSERT_TRUE(expected.ok()) << expected.status();
  EXPECT_EQ(json::Format(document), json::Format(*expected));
}

TEST(StatusDocumentTest, IsShortAtTheStart) {
  const json::Value document = StatusDocument(kQueue, {}, absl::OkStatus(), {});
  EXPECT_TRUE(document.Find("run")->is_null());
  EXPECT_TRUE(document.Find("lastPoll")->is_null());
  EXPECT_EQ(document.Find("state")->string_value(), "starting");
}

TEST(StatusDocumentTest, SaysWhatIsWrong) {
  WorkerState::Snapshot state;
  state.last_poll =
      WorkerState::Poll{.age = absl::Seconds(700), .tasks = absl::UnauthenticatedError("bad mac")};
  const json::Value document =
      StatusDocument(kQueue, state, absl::UnavailableError("no poll for 700 s"), {});
  EXPECT_FALSE(document.Find("healthy")->bool_value());
  EXPECT_EQ(document.Find("problem")->string_value(), "no poll for 700 s");
  EXPECT_EQ(document.Find("lastPoll")->Find("error")->string_value(), "bad mac");
}

TEST(StatusDocumentTest, ReadsWellForPeople) {
  WorkerState::Snapshot state = Working();
  state.draining = true;
  EXPECT_EQ(FormatStatusDocument(StatusDocument(kQueue, state, absl::OkStatus(),
                                                {{"never_total", 0}, {"n_total", 3}})),
            absl::StrCat("worker:    g/i of p/t, version ", kVersion, ", pid ", ::getpid(),
                         "\n"
                         "state:     working, takes no more tasks, up 1h1s\n"
                         "task:      ckDskRdWQnyhF92JxCLL4w run 2, for 5s\n"
                         "phase:     run, for 3s\n"
                         "claim:     19m55s left\n"
                         "last poll: 5s ago, 1 task\n"
                         "  n_total 3\n"));
}

TEST(StatusDocumentTest, AWorkerThatHasJustBegunIsUpForNoSeconds) {
  EXPECT_THAT(FormatStatusDocument(StatusDocument(kQueue, {}, absl::OkStatus(), {})),
              testing::HasSubstr(", up 0s\n"));
}

// The error has the queue's words in it, and another program may listen there.
TEST(StatusDocumentTest, NothingReachesATerminalThatItWouldObey) {
  WorkerState::Snapshot state;
  state.last_poll =
      WorkerState::Poll{.tasks = absl::UnavailableError("\x1b[2Jclaimed\nstate:     working\r")};
  const std::string text = FormatStatusDocument(
      StatusDocument(kQueue, state, absl::UnavailableError("\x1b]0;x\x07"), {{"\x1b[m", 1}}));
  EXPECT_THAT(text, testing::HasSubstr("0s ago, \\x1b[2Jclaimed\n    state:     working\\x0d\n"));
  EXPECT_THAT(text, testing::HasSubstr("problem:   \\x1b]0;x\\x07\n"));
  EXPECT_THAT(text, testing::HasSubstr("  \\x1b[m 1\n"));
}

TEST(StatusDocumentTest, AForeignDocumentIsNoFault) {
  for (const char* text : {"{}", "[]", "null", R"({"run": 1, "lastPoll": [], "counters": "x"})"}) {
    EXPECT_THAT(FormatStatusDocument(json::Parse(text).value()), testing::HasSubstr("state:"));
  }
}

}  // namespace
}  // namespace scriptworker::worker
