// SPDX-License-Identifier: MPL-2.0
#include "scriptworker/taskcluster/task_claim.h"

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/status_matchers.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_replace.h"
#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "scriptworker/json/json.h"
#include "scriptworker/json/json_reader.h"

namespace scriptworker::taskcluster {
namespace {

using ::absl_testing::IsOk;
using ::absl_testing::StatusIs;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::SizeIs;

constexpr std::string_view kAnswer = R"({"tasks": [{
  "status": {"taskId": "NsqSIRDwQtuVxPjPCFpS1A", "runs": []},
  "runId": 0,
  "workerGroup": "group",
  "workerId": "worker",
  "takenUntil": "2026-11-22T15:23:17.807Z",
  "task": {"payload": {"maxRunTime": 600}},
  "credentials": {"clientId": "c", "accessToken": "SECRET",
                  "certificate": "{\"version\":1}"}
}]})";

absl::StatusOr<std::vector<ClaimedTask>> Read(std::string_view text) {
  const json::Value value = json::Parse(text).value();
  return ParseClaimedTasks(json::Reader(value, "claimWork"));
}

TEST(ParseClaimedTasksTest, ReadsAClaim) {
  const auto claims = Read(kAnswer);
  ASSERT_THAT(claims, IsOk());
  ASSERT_THAT(*claims, SizeIs(1));
  const ClaimedTask& claim = claims->front();
  EXPECT_EQ(claim.task_id.str(), "NsqSIRDwQtuVxPjPCFpS1A");
  EXPECT_EQ(claim.run_id, 0);
  EXPECT_EQ(claim.worker_group, "group");
  EXPECT_EQ(claim.worker_id, "worker");
  EXPECT_EQ(claim.taken_until, absl::FromUnixMillis(1795360997807));
  ASSERT_THAT(claim.task, IsOk());
  EXPECT_EQ(claim.task->payload().Find("maxRunTime")->int_value(), 600);
  EXPECT_EQ(claim.definition, claim.task->raw());
  EXPECT_EQ(claim.credentials.client_id, "c");
  EXPECT_TRUE(claim.status.Find("runs")->is_array());
}

TEST(ParseClaimedTasksTest, NothingToDoIsAnEmptyList) {
  const auto claims = Read(R"({"tasks": []})");
  ASSERT_THAT(claims, IsOk());
  EXPECT_THAT(*claims, SizeIs(0));
}

TEST(ParseClaimedTasksTest, AClaimWithABrokenDefinitionCanStillBeResolved) {
  const auto claims = Read(
      absl::StrReplaceAll(kAnswer, {{R"({"payload": {"maxRunTime": 600}})", R"({"scopes": 1})"}}));
  ASSERT_THAT(claims, IsOk());
  EXPECT_THAT(claims->front().task,
              StatusIs(absl::StatusCode::kInvalidArgument,
                       AllOf(HasSubstr("NsqSIRDwQtuVxPjPCFpS1A"), HasSubstr("$.scopes"))));
  EXPECT_EQ(claims->front().credentials.client_id, "c");
  EXPECT_EQ(claims->front().definition.Find("scopes")->int_value(), 1);
}

struct ShapeCase {
  std::string_view from;
  std::string_view to;
  std::string_view path;
};

TEST(ParseClaimedTasksTest, AWrongShapeIsNamedAndQuotesNoSecret) {
  for (const ShapeCase& one : {
           ShapeCase{R"("tasks": [{)", R"("tusks": [{)", "tasks"},
           ShapeCase{R"("taskId": "N)", R"("taskId": "../N)", "$.tasks[0].status.taskId"},
           ShapeCase{R"("status")", R"("stat")", "status"},
           ShapeCase{R"("runId": 0)", R"("runId": "0")", "$.tasks[0].runId"},
           ShapeCase{R"("runId": 0)", R"("runId": -1)", "$.tasks[0].runId"},
           ShapeCase{R"("runId": 0)", R"("runId": 4294967296)", "$.tasks[0].runId"},
           ShapeCase{R"("2026-11-22T15:23:17.807Z")", R"("later")", "$.tasks[0].takenUntil"},
           ShapeCase{R"("task":)", R"("tusk":)", "task"},
           ShapeCase{R"("clientId": "c")", R"("clientId": 1)", "$.tasks[0].credentials.clientId"},
           ShapeCase{R"("{\"version\":1}")", R"("{\"version\":")",
                     "$.tasks[0].credentials.certificate"},
       }) {
    EXPECT_THAT(Read(absl::StrReplaceAll(kAnswer, {{one.from, one.to}})),
                StatusIs(absl::StatusCode::kInvalidArgument,
                         AllOf(HasSubstr(std::string(one.path)), Not(HasSubstr("SECRET")))))
        << one.to;
  }
  EXPECT_THAT(Read("null"), StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_THAT(Read(R"({"tasks": [1]})"), StatusIs(absl::StatusCode::kInvalidArgument));
}

TEST(ParseReclaimTest, ReadsTheLaterTimeAndTheCredentials) {
  const json::Value value = json::Parse(R"({"takenUntil": "2026-11-22T15:23:17Z", "runId": 0,
                      "credentials": {"clientId": "c", "accessToken": "t"}})")
                                .value();
  const auto reclaim = ParseReclaim(json::Reader(value, "reclaimTask"));
  ASSERT_THAT(reclaim, IsOk());
  EXPECT_EQ(reclaim->taken_until, absl::FromUnixSeconds(1795360997));
  EXPECT_EQ(reclaim->credentials.client_id, "c");
  const json::Value empty(json::Object{});
  EXPECT_THAT(ParseReclaim(json::Reader(empty, "reclaimTask")),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("takenUntil")));
}

}  // namespace
}  // namespace scriptworker::taskcluster
