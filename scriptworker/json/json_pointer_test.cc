// SPDX-License-Identifier: MPL-2.0
#include "scriptworker/json/json_pointer.h"

#include <string>
#include <string_view>

#include "gtest/gtest.h"
#include "scriptworker/json/json.h"

namespace scriptworker::json {
namespace {

// The document and the table of RFC 6901, section 5.
TEST(JsonPointerTest, EvaluatesTheExamplesOfTheRfc) {
  const Value document = *Parse(R"({
      "foo": ["bar", "baz"], "": 0, "a/b": 1, "c%d": 2, "e^f": 3, "g|h": 4,
      "i\\j": 5, "k\"l": 6, " ": 7, "m~n": 8})");
  EXPECT_EQ(FindByPointer(document, ""), &document);
  struct Case {
    std::string_view pointer;
    Value expected;
  };
  const Case kCases[] = {
      {"/foo", Array{"bar", "baz"}},
      {"/foo/0", "bar"},
      {"/", 0},
      {"/a~1b", 1},
      {"/c%d", 2},
      {"/e^f", 3},
      {"/g|h", 4},
      {"/i\\j", 5},
      {"/k\"l", 6},
      {"/ ", 7},
      {"/m~0n", 8},
  };
  for (const Case& c : kCases) {
    const Value* const found = FindByPointer(document, c.pointer);
    ASSERT_NE(found, nullptr) << c.pointer;
    EXPECT_EQ(*found, c.expected) << c.pointer;
  }
}

TEST(JsonPointerTest, FindsNothingForWhatIsAbsentOrMalformed) {
  const Value document = *Parse(R"({"foo": ["bar", "baz"], "x": 1, "~": 2})");
  for (const std::string_view pointer :
       {"foo", "/foo/2", "/foo/-", "/foo/00", "/foo/+1", "/foo/ 1", "/foo/",
        "/foo/99999999999999999999", "/x/y", "/~", "/~2", "/absent"}) {
    EXPECT_EQ(FindByPointer(document, pointer), nullptr) << pointer;
  }
}

TEST(JsonPointerTest, AppendsEscapedTokens) {
  std::string pointer;
  AppendPointerToken("a/b", &pointer);
  AppendPointerToken("m~n", &pointer);
  AppendPointerToken("", &pointer);
  EXPECT_EQ(pointer, "/a~1b/m~0n/");
}

}  // namespace
}  // namespace scriptworker::json
