// SPDX-License-Identifier: MPL-2.0
// What a link finds out about its task: type, worker implementation, parent.
#include "cot/chain/link.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status_matchers.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "cot/chain/link_id.h"
#include "cot/chain/task_type.h"
#include "cot/chain/violation.h"
#include "cot/chain/worker_impl.h"
#include "cot/testing/links.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "scriptworker/taskcluster/task_id.h"

namespace cot {
namespace {

using ::absl_testing::IsOkAndHolds;
using ::scriptworker::taskcluster::TaskId;

absl::StatusOr<Link> Create(std::string_view changes) {
  const absl::StatusOr<TaskId> id = TaskId::Parse(kBuildId);
  return Link::Create("signing:build", *id, Task(changes), Link::Role::kUpstream,
                      {"scriptworker-k8s"});
}

TEST(LinkIdTest, SaysWhichTaskAFindingIsAbout) {
  const Finding finding = About({"signing:build", *TaskId::Parse(kBuildId)}, Step::kArtifacts,
                                {.violation = Violation::kArtifactMissing, .message = "gone"});
  EXPECT_EQ(FormatFinding(finding),
            absl::StrCat("3. signing:build ", kBuildId, ": gone [kArtifactMissing]"));
}

TEST(TaskTypeTest, IsTheNamesLastComponent) {
  for (const TaskType type : AllTaskTypes()) {
    const std::string name = "x:" + std::string(ToString(type));
    EXPECT_THAT(GuessTaskType(name, Task()), IsOkAndHolds(type));
    EXPECT_THAT(GuessTaskType(name + "0", Task()), IsViolation(Violation::kInvalidTaskType));
  }
}

TEST(TaskTypeTest, AllHaveTheirNamesInAList) {
  EXPECT_THAT(TaskTypeNames(), testing::StartsWith("action, balrog, "));
  const std::vector<std::string> names = absl::StrSplit(TaskTypeNames(), ", ");
  EXPECT_EQ(names.size(), AllTaskTypes().size());
  for (const std::string& name : names) EXPECT_TRUE(ParseTaskType(name).has_value()) << name;
}

TEST(TaskTypeTest, OfAParentDependsOnTheTask) {
  EXPECT_THAT(GuessTaskType("signing:parent", Task()), IsOkAndHolds(TaskType::kDecision));
  EXPECT_THAT(GuessTaskType("signing:parent", Task(R"({"extra": {"action": {"x": 1}}})")),
              IsOkAndHolds(TaskType::kAction));
  EXPECT_THAT(
      GuessTaskType("signing:parent", Task(R"({"payload": {"env": {"ACTION_CALLBACK": "x"}}})")),
      IsOkAndHolds(TaskType::kAction));
}

TEST(TaskTypeTest, SomeHaveOnlyToBeRunByAScriptworker) {
  std::vector<TaskType> types;
  for (const TaskType type : AllTaskTypes()) {
    if (HasOnlyScriptworkerCheck(type)) types.push_back(type);
  }
  EXPECT_THAT(types,
              testing::ElementsAre(TaskType::kBalrog, TaskType::kBeetmover, TaskType::kBouncer,
                                   TaskType::kPushapk, TaskType::kScriptworker, TaskType::kShipit,
                                   TaskType::kSigning));
}

struct ImplCase {
  std::string_view name;
  std::string_view changes;
  std::optional<WorkerImpl> impl;
  Violation violation = Violation::kUnknownWorkerImplementation;
};

constexpr ImplCase kImplCases[] = {
    {"ImageIsDockers", R"({"provisionerId": "p", "payload": {"image": "x"}})",
     WorkerImpl::kDockerWorker},
    {"EmptyImageIsNone", R"({"provisionerId": "p", "payload": {"image": {}}})", std::nullopt},
    {"ProvisionerIsScriptworkers", "{}", WorkerImpl::kScriptworker},
    {"OldProvisionerIsScriptworkers", R"({"provisionerId": "scriptworker-prov-v1"})",
     WorkerImpl::kScriptworker},
    {"MountsAreGenerics", R"({"provisionerId": "p", "payload": {"mounts": []}})",
     WorkerImpl::kGenericWorker},
    {"OsGroupsAreGenerics", R"({"provisionerId": "p", "payload": {"osGroups": []}})",
     WorkerImpl::kGenericWorker},
    {"Tag", R"({"provisionerId": "p", "tags": {"worker-implementation": "generic-worker"}})",
     WorkerImpl::kGenericWorker},
    {"UnknownTag", R"({"provisionerId": "p", "tags": {"worker-implementation": "my-worker"}})",
     std::nullopt},
    {"ScopeIsDockers", R"({"provisionerId": "p", "scopes": ["docker-worker:cache:x"]})",
     WorkerImpl::kDockerWorker},
    {"NoSign", R"({"provisionerId": "p"})", std::nullopt},
    {"TwoSigns", R"({"payload": {"image": "x"}})", std::nullopt,
     Violation::kAmbiguousWorkerImplementation},
    {"SignAndOtherTag", R"({"tags": {"worker-implementation": "docker-worker"}})", std::nullopt,
     Violation::kAmbiguousWorkerImplementation},
};

class WorkerImplTest : public testing::TestWithParam<ImplCase> {};

TEST_P(WorkerImplTest, IsGuessedFromTheTask) {
  const absl::StatusOr<WorkerImpl> impl =
      GuessWorkerImpl(Task(GetParam().changes), {"scriptworker-k8s"}, "build");
  if (GetParam().impl.has_value()) {
    EXPECT_THAT(impl, IsOkAndHolds(*GetParam().impl));
  } else {
    EXPECT_THAT(impl, IsViolation(GetParam().violation));
  }
}

INSTANTIATE_TEST_SUITE_P(Table, WorkerImplTest, testing::ValuesIn(kImplCases),
                         [](const auto& info) { return std::string(info.param.name); });

TEST(LinkTest, ParentIsTheDecisionTaskUnlessExtraNamesAnother) {
  EXPECT_EQ(Create("{}")->parent_task_id().str(), kDecisionId);
  const absl::StatusOr<Link> link = Create(R"({"extra": {"parent": "TargetAAQACAAAAAAAAAAA"}})");
  EXPECT_EQ(link->parent_task_id().str(), kTargetId);
  EXPECT_EQ(link->decision_task_id().str(), kDecisionId);
}

TEST(LinkTest, AParentOfAnotherShapeIsRefusedAndNotTakenForNone) {
  for (const std::string_view parent : {R"("")", "0", "false", "[]", R"("short")", R"({"x": 1})"}) {
    EXPECT_THAT(Create(std::string(R"({"extra": {"parent": )") + std::string(parent) + "}}"),
                IsViolation(Violation::kMalformedParent))
        << parent;
  }
}

TEST(LinkTest, TheTwoNamesOfTheTaskQueueMustAgree) {
  EXPECT_TRUE(Create(R"({"taskQueueId": "scriptworker-k8s/gecko-3-signing"})").ok());
  EXPECT_THAT(Create(R"({"taskQueueId": "scriptworker-k8s/other"})"),
              IsViolation(Violation::kContradictoryTaskQueue));
}

TEST(LinkTest, NeedsPayloadAndTaskGroup) {
  EXPECT_THAT(Create(R"({"payload": null})"), IsViolation(Violation::kMalformedTask));
  EXPECT_THAT(Create(R"({"taskGroupId": null})"), IsViolation(Violation::kMalformedTask));
}

TEST(LinkTest, WhatIsWrongIsSaidOfTheTask) {
  for (const std::string_view changes :
       {R"({"payload": {"image": "x"}})", R"({"payload": null})", R"({"provisionerId": "p"})"}) {
    const std::optional<Finding> finding = GetFinding(Create(changes).status());
    ASSERT_TRUE(finding.has_value()) << changes;
    EXPECT_EQ(finding->task_id, kBuildId) << changes;
    EXPECT_EQ(finding->link_name, "signing:build") << changes;
  }
}

TEST(LinkTest, NeedsProvisionerAndWorkerType) {
  for (const std::string_view pool : {R"("provisionerId": null)", R"("workerType": null)",
                                      R"("provisionerId": null, "workerType": null)"}) {
    for (const std::string_view queue : {"", R"(, "taskQueueId": "scriptworker-k8s/x")"}) {
      EXPECT_THAT(Create(std::string("{") + std::string(pool) + std::string(queue) + "}"),
                  IsViolation(Violation::kMalformedTask))
          << pool << queue;
    }
  }
}

TEST(LinkTest, SaysItsPool) {
  EXPECT_EQ(Create("{}")->worker_pool_id(), "scriptworker-k8s/gecko-3-signing");
}

}  // namespace
}  // namespace cot
