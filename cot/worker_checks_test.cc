// SPDX-License-Identifier: MPL-2.0
#include "cot/worker_checks.h"

#include <string>
#include <string_view>
#include <vector>

#include "cot/chain/violation.h"
#include "cot/testing/links.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace cot {
namespace {

using ::testing::ElementsAreArray;

struct InteractiveCase {
  std::string_view name;
  std::string_view changes;
  std::vector<Violation> violations;
};

class InteractiveTest : public testing::TestWithParam<InteractiveCase> {};

TEST_P(InteractiveTest, IsRefused) {
  std::vector<Finding> findings;
  CheckNotInteractive(MakeLink("signing:build", kBuildId, GetParam().changes), findings);
  EXPECT_THAT(ViolationsOf(findings), ElementsAreArray(GetParam().violations));
}

const InteractiveCase kCases[] = {
    {"PlainDocker",
     R"({"provisionerId": "p", "payload": {"image": "x", "features": {}, "env": {}}})",
     {}},
    {"FalseFeature",
     R"({"provisionerId": "p", "payload": {"image": "x", "features": {"interactive": false}, "env": {}}})",
     {}},
    {"Feature",
     R"({"provisionerId": "p", "payload": {"image": "x", "features": {"interactive": true}, "env": {}}})",
     {Violation::kInteractive}},
    {"FeatureAndVariable",
     R"({"provisionerId": "p", "payload": {"image": "x", "features": {"interactive": 1}, "env": {"TASKCLUSTER_INTERACTIVE": "false"}}})",
     {Violation::kInteractive, Violation::kInteractive}},
    {"DockerWithoutFeatures",
     R"({"provisionerId": "p", "payload": {"image": "x", "env": {}}})",
     {Violation::kMalformedPayload}},
    {"DockerWithFeaturesOfAnotherType",
     R"({"provisionerId": "p", "payload": {"image": "x", "features": [], "env": {}}})",
     {Violation::kMalformedPayload}},
    {"PlainGeneric", R"({"provisionerId": "p", "payload": {"mounts": []}})", {}},
    {"Rdp",
     R"({"provisionerId": "p", "payload": {"mounts": [], "rdpInfo": "x.json"}})",
     {Violation::kInteractive}},
    {"RdpScope",
     R"({"provisionerId": "p", "payload": {"mounts": []}, "scopes": ["generic-worker:allow-rdp:a/b"]})",
     {Violation::kInteractive}},
    {"GenericWithoutScopes",
     R"({"provisionerId": "p", "payload": {"mounts": []}, "scopes": null})",
     {Violation::kMalformedPayload}},
    {"Scriptworker", "{}", {}},
};
INSTANTIATE_TEST_SUITE_P(Table, InteractiveTest, testing::ValuesIn(kCases),
                         [](const auto& info) { return std::string(info.param.name); });

TEST(EnvironmentTest, AVariableOfAnotherTypeIsNotTakenForAnAbsentOne) {
  const auto found = [](std::string_view changes) {
    std::vector<Finding> findings;
    CheckEnvironment(MakeLink("signing:build", kBuildId, changes), "GECKO", findings);
    return ViolationsOf(findings);
  };
  EXPECT_THAT(found(R"({"payload": {"env": {"GECKO_HEAD_REPOSITORY": ["https://h/r"]}}})"),
              testing::ElementsAre(Violation::kMalformedPayload));
  EXPECT_THAT(found(R"({"payload": {"env": {"GECKO_HEAD_REPOSITORY": "https://h/r"}}})"),
              testing::IsEmpty());
}

}  // namespace
}  // namespace cot
