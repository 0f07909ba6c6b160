// SPDX-License-Identifier: MPL-2.0
//
// The built-in policy against the reference's default configuration.
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status_matchers.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "cot/policy/policy.h"
#include "cot/policy/policy_fields.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "scriptworker/base/testing/test_file.h"
#include "scriptworker/json/json.h"
#include "scriptworker/json/yaml.h"

namespace cot {
namespace {

using ::absl_testing::IsOk;
using ::scriptworker::ReadTestFile;
using ::scriptworker::json::Object;
using ::scriptworker::json::Value;
using ::testing::IsEmpty;
using ::testing::Optional;
using ::testing::UnorderedElementsAreArray;

Value ReferenceDefaults(std::string_view release) {
  return scriptworker::json::Parse(
             ReadTestFile(absl::StrCat("testdata/policy/reference_defaults_", release, ".json")))
      .value();
}

Value OurDefaults() {
  return scriptworker::json::ParseYaml(ReadTestFile("cot/policy/firefox-ci.yml")).value();
}

// In the reference these are part of the program.
Value ReferencesHosts() {
  return scriptworker::json::Parse(R"({
      "hg": {"host": "hg.mozilla.org", "url": "https://hg.mozilla.org"},
      "github": {"host": "github.com", "url": "https://github.com",
                 "api_url": "https://api.github.com",
                 "raw_url": "https://raw.githubusercontent.com"}})")
      .value();
}

// The reference's keys that a policy holds, arranged as a policy is.
Value AsPolicy(const Value& config) {
  Object policy;
  for (std::string_view key : CommonKeys()) {
    policy.Set(key, key == "source_hosts" ? ReferencesHosts() : *config.Find(key));
  }
  Value products{Object()};
  for (std::string_view key : ProductKeys()) {
    for (const auto& [product, value] : config.Find(key)->Find("by-cot-product")->object()) {
      Value* entry = products.mutable_object()->FindOrAdd(product);
      if (entry->is_null()) *entry = Object();
      entry->mutable_object()->Set(key, value);
    }
  }
  policy.Set("products", products);
  return policy;
}

// One line per scalar, the elements of a list without their order.
void Flatten(const std::string& path, const Value& value, std::set<std::string>& lines) {
  if (value.is_object()) {
    for (const auto& [key, member] : value.object()) {
      Flatten(absl::StrCat(path, path.empty() ? "" : " ", key), member, lines);
    }
  } else if (value.is_array()) {
    for (const Value& element : value.array()) Flatten(path, element, lines);
  } else {
    lines.insert(absl::StrCat(path, " = ", scriptworker::json::FormatCompact(value)));
  }
}

std::set<std::string> Flattened(const Value& value) {
  std::set<std::string> lines;
  Flatten("", value, lines);
  return lines;
}

// The reference's rule means \d where it says \\d, so that it never matched a
// URL with a run in it.
constexpr std::string_view kReferencesRun = R"((/runs/\\\\d+)?)";
constexpr std::string_view kOurRun = R"((/runs/\\d+)?)";

Value WithWorkingRun(const Value& policy) {
  return scriptworker::json::Parse(
             absl::StrReplaceAll(scriptworker::json::Format(policy), {{kReferencesRun, kOurRun}}))
      .value();
}

TEST(DefaultPolicyTest, WhatIsBuiltInIsTheDocument) {
  const auto built_in = scriptworker::json::Parse(DefaultPolicyJson());
  ASSERT_THAT(built_in, IsOk());
  EXPECT_EQ(*built_in, OurDefaults());
}

TEST(DefaultPolicyTest, LoadsWithoutWarning) {
  const auto loaded = LoadDefaultPolicy();
  ASSERT_THAT(loaded, IsOk());
  EXPECT_THAT(loaded->warnings, IsEmpty());
}

TEST(DefaultPolicyTest, EveryValueIsTheReferencesButForTheRunInArtifactUrls) {
  const Value reference = AsPolicy(ReferenceDefaults("63.4.2"));
  EXPECT_EQ(OurDefaults(), WithWorkingRun(reference));
  EXPECT_NE(OurDefaults(), reference);
}

TEST(DefaultPolicyTest, AcceptsArtifactUrlsWithARun) {
  const auto loaded = LoadDefaultPolicy();
  ASSERT_THAT(loaded, IsOk());
  const PathPattern& pattern = loaded->policy.artifact_rules[1].path_patterns[0];
  EXPECT_THAT(pattern.Match("/api/queue/v1/task/T/runs/0/artifacts/public/a"),
              Optional(testing::Contains(testing::Pair("filepath", "public/a"))));
}

TEST(DefaultPolicyTest, AllThatIsOtherThanIn42_2_0IsKnown) {
  const std::set<std::string> now = Flattened(OurDefaults());
  const std::set<std::string> then =
      Flattened(WithWorkingRun(AsPolicy(ReferenceDefaults("42.2.0"))));
  std::vector<std::string> changes;
  for (const std::string& line : then) {
    if (!now.contains(line)) changes.push_back(absl::StrCat("- ", line));
  }
  for (const std::string& line : now) {
    if (!then.contains(line)) changes.push_back(absl::StrCat("+ ", line));
  }
  std::vector<std::string> known;
  for (std::string_view line :
       absl::StrSplit(ReadTestFile("testdata/policy/changes_since_42.2.0.txt"), '\n')) {
    if (!line.empty() && !absl::StartsWith(line, "#")) known.emplace_back(line);
  }
  EXPECT_THAT(changes, UnorderedElementsAreArray(known));
}

}  // namespace
}  // namespace cot
