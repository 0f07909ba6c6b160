// SPDX-License-Identifier: MPL-2.0
#include "cot/policy/task_inference.h"

#include <optional>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/status_matchers.h"
#include "cot/chain/task_type.h"
#include "cot/testing/links.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "scriptworker/taskcluster/task_id.h"

namespace cot {
namespace {

using ::absl_testing::IsOkAndHolds;
using ::absl_testing::StatusIs;
using ::scriptworker::taskcluster::TaskId;
using ::testing::HasSubstr;

struct TypeCase {
  std::string_view test_name;
  std::string_view changes;
  std::optional<TaskType> type;  // nullopt: it asks
};
class InferTaskTypeTest : public ::testing::TestWithParam<TypeCase> {};

TEST_P(InferTaskTypeTest, ByTheRulesOfTheHeader) {
  const auto type = InferTaskType(*TaskId::Parse(kTargetId), Task(GetParam().changes),
                                  BuiltInPolicy(), BuiltInProduct("firefox"));
  if (GetParam().type.has_value()) {
    EXPECT_THAT(type, IsOkAndHolds(*GetParam().type));
  } else {
    EXPECT_THAT(type, StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("--task-type")));
  }
}

INSTANTIATE_TEST_SUITE_P(
    Table, InferTaskTypeTest,
    ::testing::Values(
        TypeCase{"ScriptworkerByPool", "{}", TaskType::kScriptworker},
        TypeCase{"ScriptworkerByKind", R"({"tags": {"kind": "beetmover"}})", TaskType::kBeetmover},
        TypeCase{"ScriptworkerOfAnotherKind", R"({"tags": {"kind": "build-signing"}})",
                 TaskType::kScriptworker},
        TypeCase{"ScriptworkerThatSaysItIsABuild", R"({"tags": {"kind": "build"}})",
                 TaskType::kScriptworker},
        TypeCase{"ScriptworkerThatSaysItIsAnAction", R"({"extra": {"action": {}}})",
                 TaskType::kScriptworker},
        TypeCase{"ScriptworkerThatLeadsItsGroup", R"({"taskGroupId": "TargetAAQACAAAAAAAAAAA"})",
                 TaskType::kScriptworker},
        TypeCase{"NobodysTask", R"({"provisionerId": "gecko-3", "workerType": "b-linux"})",
                 TaskType::kScriptworker},
        TypeCase{"Decision",
                 R"({"provisionerId": "gecko-3", "workerType": "decision",
                     "payload": {"image": "x"}, "taskGroupId": "TargetAAQACAAAAAAAAAAA"})",
                 TaskType::kDecision},
        TypeCase{"Action",
                 R"({"provisionerId": "gecko-3", "workerType": "decision",
                     "payload": {"image": "x"}, "extra": {"action": {"name": "retrigger"}}})",
                 TaskType::kAction},
        TypeCase{"Build",
                 R"({"provisionerId": "gecko-3", "workerType": "b-linux",
                     "payload": {"image": "x"}, "tags": {"kind": "build"}})",
                 TaskType::kBuild},
        TypeCase{"DockerImageByKind",
                 R"({"provisionerId": "gecko-3", "workerType": "b-linux",
                     "payload": {"image": "x"}, "tags": {"kind": "docker-image"}})",
                 TaskType::kDockerImage},
        TypeCase{"DockerImageByPoolWhateverItsKind",
                 R"({"provisionerId": "gecko-3", "workerType": "images-gcp",
                     "payload": {"image": "x"}, "tags": {"kind": "build"}})",
                 TaskType::kDockerImage},
        TypeCase{"ATestIsInDoubt",
                 R"({"provisionerId": "gecko-t", "workerType": "t-linux",
                     "payload": {"image": "x"}, "tags": {"kind": "test"}})",
                 std::nullopt},
        TypeCase{"ASigningKindOutsideAScriptworkerIsInDoubt",
                 R"({"provisionerId": "gecko-3", "workerType": "b-linux",
                     "payload": {"image": "x"}, "tags": {"kind": "signing"}})",
                 std::nullopt}),
    [](const auto& info) { return std::string(info.param.test_name); });

struct ProductCase {
  std::string_view test_name;
  std::string_view changes;
  std::string_view product;  // empty: it asks
};
class InferProductTest : public ::testing::TestWithParam<ProductCase> {};

TEST_P(InferProductTest, ByTheTrustDomain) {
  const auto product = InferProduct(Task(GetParam().changes), BuiltInPolicy());
  if (GetParam().product.empty()) {
    EXPECT_THAT(product, StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("--cot-product")));
  } else {
    EXPECT_THAT(product, IsOkAndHolds(GetParam().product));
  }
}

INSTANTIATE_TEST_SUITE_P(
    Table, InferProductTest,
    ::testing::Values(
        ProductCase{"AllSignsAgree", "{}", "firefox"},
        ProductCase{"SchedulerAlone",
                    R"({"provisionerId": "scriptworker-prov-v1",
                        "workerType": "tb-signing-mac-v1", "schedulerId": "comm-level-3"})",
                    "thunderbird"},
        ProductCase{"DomainWithDashes",
                    R"({"workerType": "app-services-3-signing",
                        "schedulerId": "app-services-level-3"})",
                    "app-services"},
        ProductCase{"ProvisionerOfABuild",
                    R"({"provisionerId": "gecko-3", "workerType": "b-linux",
                        "schedulerId": "gecko-level-3"})",
                    "firefox"},
        ProductCase{"SignsContradict", R"({"schedulerId": "comm-level-3"})", ""},
        ProductCase{"UnknownDomain",
                    R"({"workerType": "mystery-3-signing", "schedulerId": "mystery-level-3"})", ""},
        ProductCase{"NoDomain",
                    R"({"workerType": "signing-linux-v1", "schedulerId": "taskcluster-github"})",
                    ""},
        ProductCase{"ItsOwnRestrictedScope",
                    R"({"scopes": ["project:releng:signing:cert:release-signing"]})", "firefox"},
        ProductCase{"AScopeThatOnlyAnotherProductRestricts",
                    R"({"workerType": "adhoc-3-signing", "schedulerId": "adhoc-level-3",
                        "scopes": ["project:releng:signing:cert:release-signing"]})",
                    ""}),
    [](const auto& info) { return std::string(info.param.test_name); });

}  // namespace
}  // namespace cot
