// SPDX-License-Identifier: MPL-2.0
#include "scriptworker/taskcluster/task_status.h"

#include <iostream>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/status_matchers.h"
#include "absl/status/statusor.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "scriptworker/json/json.h"
#include "scriptworker/json/json_reader.h"
#include "scriptworker/taskcluster/recording.h"

namespace scriptworker::taskcluster {
namespace {

using ::absl_testing::IsOk;
using ::absl_testing::StatusIs;
using ::testing::HasSubstr;

absl::StatusOr<TaskStatus> Read(std::string_view text) {
  const json::Value value = json::Parse(text).value();
  return TaskStatus::FromAnswer(json::Reader(value, "status"));
}

TEST(TaskStatusTest, ReadsEveryStatusThatTheRealQueueAnswered) {
  int read = 0;
  for (const char* scenario : {"api-states", "worker-exit245"}) {
    for (const RecordedExchange& exchange : LoadRecording(scenario).exchanges) {
      if (exchange.status != 200 || !absl::StrContains(exchange.target, "/task/") ||
          !(absl::EndsWith(exchange.target, "/status") ||
            absl::EndsWith(exchange.target, "/completed") ||
            absl::EndsWith(exchange.target, "/exception"))) {
        continue;
      }
      EXPECT_THAT(Read(exchange.response_body), IsOk()) << exchange.comment;
      ++read;
    }
  }
  std::cout << "recorded statuses " << read << "\n";
  EXPECT_GT(read, 8);
}

TEST(TaskStatusTest, ReadsStatesAndRuns) {
  const auto status = Read(R"({"status": {
    "taskId": "NsqSIRDwQtuVxPjPCFpS1A", "taskGroupId": "NsqSIRDwQtuVxPjPCFpS1A",
    "provisionerId": "p", "workerType": "w", "schedulerId": "-",
    "state": "exception", "retriesLeft": 4,
    "runs": [{"runId": 0, "state": "exception", "reasonCreated": "scheduled",
              "reasonResolved": "worker-shutdown", "workerGroup": "g",
              "workerId": "i", "takenUntil": "2026-11-22T15:23:17.807Z",
              "scheduled": "2026-11-22T15:03:17.807Z",
              "started": "2026-11-22T15:03:18.807Z",
              "resolved": "2026-11-22T15:04:17.807Z"},
             {"runId": 1, "state": "pending", "reasonCreated": "retry",
              "scheduled": "2026-11-22T15:04:17.807Z"}]}})");
  ASSERT_THAT(status, IsOk());
  EXPECT_EQ(status->state, TaskState::kException);
  EXPECT_EQ(status->retries_left, 4);
  ASSERT_EQ(status->runs.size(), 2u);
  EXPECT_EQ(status->runs[0].reason_resolved, "worker-shutdown");
  EXPECT_TRUE(status->runs[0].taken_until.has_value());
  EXPECT_EQ(status->runs[1].run_id, 1);
  EXPECT_EQ(status->runs[1].state, TaskState::kPending);
  EXPECT_FALSE(status->runs[1].resolved.has_value());
}

TEST(TaskStatusTest, RefusesAWrongShape) {
  EXPECT_THAT(Read("{}"), StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_THAT(Read(R"({"status": {"taskId": "x"}})"),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("$.status.taskId")));
  EXPECT_THAT(Read(R"({"status": {"taskId": "NsqSIRDwQtuVxPjPCFpS1A",
                "taskGroupId": "NsqSIRDwQtuVxPjPCFpS1A", "state": "done",
                "runs": []}})"),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("$.status.state")));
}

TEST(TaskStatusTest, RefusesARunThatCannotBe) {
  for (const std::string_view run_id : {"-1", "1001", "4294967296", "0.5", "\"0\""}) {
    EXPECT_THAT(Read(absl::StrCat(R"({"status": {"taskId": "NsqSIRDwQtuVxPjPCFpS1A",
                    "taskGroupId": "NsqSIRDwQtuVxPjPCFpS1A", "state": "pending",
                    "runs": [{"state": "pending", "runId": )",
                                  run_id, "}]}}")),
                StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("$.status.runs[0].runId")))
        << run_id;
  }
}

TEST(TaskStateTest, EveryStateHasItsName) {
  EXPECT_EQ(ToString(TaskState::kUnscheduled), "unscheduled");
  EXPECT_EQ(ToString(TaskState::kPending), "pending");
  EXPECT_EQ(ToString(TaskState::kRunning), "running");
  EXPECT_EQ(ToString(TaskState::kCompleted), "completed");
  EXPECT_EQ(ToString(TaskState::kFailed), "failed");
  EXPECT_EQ(ToString(TaskState::kException), "exception");
}

}  // namespace
}  // namespace scriptworker::taskcluster
