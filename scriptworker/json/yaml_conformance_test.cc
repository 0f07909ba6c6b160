// SPDX-License-Identifier: MPL-2.0
// Runs yaml-test-suite from CORPORA_DIR/yaml through ParseYamlStream. The suite is
// for YAML 1.2, ours is the YAML 1.1 of the reference: Differences() lists every
// case that differs. docs/yaml.md explains them.
#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "gtest/gtest.h"
#include "scriptworker/base/file.h"
#include "scriptworker/json/json.h"
#include "scriptworker/json/yaml.h"

namespace scriptworker::json {
namespace {

constexpr size_t kMaxBytes = 1 << 20;

struct Difference {
  std::string_view reason;
  std::vector<std::string_view> cases;
};

const std::vector<Difference>& Differences() {
  static const auto& differences = *new std::vector<Difference>{
      {"a tab before or between tokens is refused, as PyYAML does",
       {"6BCT", "6CA3", "6HB6", "A2M4", "DC7X", "DK95/0", "DK95/3", "DK95/4", "DK95/5", "DK95/7",
        "HS5T", "J3BT", "K54U", "NB6Z", "Q5MG", "UV7Q", "Y79Y/10", "Y79Y/2"}},
      {"a mapping or sequence as a key cannot be in JSON (PyYAML: unhashable key)",
       {"4FJ6", "6BFJ", "6PBE", "9MMW", "KK5P", "LX3P", "M2N8/0", "M2N8/1", "M5DY", "Q9WF", "RZP5",
        "SBG9", "V9D5", "X38W", "XW4D"}},
      {"tags of other types are refused: local ones (PyYAML: no constructor), and !!set, !!omap, "
       "!!binary, which JSON cannot hold",
       {"2XXW", "565N", "5TYM", "6CK3", "6WLZ", "7FWL", "9WXW", "C4HZ", "CC74", "CUP7", "J7PZ",
        "M5C3", "P76L", "UGM3", "Z67P", "Z9M4"}},
      {"PyYAML knows no empty key, and in a flow collection ends a plain scalar before \":\" and "
       "takes \":\" for a value indicator",
       {"2JQS", "58MP", "5T43", "6M2F", "CFD4", "DBG4", "FRK4", "HM87/0", "NHX8", "NKF9", "S3PD",
        "SM9W/1", "UKK6/0"}},
      {"in a flow collection PyYAML wants the \":\" on the line of its key, and no \"?\" within a "
       "plain scalar",
       {"4MUZ/0", "4MUZ/1", "4MUZ/2", "5MUD", "9SA2", "JR7V", "K3WX", "NJ66", "UT92", "VJP3/1"}},
      {"an anchor defined twice is refused by PyYAML, and so are other names than letters, digits, "
       "\"-\" and \"_\"",
       {"2SXE", "3GZX", "8XYN", "PW8X", "W5VH"}},
      {"scalars have the types of YAML 1.1 (base 60), and \"!\" states no type", {"U9NS"}},
      {"invalid, but PyYAML reads it",
       {"9C9N", "9JBA", "CVW2", "DK95/1", "EB22", "G5U8", "MUS6/1", "QB6E", "RHX7", "S98Z", "SU5Z",
        "YJV2"}},
      {"after \"...\" PyYAML wants \"---\"; it takes a line with \"%\" for a directive wherever a "
       "token may begin, and wants blanks and versions in directives as in YAML 1.1",
       {"7Z25", "M7A3", "MUS6/3", "W4TN", "ZYU8/0", "ZYU8/1", "ZYU8/2"}},
      {"a block scalar at the top must be indented (PyYAML)", {"DK3J", "FP8R"}},
      {"stricter than the reference: yaml-cpp cannot read it or would read it differently",
       {"2LFX", "52DL", "652Z", "6LVF", "8KB6", "8MK2", "9BXH", "DFF7", "HM87/1", "JEF9/2",
        "L24T/1", "MUS6/2", "MUS6/5", "MUS6/6", "S4JQ", "UKK6/2", "Y2GN", "ZYU8/3"}},
      {"laxer than the reference: yaml-cpp reads it, and the text alone does not tell",
       {"G9HC", "H7J7", "HWV9", "QT73"}},
  };
  return differences;
}

// The suite shows blanks and line ends with visible characters.
std::string ShownAsIs(std::string_view text) {
  return absl::StrReplaceAll(
      text,
      {{"␣", " "}, {"—", ""}, {"»", "\t"}, {"←", "\r"}, {"⇔", "\ufeff"}, {"↵", ""}, {"∎\n", ""}});
}

std::string Text(const Value& test, std::string_view key) {
  const Value* const text = test.Find(key);
  return text == nullptr || !text->is_string() ? "" : ShownAsIs(text->string_value());
}

// The JSON values of a test, one per document.
std::vector<Value> Expected(std::string text) {
  std::vector<Value> values;
  while (text.find_first_not_of(" \n\t") != std::string::npos) {
    size_t consumed = 0;
    const absl::StatusOr<Value> value = ParsePrefix(text, &consumed);
    EXPECT_TRUE(value.ok()) << value.status() << text;
    if (!value.ok()) break;
    values.push_back(*value);
    text.erase(0, consumed);
  }
  return values;
}

// What our result differs in from what the suite wants; empty if it agrees.
std::string Judge(const Value& test, const Value* json) {
  const absl::StatusOr<std::vector<Value>> documents = ParseYamlStream(
      Text(test, "yaml"), {.source = "", .other_keys = YamlOptions::OtherKeys::kAsJsonText});
  if (test.Find("fail") != nullptr) return documents.ok() ? "accepted, should be refused" : "";
  if (!documents.ok()) return absl::StrCat("refused: ", documents.status().message());
  if (json == nullptr || !json->is_string()) return "";
  const std::vector<Value> expected = Expected(ShownAsIs(json->string_value()));
  if (*documents == expected) return "";
  std::string difference = "read as";
  for (const Value& document : *documents) absl::StrAppend(&difference, " ", document);
  return difference;
}

TEST(YamlConformanceTest, DiffersFromYamlTestSuiteOnlyAsListed) {
  const char* const corpora = std::getenv("CORPORA_DIR");
  if (corpora == nullptr) {
    GTEST_SKIP() << "SKIPPED yaml-test-suite: CORPORA_DIR is not set";
  }
  std::map<std::string, std::string> differences;  // by case
  std::set<std::string> agreeing;
  std::set<std::string> files_that_differ;
  int files = 0;
  for (const auto& entry :
       std::filesystem::directory_iterator(absl::StrCat(corpora, "/yaml/yaml-test-suite"))) {
    ++files;
    const std::string id = entry.path().stem().string();
    const absl::StatusOr<std::string> text = ReadFile(entry.path().string(), kMaxBytes);
    ASSERT_TRUE(text.ok()) << text.status();
    const absl::StatusOr<Value> tests = ParseYaml(*text, {.source = id});
    ASSERT_TRUE(tests.ok()) << tests.status();
    const Value* json = nullptr;
    for (size_t i = 0; i < tests->array().size(); ++i) {
      const Value& test = tests->array()[i];
      // A later test of a file may leave out what stays the same.
      if (test.Find("json") != nullptr || test.Find("tree") != nullptr) json = test.Find("json");
      const std::string name = tests->array().size() == 1 ? id : absl::StrCat(id, "/", i);
      const std::string difference = Judge(test, json);
      if (difference.empty()) {
        agreeing.insert(name);
      } else {
        differences[name] = difference;
        files_that_differ.insert(id);
      }
    }
  }
  std::cout << "yaml-test-suite " << files - static_cast<int>(files_that_differ.size()) << "/"
            << files << " files, " << agreeing.size() << "/" << agreeing.size() + differences.size()
            << " cases (differences listed)\n";
  for (const Difference& listed : Differences()) {
    std::cout << "  " << listed.cases.size() << " cases: " << listed.reason << "\n";
    for (const std::string_view name : listed.cases) {
      EXPECT_EQ(differences.erase(std::string(name)), 1u) << name << " agrees now";
    }
  }
  for (const auto& [name, difference] : differences) {
    ADD_FAILURE() << name << ": " << difference;
  }
  EXPECT_GT(files, 0);
}

}  // namespace
}  // namespace scriptworker::json
