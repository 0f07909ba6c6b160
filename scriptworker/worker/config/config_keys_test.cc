// SPDX-License-Identifier: MPL-2.0
//
// The table of keys against what it has to agree with: the documentation, the
// reference's defaults, the policy's keys and the fixture that sets each key.
#include "scriptworker/worker/config/config_keys.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "cot/policy/policy_fields.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "scriptworker/base/testing/test_file.h"
#include "scriptworker/json/json.h"
#include "scriptworker/json/yaml.h"

namespace scriptworker::worker {
namespace {

using ::scriptworker::json::Value;
using ::testing::ElementsAre;
using ::testing::ElementsAreArray;
using ::testing::UnorderedElementsAre;
using ::testing::UnorderedElementsAreArray;

using Kind = ConfigKey::Kind;

Value ReferenceDefaults(std::string_view release) {
  return json::Parse(
             ReadTestFile(absl::StrCat("testdata/policy/reference_defaults_", release, ".json")))
      .value();
}

std::vector<std::string_view> NamesOf(Kind kind) {
  std::vector<std::string_view> names;
  for (const ConfigKey& key : ConfigKeys()) {
    if (key.kind == kind) names.push_back(key.name);
  }
  return names;
}

// The columns of each row of the documentation's tables of keys.
std::vector<std::vector<std::string>> DocumentedKeys() {
  std::vector<std::vector<std::string>> rows;
  const std::string text = ReadTestFile("docs/configuration.md");
  for (std::string_view line : absl::StrSplit(text, '\n')) {
    if (!absl::StartsWith(line, "| `")) continue;
    rows.push_back(absl::StrSplit(line.substr(2), absl::MaxSplits(" | ", 3)));
  }
  return rows;
}

std::string DocumentedDefault(const ConfigKey& key) {
  if (key.kind == Kind::kCredentials) return "see below";
  if (key.kind != Kind::kWorker) return "from the policy";
  if (key.default_json.empty()) return "must be set";
  return absl::StrCat("`", key.default_json, "`");
}

TEST(ConfigKeysTest, EachKeyIsDocumentedWithTypeAndDefault) {
  std::vector<std::string> documented, expected;
  for (const std::vector<std::string>& row : DocumentedKeys()) {
    ASSERT_EQ(row.size(), 4) << row[0];
    documented.push_back(absl::StrCat(row[0], " ", row[1], " ", row[2]));
    EXPECT_EQ(absl::StrContains(row[3], "Not a key of the reference"),
              FindConfigKey(absl::StripSuffix(row[0].substr(1), "`"))->extension)
        << row[0];
  }
  for (const ConfigKey& key : ConfigKeys()) {
    std::string_view type = KeyTypeName(key.type);
    if (!absl::ConsumePrefix(&type, "an ")) absl::ConsumePrefix(&type, "a ");
    expected.push_back(absl::StrCat("`", key.name, "` ", type, " ", DocumentedDefault(key)));
  }
  EXPECT_THAT(documented, ElementsAreArray(expected));
}

TEST(ConfigKeysTest, TheKeysAreTheReferencesAndTheExtensions) {
  const Value reference = ReferenceDefaults("63.4.2");
  std::vector<std::string_view> theirs, ours;
  for (const auto& [key, value] : reference.object()) {
    if (key != "_comment") theirs.push_back(key);
  }
  for (const ConfigKey& key : ConfigKeys()) {
    if (!key.extension) ours.push_back(key.name);
  }
  EXPECT_THAT(ours, UnorderedElementsAreArray(theirs));
}

std::vector<std::string_view> KeysWithAnotherDefaultThanIn(std::string_view release) {
  const Value reference = ReferenceDefaults(release);
  std::vector<std::string_view> keys;
  for (const ConfigKey& key : ConfigKeys()) {
    if (key.kind != Kind::kWorker || key.extension) continue;
    const Value theirs = *reference.Find(key.name);
    const Value ours =
        key.default_json.empty() ? Value("...") : json::Parse(key.default_json).value();
    if (ours != theirs) keys.push_back(key.name);
  }
  return keys;
}

TEST(ConfigKeysTest, TheDefaultsAreTheReferencesButForTheKnownOnes) {
  EXPECT_THAT(KeysWithAnotherDefaultThanIn("63.4.2"), ElementsAre("max_concurrent_downloads"));
  EXPECT_THAT(
      KeysWithAnotherDefaultThanIn("42.2.0"),
      UnorderedElementsAre("max_concurrent_downloads", "task_max_timeout_status", "cot_product"));
}

TEST(ConfigKeysTest, ThePolicysKeysAreKeysOfTheFileToo) {
  EXPECT_THAT(NamesOf(Kind::kPolicy), UnorderedElementsAreArray(cot::CommonKeys()));
  EXPECT_THAT(NamesOf(Kind::kProduct), UnorderedElementsAreArray(cot::ProductKeys()));
}

TEST(ConfigKeysTest, TheFullFixtureSetsEachKeyToAnotherValue) {
  const Value full = json::ParseYaml(ReadTestFile("testdata/config/full.yaml"),
                                     {.other_keys = json::YamlOptions::OtherKeys::kAsJsonText})
                         .value();
  for (const ConfigKey& key : ConfigKeys()) {
    const Value* value = full.Find(key.name);
    ASSERT_NE(value, nullptr) << key.name;
    if (key.kind == Kind::kWorker && !key.default_json.empty() && key.name != "cot_policy_path") {
      EXPECT_NE(*value, json::Parse(key.default_json).value()) << key.name;
    }
  }
  EXPECT_EQ(full.object().size(), ConfigKeys().size());
}

TEST(ConfigKeysTest, AnUnknownKeyIsNotFound) {
  EXPECT_EQ(FindConfigKey("wrok_dir"), nullptr);
  ASSERT_NE(FindConfigKey("work_dir"), nullptr);
  EXPECT_EQ(FindConfigKey("work_dir")->name, "work_dir");
}

}  // namespace
}  // namespace scriptworker::worker
