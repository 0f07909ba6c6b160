// SPDX-License-Identifier: MPL-2.0
#include "scriptworker/worker/config/settings.h"

#include <optional>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "cot/policy/defect_list.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "scriptworker/base/environment.h"
#include "scriptworker/json/json.h"
#include "scriptworker/json/yaml.h"
#include "scriptworker/worker/config/config_keys.h"

namespace scriptworker::worker {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

// A file with every key that has to be set; a test adds its own lines.
constexpr std::string_view kRequired =
    "work_dir: /w\n"
    "artifact_dir: /a\n"
    "task_log_dir: /a/l\n"
    "log_dir: /l\n"
    "ed25519_private_key_path: /k\n";
constexpr int kFirstOwnLine = 6;

struct Result {
  Settings settings;
  std::string defects;
};

Result Read(std::string_view text, const Environment& environment = {}) {
  const auto document =
      json::ParseYamlWithMarks(text, {.other_keys = json::YamlOptions::OtherKeys::kAsJsonText})
          .value();
  cot::DefectList defects("w.yml", document.marks);
  Settings settings = Settings::Read(document.value, environment, defects);
  return {std::move(settings), std::string(defects.ToStatus().message())};
}

Result ReadWith(std::string_view lines, const Environment& environment = {}) {
  return Read(absl::StrCat(kRequired, lines), environment);
}

TEST(SettingsTest, EveryKeyHasItsDefault) {
  const Result result = Read(kRequired);
  EXPECT_EQ(result.defects, "");
  for (const ConfigKey& key : ConfigKeys()) {
    if (key.kind != ConfigKey::Kind::kWorker) {
      EXPECT_EQ(result.settings.InFile(key.name), nullptr) << key.name;
    } else if (!key.default_json.empty()) {
      EXPECT_EQ(result.settings.Get(key.name), json::Parse(key.default_json).value()) << key.name;
      EXPECT_EQ(result.settings.InFile(key.name), nullptr) << key.name;
    }
  }
  EXPECT_EQ(result.settings.cot_product(), std::nullopt);
}

struct DefectCase {
  std::string_view name;
  std::string_view lines;
  // Behind "w.yml:6: "; empty: there is no defect.
  std::string_view message;
};

constexpr DefectCase kDefectCases[] = {
    {.name = "UnknownKey", .lines = "wrok_dir: /w", .message = "wrok_dir: unknown key"},
    {.name = "NullValue",
     .lines = "poll_interval: null",
     .message = "poll_interval: must be set, found null"},
    {.name = "Placeholder",
     .lines = "worker_id: ...",
     .message = "worker_id: must be set, found the placeholder \"...\""},
    {.name = "PlaceholderForAnotherType",
     .lines = "task_script: '...'",
     .message = "task_script: must be set, found the placeholder"},
    {.name = "PlaceholderInsideIsNotSeen",
     .lines = "credentials: {clientId: '...'}",
     .message = ""},
    {.name = "FloatForInteger",
     .lines = "poll_interval: 5.0",
     .message = "poll_interval: expected an integer, found a number"},
    {.name = "StringForInteger",
     .lines = "poll_interval: '5'",
     .message = "poll_interval: expected an integer, found a string"},
    {.name = "BooleanForInteger",
     .lines = "poll_interval: true",
     .message = "poll_interval: expected an integer, found a boolean"},
    {.name = "IntegerForBoolean",
     .lines = "verbose: 1",
     .message = "verbose: expected true or false, found an integer"},
    {.name = "StringForBoolean",
     .lines = "verbose: 'true'",
     .message = "verbose: expected true or false, found a string"},
    {.name = "YesIsABoolean", .lines = "verbose: yes", .message = ""},
    {.name = "OctalIsAnInteger", .lines = "poll_interval: 010", .message = ""},
    {.name = "StringForList",
     .lines = "task_script: bash",
     .message = "task_script: expected a list, found a string"},
    {.name = "ListForMapping",
     .lines = "reversed_statuses: []",
     .message = "reversed_statuses: expected a mapping, found a list"},
    {.name = "IntegerForString",
     .lines = "github_oauth_token: 5",
     .message = "github_oauth_token: expected a string, found an integer"},
    {.name = "NegativeInterval",
     .lines = "poll_interval: -1",
     .message = "poll_interval: must be at least 0, found -1"},
    {.name = "ReclaimWithoutPause",
     .lines = "reclaim_interval: 0",
     .message = "reclaim_interval: must be at least 1, found 0"},
    {.name = "TimeoutThatWouldBeASuccess",
     .lines = "task_max_timeout_status: 0",
     .message = "task_max_timeout_status: must be at least 1, found 0"},
    {.name = "HugeInterval",
     .lines = "poll_interval: 3000000000",
     .message = "poll_interval: must be at most 2147483647, found 3000000000"},
    {.name = "IntegerBeyondSixtyThreeBits",
     .lines = "poll_interval: 18446744073709551615",
     .message = "poll_interval: must be at most 2147483647, found 18446744073709551615"},
    {.name = "NulInAPath",
     .lines = "state_dir: \"/s\\0/x\"",
     .message = "state_dir: must not have the character NUL (\\0) in it"},
    {.name = "NulInTheProduct",
     .lines = "cot_product: \"fire\\0fox\"",
     .message = "cot_product: must not have the character NUL"},
    {.name = "NulInAList",
     .lines = "task_script: [bash, \"a\\0b\"]",
     .message = "task_script[1]: must not have the character NUL"},
    {.name = "NulDeepInAMapping",
     .lines = "sandbox: {landlock: true, writable: [\"/tmp\\0\"]}",
     .message = "sandbox.writable[0]: must not have the character NUL"},
    {.name = "NulInTheCredentials",
     .lines = "credentials: {clientId: me, accessToken: \"a\\0b\"}",
     .message = "credentials.accessToken: must not have the character NUL"},
    {.name = "NulInTheProductsValue",
     .lines = "ca_bundle: {by-cot-product: {firefox: \"/c\\0\"}}\ncot_product: firefox",
     .message = "ca_bundle.by-cot-product.firefox: must not have the character NUL"},
    {.name = "IdentifierOfOtherCharacters",
     .lines = "worker_type: a/b",
     .message = "worker_type: Taskcluster requires 1 to 38 of the characters "
                "a-z A-Z 0-9 - _, found \"a/b\""},
    {.name = "IdentifierTooLong",
     .lines = "worker_group: a23456789012345678901234567890123456789",
     .message = "worker_group: Taskcluster requires"},
    {.name = "IdentifierOfMaximalLength",
     .lines = "worker_group: a2345678901234567890123456789012345678",
     .message = ""},
    {.name = "IdentifierEmpty",
     .lines = "provisioner_id: ''",
     .message = "provisioner_id: Taskcluster requires"},
    {.name = "IdentifierWithNewline",
     .lines = "worker_id: \"a\\n\"",
     .message = "worker_id: Taskcluster requires"},
    {.name = "IdentifierOfAnotherType",
     .lines = "worker_id: 5",
     .message = "worker_id: expected a string, found an integer"},
    {.name = "ProductMayBeNull", .lines = "cot_product: null", .message = ""},
    {.name = "ProductOfAnotherType",
     .lines = "cot_product: [firefox]",
     .message = "cot_product: expected a string or null, found a list"},
    {.name = "ProductsValueMayBeNullWithoutProduct",
     .lines = "valid_tasks_for: null",
     .message = ""},
    {.name = "ProductsValueMayNotBeNullWithOne",
     .lines = "valid_tasks_for: null\ncot_product: firefox",
     .message = "valid_tasks_for: must be set for the cot_product \"firefox\", "
                "found null"},
};

TEST(SettingsTest, EachRuleIsReportedWithLineAndKey) {
  for (const DefectCase& c : kDefectCases) {
    const Result result = ReadWith(c.lines);
    if (c.message.empty()) {
      EXPECT_EQ(result.defects, "") << c.name;
    } else {
      EXPECT_THAT(result.defects,
                  testing::StartsWith(absl::StrCat("w.yml:", kFirstOwnLine, ": ", c.message)))
          << c.name;
      EXPECT_THAT(result.defects, Not(HasSubstr("\n"))) << c.name;
    }
  }
}

TEST(SettingsTest, KeysThatHaveToBeSetAreNamed) {
  EXPECT_EQ(Read("{}").defects,
            "w.yml: work_dir: must be set\n"
            "w.yml: artifact_dir: must be set\n"
            "w.yml: task_log_dir: must be set\n"
            "w.yml: log_dir: must be set\n"
            "w.yml: ed25519_private_key_path: must be set");
}

TEST(SettingsTest, WhoeverDoesNotSignNeedsNoKey) {
  const Result result = Read(
      "work_dir: /w\nartifact_dir: /a\ntask_log_dir: /a/l\nlog_dir: /l\n"
      "sign_chain_of_trust: false\n");
  EXPECT_EQ(result.defects, "");
  EXPECT_EQ(result.settings.String("ed25519_private_key_path"), "");
}

TEST(SettingsTest, AFileThatIsNoMappingIsRefused) {
  EXPECT_THAT(Read("").defects, HasSubstr("the file is empty"));
  EXPECT_THAT(Read("[1]").defects, HasSubstr("w.yml:1: expected a mapping of keys, found a list"));
  EXPECT_THAT(Read("text").defects, HasSubstr("found a string"));
}

TEST(SettingsTest, AllDefectsAreReportedTogether) {
  EXPECT_EQ(ReadWith("a: 1\npoll_interval: x\nb: 2\n").defects,
            "w.yml:6: a: unknown key\n"
            "w.yml:7: poll_interval: expected an integer, found a string\n"
            "w.yml:8: b: unknown key");
}

TEST(SettingsTest, ADefectiveKeyKeepsItsDefault) {
  EXPECT_EQ(ReadWith("poll_interval: x").settings.Int("poll_interval"), 10);
}

struct ByProductCase {
  std::string_view name;
  std::string_view lines;
  std::optional<int64_t> poll_interval;  // nullopt: a defect
  std::string_view message;
};

constexpr ByProductCase kByProductCases[] = {
    {.name = "TheProductsEntryIsTaken",
     .lines = "poll_interval: {by-cot-product: {firefox: 7, xpi: 8}}\n"
              "cot_product: xpi",
     .poll_interval = 8,
     .message = ""},
    {.name = "WithoutAnEntry",
     .lines = "poll_interval: {by-cot-product: {firefox: 7}}\n"
              "cot_product: xpi",
     .poll_interval = std::nullopt,
     .message = "w.yml:6: poll_interval: has no entry for the cot_product "
                "\"xpi\""},
    {.name = "WithoutAProductItIsNull",
     .lines = "poll_interval: {by-cot-product: {firefox: 7}}",
     .poll_interval = std::nullopt,
     .message = "w.yml:6: poll_interval: must be set, found null"},
    {.name = "TheEntryIsChecked",
     .lines = "poll_interval:\n  by-cot-product:\n    xpi: x\n"
              "cot_product: xpi",
     .poll_interval = std::nullopt,
     .message = "w.yml:8: poll_interval.by-cot-product.xpi: expected an "
                "integer, found a string"},
    {.name = "NoMappingOfProducts",
     .lines = "poll_interval: {by-cot-product: 7}\ncot_product: xpi",
     .poll_interval = std::nullopt,
     .message = "w.yml:6: poll_interval.by-cot-product: expected a mapping of "
                "products, found an integer"},
};

TEST(SettingsTest, ByCotProductWorksForAnyKey) {
  for (const ByProductCase& c : kByProductCases) {
    const Result result = ReadWith(c.lines);
    EXPECT_EQ(result.defects, c.message) << c.name;
    if (c.poll_interval.has_value()) {
      EXPECT_EQ(result.settings.Int("poll_interval"), *c.poll_interval) << c.name;
    }
  }
}

TEST(SettingsTest, AProductsKeyIsNothingWithoutAProduct) {
  const Result result = ReadWith("valid_tasks_for: {by-cot-product: {firefox: [cron]}}");
  EXPECT_EQ(result.defects, "");
  EXPECT_EQ(result.settings.InFile("valid_tasks_for"), nullptr);
}

TEST(SettingsTest, TheEnvironmentReplacesTwoDefaults) {
  const Environment environment(
      {{"TASKCLUSTER_ROOT_URL", "https://tc.example.com"}, {"SCRIPTWORKER_WORKER_ID", "from-env"}});
  const Result defaults = Read(kRequired, environment);
  EXPECT_EQ(defaults.settings.String("taskcluster_root_url"), "https://tc.example.com");
  EXPECT_EQ(defaults.settings.String("worker_id"), "from-env");
  const Result file = ReadWith("worker_id: from-file", environment);
  EXPECT_EQ(file.settings.String("worker_id"), "from-file");
}

TEST(SettingsTest, AValueOfTheEnvironmentIsCheckedToo) {
  EXPECT_EQ(Read(kRequired, Environment(Environment::Variables{{"SCRIPTWORKER_WORKER_ID", "a b"}}))
                .defects,
            "w.yml: worker_id: Taskcluster requires 1 to 38 of the characters a-z "
            "A-Z 0-9 - _, found \"a b\" (from the variable SCRIPTWORKER_WORKER_ID)");
}

TEST(SettingsTest, AValueOfTheEnvironmentThatTheFileReplacesDoesNotMatter) {
  const Result file =
      ReadWith("worker_id: from-file",
               Environment(Environment::Variables{{"SCRIPTWORKER_WORKER_ID", "a b"}}));
  EXPECT_EQ(file.defects, "");
  EXPECT_EQ(file.settings.String("worker_id"), "from-file");
}

TEST(SettingsTest, RefuseNamesThePlaceOfTheValue) {
  const auto document =
      json::ParseYamlWithMarks(absl::StrCat(kRequired, "task_script:\n  - bash\n  - 5\n")).value();
  cot::DefectList defects("w.yml", document.marks);
  const Settings settings = Settings::Read(document.value, Environment(), defects);
  settings.Refuse("task_script", "/1", "is odd", defects);
  settings.Refuse("poll_interval", "", "is no good default", defects);
  EXPECT_EQ(defects.ToStatus().message(),
            "w.yml:8: task_script[1]: is odd\n"
            "w.yml: poll_interval: is no good default");
}

}  // namespace
}  // namespace scriptworker::worker
