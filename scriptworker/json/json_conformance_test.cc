// SPDX-License-Identifier: MPL-2.0
// Runs JSONTestSuite from CORPORA_DIR/json/nst_test_parsing through Parse.
#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <set>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "scriptworker/base/file.h"
#include "scriptworker/json/json.h"

namespace scriptworker::json {
namespace {

TEST(JsonConformanceTest, AgreesWithJsonTestSuite) {
  const char* const corpora = std::getenv("CORPORA_DIR");
  if (corpora == nullptr) {
    GTEST_SKIP() << "SKIPPED JSONTestSuite: CORPORA_DIR is not set";
  }
  std::set<std::string> files;
  for (const auto& entry :
       std::filesystem::directory_iterator(absl::StrCat(corpora, "/json/nst_test_parsing"))) {
    files.insert(entry.path().string());
  }
  int accepted = 0;  // of the y_ files
  int must_accept = 0;
  int refused = 0;  // of the n_ files
  int must_refuse = 0;
  int either = 0;
  for (const std::string& file : files) {
    const absl::StatusOr<std::string> text = ReadFile(file, 16 << 20);
    ASSERT_TRUE(text.ok()) << text.status();
    // The suite has valid texts with repeated keys.
    const absl::StatusOr<Value> value =
        Parse(*text, {.source = file, .allow_duplicate_keys = true});
    switch (std::filesystem::path(file).filename().string()[0]) {
      case 'y':
        ++must_accept;
        EXPECT_TRUE(value.ok()) << value.status();
        if (value.ok()) ++accepted;
        break;
      case 'n':
        ++must_refuse;
        EXPECT_FALSE(value.ok()) << file;
        if (!value.ok()) ++refused;
        break;
      default:
        ++either;
    }
    if (value.ok()) {
      const absl::StatusOr<Value> again = Parse(Format(*value));
      ASSERT_TRUE(again.ok()) << file << ": " << again.status();
      EXPECT_EQ(*again, *value) << file;
    }
  }
  std::cout << "JSONTestSuite y " << accepted << "/" << must_accept << " n " << refused << "/"
            << must_refuse << " i " << either << " no crash\n";
  EXPECT_GT(must_accept, 0);
  EXPECT_GT(must_refuse, 0);
}

}  // namespace
}  // namespace scriptworker::json
