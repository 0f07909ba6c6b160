// SPDX-License-Identifier: MPL-2.0
#include "scriptworker/client/artifact_rules.h"

#include <string>
#include <string_view>

#include "absl/status/status_matchers.h"
#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "scriptworker/client/script_config.h"
#include "scriptworker/client/script_error.h"
#include "scriptworker/json/json.h"
#include "scriptworker/taskcluster/task_id.h"

namespace scriptworker::client {
namespace {

using ::absl_testing::IsOk;
using ::absl_testing::IsOkAndHolds;
using ::scriptworker::taskcluster::TaskId;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

constexpr std::string_view kTask = "VQU9QMO4Teq7zr91FhBusg";
constexpr std::string_view kOther = "AQU9QMO4Teq7zr91FhBusg";

// As a configuration has them.
constexpr std::string_view kConfig = R"json({"valid_artifact_rules": [{
  "schemes": ["https"],
  "netlocs": ["tc.example.com"],
  "path_regexes": ["^/api/queue/v1/task/(?P<taskId>[^/]+)(/runs/\\d+)?/artifacts/(?P<filepath>.*)$"]
}]})json";

ArtifactRules Rules() {
  return ArtifactRules::FromConfig(ScriptConfig(json::Parse(kConfig).value().object())).value();
}

std::string UrlOf(std::string_view task_id, std::string_view rest) {
  return absl::StrCat("https://tc.example.com/api/queue/v1/task/", task_id, rest);
}

struct UrlCase {
  std::string_view name;
  std::string url;
  std::string_view path;  // empty: refused
};

class ArtifactRulesTest : public testing::TestWithParam<UrlCase> {};

TEST_P(ArtifactRulesTest, TellThePathOrRefuse) {
  const auto path = Rules().Validate(GetParam().url, {TaskId::Parse(kTask).value()});
  if (!GetParam().path.empty()) {
    EXPECT_THAT(path, IsOkAndHolds(GetParam().path));
    return;
  }
  EXPECT_EQ(ErrorKindOf(path.status()), ErrorKind::kTask);
  EXPECT_EQ(ExitStatusOf(path.status()), 3);
  EXPECT_THAT(path.status().message(), StartsWith("Can't validate url "));
}

INSTANTIATE_TEST_SUITE_P(
    Urls, ArtifactRulesTest,
    testing::Values(
        UrlCase{"Latest", UrlOf(kTask, "/artifacts/public/build/a.zip"), "public/build/a.zip"},
        UrlCase{"Escaped", UrlOf(kTask, "/artifacts/public%2Fbuild%2Fa.zip"), "public/build/a.zip"},
        UrlCase{"Run", UrlOf(kTask, "/runs/0/artifacts/public/a.zip"), "public/a.zip"},
        UrlCase{"Query", UrlOf(kTask, "/artifacts/private/a.zip?bewit=x"), "private/a.zip"},
        UrlCase{"Fragment", UrlOf(kTask, "/artifacts/public/a.zip#part"), "public/a.zip"},
        UrlCase{"OtherTask", UrlOf(kOther, "/artifacts/public/a.zip"), ""},
        UrlCase{"NoArtifact", UrlOf(kTask, "/status"), ""},
        UrlCase{"OtherScheme",
                absl::StrCat("http://tc.example.com/api/queue/v1/task/", kTask, "/artifacts/a"),
                ""},
        UrlCase{"OtherHost",
                absl::StrCat("https://evil.example.com/api/queue/v1/task/", kTask, "/artifacts/a"),
                ""},
        UrlCase{"UserInfo",
                absl::StrCat("https://me@tc.example.com/api/queue/v1/task/", kTask, "/artifacts/a"),
                ""},
        UrlCase{"WayOut", UrlOf(kTask, "/artifacts/public%2F..%2F..%2Fkey"), ""},
        UrlCase{"WayOutInTwoSteps", UrlOf(kTask, "/artifacts/%2Fetc%2Fpasswd"), ""},
        UrlCase{"NoUrl", "task.json", ""}, UrlCase{"Empty", "", ""}),
    [](const auto& info) { return std::string(info.param.name); });

TEST(ArtifactRulesTest, SecretsStayOutOfTheError) {
  for (const std::string_view url :
       {"https://evil.example.com/x?bewit=c2VjcmV0", "no url?bewit=c2VjcmV0"}) {
    EXPECT_THAT(Rules().Validate(url, {}).status().message(), Not(HasSubstr("c2VjcmV0")));
  }
}

TEST(ArtifactRulesTest, NoneOrDefectiveOnesAreAConfigError) {
  for (const std::string_view text :
       {R"({})", R"({"valid_artifact_rules": 1})", R"({"valid_artifact_rules": [{}]})",
        R"json({"valid_artifact_rules": [{"schemes": ["https"], "netlocs": ["h"],
                                          "path_regexes": ["^/(?P<file>.*"]}]})json"}) {
    const auto rules = ArtifactRules::FromConfig(ScriptConfig(json::Parse(text).value().object()));
    EXPECT_EQ(ErrorKindOf(rules.status()), ErrorKind::kConfig) << text;
    EXPECT_THAT(rules.status().message(), HasSubstr("valid_artifact_rules")) << text;
  }
}

TEST(ValidArtifactTaskIdsTest, AreTheDependenciesAndTheGroup) {
  const auto ids =
      ValidArtifactTaskIds(json::Parse(absl::StrCat(R"({"dependencies": [")", kTask,
                                                    R"("], "taskGroupId": ")", kOther, R"("})"))
                               .value());
  ASSERT_THAT(ids, IsOk());
  EXPECT_THAT(*ids, ElementsAre(TaskId::Parse(kTask).value(), TaskId::Parse(kOther).value()));
  EXPECT_EQ(
      ExitStatusOf(
          ValidArtifactTaskIds(json::Parse(R"({"dependencies": ["../up"]})").value()).status()),
      3);
}

}  // namespace
}  // namespace scriptworker::client
