// SPDX-License-Identifier: MPL-2.0
#include "scriptworker/worker/config/credentials_lookup.h"

#include <sys/stat.h>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/status_matchers.h"
#include "absl/status/statusor.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "scriptworker/base/environment.h"
#include "scriptworker/base/testing/ordinary_user.h"
#include "scriptworker/base/testing/temp_dir.h"
#include "scriptworker/json/json.h"

namespace scriptworker::worker {
namespace {

using ::absl_testing::IsOk;
using ::absl_testing::StatusIs;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

constexpr std::string_view kVariables[] = {"TASKCLUSTER_CLIENT_ID", "TASKCLUSTER_ACCESS_TOKEN",
                                           "TASKCLUSTER_CERTIFICATE"};

struct Case {
  std::string_view name;
  std::string_view secrets_json = {};            // empty: no such file
  std::string_view home_file = {};               // empty: no such file
  std::vector<std::string_view> variables = {};  // values, in kVariables' order
  std::string_view key = "credentials";
  std::string_view found;  // compact JSON; empty: nothing
  std::string_view source;
};

std::vector<Case> Cases() {
  return {
      {.name = "Nowhere", .found = "", .source = ""},
      {.name = "SecretsJsonGoesFirst",
       .secrets_json = R"({"credentials": {"a": 1}})",
       .home_file = R"({"credentials": {"b": 2}})",
       .variables = {"id", "token"},
       .found = R"({"a":1})",
       .source = "secrets.json"},
      {.name = "ThenTheFileInHome",
       .secrets_json = R"({"other": 1})",
       .home_file = R"({"credentials": {"b": 2}})",
       .variables = {"id", "token"},
       .found = R"({"b":2})",
       .source = ".scriptworker"},
      {.name = "AFalsyValueIsPassedOver",
       .secrets_json = R"({"credentials": {}})",
       .home_file = R"({"credentials": true})",
       .found = "true",
       .source = ".scriptworker"},
      {.name = "ThenTheEnvironment",
       .variables = {"id", "token"},
       .found = R"({"clientId":"id","accessToken":"token"})",
       .source = "the environment"},
      {.name = "EnvironmentWithCertificate",
       .variables = {"id", "token", "{}"},
       .found = R"({"clientId":"id","accessToken":"token","certificate":"{}"})",
       .source = "the environment"},
      {.name = "AnEmptyCertificateIsNone",
       .variables = {"id", "token", ""},
       .found = R"({"clientId":"id","accessToken":"token"})",
       .source = "the environment"},
      {.name = "EnvironmentWithoutToken", .variables = {"id", ""}, .found = "", .source = ""},
      {.name = "EnvironmentWithoutId", .variables = {"", "token"}, .found = "", .source = ""},
      {.name = "AnotherKeyIsInTheFiles",
       .secrets_json = R"({"integration_credentials": "x"})",
       .key = "integration_credentials",
       .found = "\"x\"",
       .source = "secrets.json"},
      {.name = "AnotherKeyIsNotInTheEnvironment",
       .variables = {"id", "token"},
       .key = "integration_credentials",
       .found = "",
       .source = ""},
  };
}

TEST(LookUpSecretTest, TheFirstPlaceThatHasTheKeyWins) {
  for (const Case& c : Cases()) {
    const TempDir here, home;
    Environment environment(Environment::Variables{{"HOME", home.path()}});
    if (!c.secrets_json.empty()) here.Write("secrets.json", c.secrets_json);
    if (!c.home_file.empty()) home.Write(".scriptworker", c.home_file);
    for (size_t i = 0; i < c.variables.size(); ++i) {
      environment.Set(kVariables[i], c.variables[i]);
    }
    std::vector<std::string> warnings;
    const auto found = LookUpSecret(c.key, here.path(), environment, warnings);
    ASSERT_THAT(found, IsOk()) << c.name;
    ASSERT_EQ(found->has_value(), !c.found.empty()) << c.name;
    if (!found->has_value()) continue;
    EXPECT_EQ(json::FormatCompact((*found)->value), c.found) << c.name;
    EXPECT_THAT((*found)->source, testing::EndsWith(c.source)) << c.name;
  }
}

struct BadFileCase {
  std::string_view name;
  std::string_view text;
  std::string_view message;
};

constexpr BadFileCase kBadFileCases[] = {
    {.name = "NoJson", .text = "{", .message = "secrets.json:1:"},
    {.name = "Empty", .text = " ", .message = "secrets.json:1:"},
    {.name = "NoObject",
     .text = "[1]",
     .message = "secrets.json: expected a JSON object, found an array"},
};

TEST(LookUpSecretTest, AFileThatCannotBeReadIsNamedAndNotQuoted) {
  for (const BadFileCase& c : kBadFileCases) {
    const TempDir here;
    here.Write("secrets.json", c.text);
    std::vector<std::string> warnings;
    EXPECT_THAT(LookUpSecret("credentials", here.path(), Environment(), warnings),
                StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr(c.message)))
        << c.name;
  }
  const TempDir here;
  here.Write("secrets.json", R"({"credentials": {"accessToken": "s3cret"} x})");
  std::vector<std::string> warnings;
  EXPECT_THAT(LookUpSecret("credentials", here.path(), Environment(), warnings).status().message(),
              Not(HasSubstr("s3cret")));
}

TEST(LookUpSecretTest, AFolderInPlaceOfTheFileIsAnError) {
  const TempDir here;
  here.Write("secrets.json/file", "");
  std::vector<std::string> warnings;
  const auto found = LookUpSecret("credentials", here.path(), Environment(), warnings);
  EXPECT_FALSE(found.ok());
  EXPECT_THAT(found.status().message(), HasSubstr("secrets.json"));
}

TEST(LookUpSecretTest, WarnsOfAFileThatOthersCanRead) {
  for (const mode_t mode : {mode_t{0600}, mode_t{0644}}) {
    const TempDir here;
    const std::string path = here.Write("secrets.json", R"({"credentials": true})");
    ASSERT_EQ(chmod(path.c_str(), mode), 0);
    std::vector<std::string> warnings;
    EXPECT_THAT(LookUpSecret("credentials", here.path(), Environment(), warnings), IsOk());
    if (mode == 0600) {
      EXPECT_THAT(warnings, IsEmpty());
    } else {
      EXPECT_THAT(warnings, ElementsAre(HasSubstr(path)));
    }
  }
}

TEST(LookUpSecretTest, AFolderThatThisUserMayNotEnterHoldsNoFile) {
  const TempDir temp;
  temp.Write("home/.scriptworker", R"({"credentials": {"clientId": "c", "accessToken": "t"}})");
  temp.Write("home/secrets.json", "{");
  ASSERT_EQ(::chmod(temp.Path("home").c_str(), 0), 0);
  Environment environment;
  environment.Set("HOME", temp.Path("home"));
  std::vector<std::string> warnings;
  absl::StatusOr<std::optional<FoundSecret>> found;
  {
    const OrdinaryUser ordinary;
    found = LookUpSecret("credentials", temp.Path("home"), environment, warnings);
  }
  ASSERT_EQ(::chmod(temp.Path("home").c_str(), 0700), 0);
  ASSERT_THAT(found, IsOk());
  EXPECT_FALSE(found->has_value());
}

}  // namespace
}  // namespace scriptworker::worker
