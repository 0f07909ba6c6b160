// SPDX-License-Identifier: MPL-2.0
// Runs json-e's own specification (specification.yml of version 4.8.4, from the
// folder that CORPORA_DIR names) through the public Render, each case as a test
// of its own name.

#include <cstdlib>
#include <fstream>
#include <iostream>
#include <sstream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/time/time.h"
#include "gtest/gtest.h"
#include "scriptworker/json/value.h"
#include "scriptworker/json/yaml.h"
#include "scriptworker/jsone/context.h"
#include "scriptworker/jsone/from_now.h"
#include "scriptworker/jsone/render.h"

namespace scriptworker::jsone {
namespace {

// The specification's fixed clock.
constexpr std::string_view kNow = "2017-01-19T16:27:20.974Z";

class SpecificationCase : public testing::Test {
 public:
  explicit SpecificationCase(json::Value document) : document_(std::move(document)) {}

  void TestBody() override {
    const json::Value* tmpl = document_.Find("template");
    const json::Value* variables = document_.Find("context");
    ASSERT_NE(tmpl, nullptr);
    ASSERT_NE(variables, nullptr);
    absl::StatusOr<absl::Time> now = ParseTimestamp(kNow);
    ASSERT_TRUE(now.ok());
    Context context(*now);
    context.SetAll(variables->object());

    const absl::StatusOr<json::Value> result = Render(*tmpl, context);

    const json::Value* error = document_.Find("error");
    if (error == nullptr) {
      ASSERT_TRUE(result.ok()) << result.status();
      const json::Value* expected = document_.Find("result");
      ASSERT_NE(expected, nullptr);
      EXPECT_EQ(*result, *expected);
    } else if (error->is_string()) {
      ASSERT_FALSE(result.ok()) << "rendered " << absl::StrCat(*result);
      EXPECT_EQ(result.status().message(), error->string_value());
    } else {
      EXPECT_FALSE(result.ok()) << "rendered " << absl::StrCat(*result);
    }
  }

 private:
  const json::Value document_;
};

std::string TestName(std::string_view title, size_t index) {
  std::string name = absl::StrCat("Case", index, "_");
  for (const char c : title) {
    name.push_back(absl::ascii_isalnum(static_cast<unsigned char>(c)) ? c : '_');
  }
  return name;
}

// Returns the number of cases, or -1 if the text could not be read.
int RegisterCases(const std::string& text) {
  int count = 0;
  for (std::string_view part : absl::StrSplit(text, "\n---\n")) {
    absl::StatusOr<json::Value> document = json::ParseYaml(part, {.allow_big_integers = true});
    if (!document.ok()) {
      std::cerr << document.status() << "\n" << part << "\n";
      return -1;
    }
    const json::Value* title = document->Find("title");
    if (title == nullptr) continue;
    ++count;
    const std::string name = TestName(title->string_value(), static_cast<size_t>(count));
    testing::RegisterTest("Specification", name.c_str(), nullptr, nullptr, __FILE__, __LINE__,
                          [document = *std::move(document)]() -> testing::Test* {
                            return new SpecificationCase(document);
                          });
  }
  return count;
}

}  // namespace
}  // namespace scriptworker::jsone

int main(int argc, char** argv) {
  testing::InitGoogleTest(&argc, argv);
  const char* folder = std::getenv("CORPORA_DIR");
  if (folder == nullptr || *folder == '\0') {
    std::cout << "SKIPPED json-e specification: CORPORA_DIR is not set\n";
    return 0;
  }
  const std::string path = absl::StrCat(folder, "/jsone/specification.yml");
  std::ifstream file(path);
  std::stringstream text;
  text << file.rdbuf();
  if (!file) {
    std::cerr << "cannot read " << path << "\n";
    return 1;
  }
  const int count = scriptworker::jsone::RegisterCases(text.str());
  if (count <= 0) return 1;
  testing::UnitTest& tests = *testing::UnitTest::GetInstance();
  const int status = RUN_ALL_TESTS();
  std::cout << "json-e " << tests.successful_test_count() << "/" << count << "\n";
  return status != 0 || tests.successful_test_count() != count ? 1 : 0;
}
