// SPDX-License-Identifier: MPL-2.0
#include "scriptworker/client/script_config.h"

#include <string>
#include <string_view>
#include <utility>

#include "absl/status/status_matchers.h"
#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "scriptworker/base/testing/temp_dir.h"
#include "scriptworker/client/script_error.h"
#include "scriptworker/json/json.h"

namespace scriptworker::client {
namespace {

using ::absl_testing::IsOk;
using ::absl_testing::IsOkAndHolds;
using ::testing::HasSubstr;
using ::testing::StartsWith;

ScriptConfig FromJson(std::string_view text) {
  return ScriptConfig(json::Parse(text).value().object());
}

TEST(ScriptConfigTest, TheFileReplacesDefaultsOneByOneAndWhole) {
  const TempDir temp;
  const std::string path =
      temp.Write("config.json", R"({"work_dir": "/w", "servers": {"b": 2}, "extra": null})");
  const auto defaults = json::Parse(R"({"work_dir": "/d", "servers": {"a": 1}, "retries": 5})");
  const auto config = ScriptConfig::Load(path, defaults->object());
  ASSERT_THAT(config, IsOk());
  EXPECT_EQ(config->value(),
            json::Parse(R"({"work_dir": "/w", "servers": {"b": 2}, "retries": 5, "extra": null})")
                .value());
}

TEST(ScriptConfigTest, AFileNamedSoIsYaml) {
  const TempDir temp;
  for (const std::string_view name : {"config.yml", "config.yaml"}) {
    const auto config = ScriptConfig::Load(temp.Write(name, "work_dir: /w\nverbose: yes\n"));
    ASSERT_THAT(config, IsOk());
    EXPECT_THAT(config->WorkDir(), IsOkAndHolds("/w"));
    EXPECT_TRUE(config->verbose());
  }
}

struct BrokenCase {
  std::string_view name;
  std::string_view text;
  std::string_view detail;
};

class BrokenConfigTest : public testing::TestWithParam<BrokenCase> {};

TEST_P(BrokenConfigTest, IsATaskErrorThatNamesTheFile) {
  const TempDir temp;
  const std::string path = temp.Write("config.json", GetParam().text);
  const auto config = ScriptConfig::Load(path);
  EXPECT_EQ(ErrorKindOf(config.status()), ErrorKind::kTask);
  EXPECT_EQ(ExitStatusOf(config.status()), 1);
  EXPECT_THAT(config.status().message(),
              StartsWith(absl::StrCat("Failed to load json from ", path, ": ")));
  EXPECT_THAT(config.status().message(), HasSubstr(GetParam().detail));
}

INSTANTIATE_TEST_SUITE_P(Texts, BrokenConfigTest,
                         testing::Values(BrokenCase{"NoJson", "work_dir: /w", ":1:1: "},
                                         BrokenCase{"NoObject", "[]", "found an array"},
                                         BrokenCase{"Empty", "", ":1:1: "},
                                         BrokenCase{"KeyTwice", R"({"a": 1, "a": 2})", "\"a\""}),
                         [](const auto& info) { return std::string(info.param.name); });

TEST(ScriptConfigTest, AMissingFileIsATaskError) {
  const auto config = ScriptConfig::Load("/no/such/file.json");
  EXPECT_EQ(ErrorKindOf(config.status()), ErrorKind::kTask);
  EXPECT_THAT(config.status().message(), StartsWith("Failed to load json from /no/such/file.json"));
}

TEST(ScriptConfigTest, KeysAreFoundByTheirDottedPath) {
  const ScriptConfig config = FromJson(R"({"schemas": {"signing": "s.json", "no": 1, "e": ""}})");
  EXPECT_THAT(config.TextAt("schemas.signing"), IsOkAndHolds("s.json"));
  for (const auto& [key, detail] :
       {std::pair{"schemas.other", "schemas.other must be set (no \"other\")"},
        std::pair{"schemas.signing.deeper", "(no \"deeper\")"},
        std::pair{"work_dir", "work_dir must be set"},
        std::pair{"schemas.no", "schemas.no: expected a text that is not empty, found a"},
        std::pair{"schemas.e", "found an empty one"}}) {
    const auto text = config.TextAt(key);
    EXPECT_EQ(ErrorKindOf(text.status()), ErrorKind::kConfig) << key;
    EXPECT_THAT(text.status().message(), HasSubstr(detail)) << key;
  }
}

TEST(ScriptConfigTest, VerboseIsPythonsTruth) {
  for (const std::string_view text :
       {"{}", R"({"verbose": false})", R"({"verbose": null})", R"({"verbose": 0})",
        R"({"verbose": 0.0})", R"({"verbose": ""})", R"({"verbose": []})", R"({"verbose": {}})"}) {
    EXPECT_FALSE(FromJson(text).verbose()) << text;
  }
  for (const std::string_view text :
       {R"({"verbose": true})", R"({"verbose": 1})", R"({"verbose": 0.5})", R"({"verbose": "no"})",
        R"({"verbose": [0]})", R"({"verbose": {"a": 0}})",
        R"({"verbose": 18446744073709551615})"}) {
    EXPECT_TRUE(FromJson(text).verbose()) << text;
  }
}

}  // namespace
}  // namespace scriptworker::client
