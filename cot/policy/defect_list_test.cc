// SPDX-License-Identifier: MPL-2.0
#include "cot/policy/defect_list.h"

#include <string_view>

#include "absl/status/status.h"
#include "absl/status/status_matchers.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "scriptworker/json/yaml.h"

namespace cot {
namespace {

using ::absl_testing::IsOk;
using ::absl_testing::StatusIs;

TEST(KeyPathTest, IsWrittenAsAPersonWould) {
  EXPECT_EQ(KeyPath(""), "");
  EXPECT_EQ(KeyPath("/work_dir"), "work_dir");
  EXPECT_EQ(KeyPath("/a/b-c/0/d"), "a.b-c[0].d");
  EXPECT_EQ(KeyPath("/a/x:y~1*"), "a[\"x:y/*\"]");
  EXPECT_EQ(KeyPath("/245"), "245");
}

TEST(DefectListTest, IsOkWhenEmpty) {
  const scriptworker::json::YamlMarks marks;
  EXPECT_THAT(DefectList("f.yml", marks).ToStatus(), IsOk());
}

TEST(DefectListTest, ReportsInTheOrderOfTheDocumentAndAbsentKeysLast) {
  auto document = scriptworker::json::ParseYamlWithMarks("a: 1\nb:\n  - 2\n");
  ASSERT_THAT(document, IsOk());
  DefectList defects("f.yml", document->marks);
  defects.AddAbsentKey("c", "must be set");
  defects.Add("/b/0", "is odd");
  defects.Add("/a", "is even");
  defects.Add("/a", "is even twice");
  EXPECT_FALSE(defects.empty());
  EXPECT_THAT(defects.ToStatus(), StatusIs(absl::StatusCode::kInvalidArgument,
                                           "f.yml:1: a: is even\n"
                                           "f.yml:1: a: is even twice\n"
                                           "f.yml:3: b[0]: is odd\n"
                                           "f.yml: c: must be set"));
}

TEST(DefectListTest, ControlCharactersDoNotReachTheTerminal) {
  const scriptworker::json::YamlMarks marks;
  DefectList defects("f.yml", marks);
  defects.AddAbsentKey("a\nb", "found \"\x1b[2J\x7f\u009b\u00e9\"");
  EXPECT_EQ(defects.ToStatus().message(),
            "f.yml: a\\x0ab: found \"\\x1b[2J\\x7f\\xc2\\x9b\u00e9\"");
}

}  // namespace
}  // namespace cot
