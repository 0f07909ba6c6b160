// SPDX-License-Identifier: MPL-2.0
#include "scriptworker/taskcluster/task_definition.h"

#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/status_matchers.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "scriptworker/json/json.h"

namespace scriptworker::taskcluster {
namespace {

using ::absl_testing::IsOk;
using ::absl_testing::StatusIs;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Pair;

constexpr std::string_view kTask = R"({
  "provisionerId": "scriptworker-k8s",
  "workerType": "gecko-1-signing",
  "taskQueueId": "scriptworker-k8s/gecko-1-signing",
  "schedulerId": "gecko-level-1",
  "projectId": "none",
  "taskGroupId": "NsqSIRDwQtuVxPjPCFpS1A",
  "dependencies": ["FnqAZaFPT0K6TUAphQaRPA", "GaEqGMQfQNW8yOiGMfr4vw"],
  "requires": "all-completed",
  "routes": ["index.a"],
  "priority": "low",
  "retries": 5,
  "created": "2026-11-22T15:03:17.000Z",
  "deadline": "2026-11-23T15:03:17.000Z",
  "expires": "2026-12-22T15:03:17.373Z",
  "scopes": ["project:a", "project:b"],
  "payload": {"maxRunTime": 600, "anything": [1, null]},
  "metadata": {"name": "n", "description": "d", "owner": "o@x", "source": "s"},
  "tags": {"kind": "signing", "createdForUser": "me"},
  "extra": {"parent": "x"},
  "later": {"unknown": true}
})";

absl::StatusOr<TaskDefinition> Read(std::string_view text) {
  return TaskDefinition::FromJson(json::Parse(text).value(), "task.json");
}

TEST(TaskDefinitionTest, IsATypedViewThatKeepsTheDocument) {
  const auto task = Read(kTask);
  ASSERT_THAT(task, IsOk());
  EXPECT_EQ(task->provisioner_id(), "scriptworker-k8s");
  EXPECT_EQ(task->worker_type(), "gecko-1-signing");
  EXPECT_EQ(task->task_queue_id(), "scriptworker-k8s/gecko-1-signing");
  EXPECT_EQ(task->scheduler_id(), "gecko-level-1");
  EXPECT_EQ(task->task_group_id()->str(), "NsqSIRDwQtuVxPjPCFpS1A");
  ASSERT_EQ(task->dependencies().size(), 2u);
  EXPECT_EQ(task->dependencies()[1].str(), "GaEqGMQfQNW8yOiGMfr4vw");
  EXPECT_EQ(task->expires()->text, "2026-12-22T15:03:17.373Z");
  EXPECT_EQ(task->expires()->time, absl::FromUnixMillis(1797951797373));
  EXPECT_THAT(task->scopes(), ElementsAre("project:a", "project:b"));
  EXPECT_EQ(task->metadata().source, "s");
  EXPECT_THAT(task->tags(), ElementsAre(Pair("kind", "signing"), Pair("createdForUser", "me")));
  EXPECT_EQ(task->payload().Find("maxRunTime")->int_value(), 600);
  EXPECT_EQ(task->extra().Find("parent")->string_value(), "x");
  EXPECT_EQ(task->raw(), json::Parse(kTask).value());
}

TEST(TaskDefinitionTest, EveryMemberMayBeAbsent) {
  const auto task = Read("{}");
  ASSERT_THAT(task, IsOk());
  EXPECT_FALSE(task->task_group_id().has_value());
  EXPECT_FALSE(task->expires().has_value());
  EXPECT_THAT(task->dependencies(), IsEmpty());
  EXPECT_TRUE(task->payload().is_object());
  EXPECT_TRUE(task->extra().is_object());
}

TEST(TaskDefinitionTest, MustBeAnObject) {
  for (const std::string_view text : {"[]", "null", "\"{}\"", "1"}) {
    EXPECT_THAT(Read(text),
                StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("task.json: $")));
  }
}

struct ShapeCase {
  std::string_view text;
  std::string_view path;
};

TEST(TaskDefinitionTest, AWrongShapeIsNamedByItsPath) {
  for (const ShapeCase& one : {
           ShapeCase{R"({"taskGroupId": "x"})", "$.taskGroupId"},
           ShapeCase{R"({"taskGroupId": null})", "$.taskGroupId"},
           ShapeCase{R"({"provisionerId": 1})", "$.provisionerId"},
           ShapeCase{R"({"workerType": []})", "$.workerType"},
           ShapeCase{R"({"dependencies": {}})", "$.dependencies"},
           ShapeCase{R"({"dependencies": ["x"]})", "$.dependencies[0]"},
           ShapeCase{R"({"scopes": "x"})", "$.scopes"},
           ShapeCase{R"({"scopes": ["a", 1]})", "$.scopes[1]"},
           ShapeCase{R"({"scopes": ["a\nb"]})", "$.scopes[0]"},
           ShapeCase{R"({"routes": [{}]})", "$.routes[0]"},
           ShapeCase{R"({"projectId": 1})", "$.projectId"},
           ShapeCase{R"({"priority": null})", "$.priority"},
           ShapeCase{R"({"requires": []})", "$.requires"},
           ShapeCase{R"({"created": 5})", "$.created"},
           ShapeCase{R"({"deadline": "soon"})", "$.deadline"},
           ShapeCase{R"({"expires": "2026-12-22"})", "$.expires"},
           ShapeCase{R"({"retries": "5"})", "$.retries"},
           ShapeCase{R"({"retries": 1.5})", "$.retries"},
           ShapeCase{R"({"metadata": []})", "$.metadata"},
           ShapeCase{R"({"metadata": {"source": 1}})", "$.metadata.source"},
           ShapeCase{R"({"tags": {"a": 1}})", "$.tags.a"},
           ShapeCase{R"({"payload": []})", "$.payload"},
           ShapeCase{R"({"extra": "x"})", "$.extra"},
       }) {
    EXPECT_THAT(Read(one.text), StatusIs(absl::StatusCode::kInvalidArgument,
                                         HasSubstr(std::string(one.path) + ":")))
        << one.text;
  }
}

}  // namespace
}  // namespace scriptworker::taskcluster
