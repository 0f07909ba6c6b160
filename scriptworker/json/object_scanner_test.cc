// SPDX-License-Identifier: MPL-2.0
#include "scriptworker/json/object_scanner.h"

#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/status_matchers.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "scriptworker/json/format.h"
#include "scriptworker/json/json.h"
#include "scriptworker/json/value.h"

namespace scriptworker::json {
namespace {

using ::absl_testing::StatusIs;

// Written in pieces of `piece` bytes.
absl::StatusOr<Object> Scan(std::string_view text, size_t piece,
                            const ObjectScannerOptions& options = {}) {
  ObjectScanner scanner({"a", "b"}, options);
  for (size_t i = 0; i < text.size(); i += piece) {
    const absl::Status status = scanner.Write(text.substr(i, piece));
    if (!status.ok()) return status;
  }
  return scanner.Finish();
}

struct ScanCase {
  std::string_view name;
  std::string_view text;
  std::string_view found;  // empty: the text is refused
};

class ObjectScannerTest : public testing::TestWithParam<ScanCase> {};

TEST_P(ObjectScannerTest, GivesTheSameForEveryWayToCutTheText) {
  for (size_t piece = 1; piece <= GetParam().text.size() + 1; ++piece) {
    const absl::StatusOr<Object> found = Scan(GetParam().text, piece);
    if (GetParam().found.empty()) {
      EXPECT_THAT(found, StatusIs(absl::StatusCode::kInvalidArgument)) << piece;
    } else {
      ASSERT_TRUE(found.ok()) << found.status() << " in pieces of " << piece;
      EXPECT_EQ(FormatCompact(Value(*found)), GetParam().found) << piece;
    }
  }
}

TEST_P(ObjectScannerTest, AgreesWithParse) {
  // Parse allows any value, and here any key to be repeated.
  if (GetParam().name == "WantedKeyRepeated") return;
  const absl::StatusOr<Value> parsed = Parse(GetParam().text, {.allow_duplicate_keys = true});
  EXPECT_EQ(parsed.ok() && parsed->is_object(), !GetParam().found.empty());
}

constexpr ScanCase kCases[] = {
    {"Empty", "{}", "{}"},
    {"Nothing", R"({"x": [1, {"a": 2}], "y": null})", "{}"},
    {"One", R"({"x": 1, "a": {"z": [true, false, null]}})", R"({"a":{"z":[true,false,null]}})"},
    {"Both", R"( {"b" : "\u00e9\"" , "a":-1.5e3 } )", R"({"b":"\u00e9\"","a":-1500.0})"},
    {"EscapedKey", R"({"\u0061": 1})", R"({"a":1})"},
    {"SurrogatePair", R"({"x": "\ud83d\ude00", "a": "\ud83d\ude00"})", R"({"a":"\ud83d\ude00"})"},
    {"Utf8", "{\"x\": \"\xF0\x9F\x98\x80\xC3\xA9\", \"a\": 0}", R"({"a":0})"},
    {"EmptyContainers", R"({"a": [], "b": {}})", R"({"a":[],"b":{}})"},
    {"RepeatedUnwantedKey", R"({"x": 1, "x": 2})", "{}"},
    {"WantedKeyRepeated", R"({"a": 1, "a": 2})", ""},
    {"NoText", "", ""},
    {"Array", "[]", ""},
    {"Number", "1", ""},
    {"Unclosed", R"({"x": 1)", ""},
    {"TextBehind", "{} x", ""},
    {"TrailingComma", R"({"x": 1,})", ""},
    {"TrailingCommaInArray", R"({"x": [1,]})", ""},
    {"MissingColon", R"({"x" 1})", ""},
    {"MissingValue", R"({"x": })", ""},
    {"MissingComma", R"({"x": 1 "y": 2})", ""},
    {"WrongBracket", R"({"x": [1}})", ""},
    {"KeyNoString", "{1: 2}", ""},
    {"LeadingZero", R"({"x": 01})", ""},
    {"LonelyMinus", R"({"x": -})", ""},
    {"Overflow", R"({"x": 1e400})", ""},
    {"NotANumber", R"({"x": NaN})", ""},
    {"WordsTogether", R"({"x": truefalse})", ""},
    {"ControlCharacter", "{\"x\": \"\n\"}", ""},
    {"UnknownEscape", R"({"x": "\q"})", ""},
    {"ShortEscape", R"({"x": "\u12"})", ""},
    {"LoneHighSurrogate", R"({"x": "\ud83d"})", ""},
    {"LoneLowSurrogate", R"({"x": "\ude00"})", ""},
    {"HighSurrogateAndOther", R"({"x": "\ud83dx"})", ""},
    {"CutUtf8", "{\"x\": \"\xC3\"}", ""},
    {"OverlongUtf8", "{\"x\": \"\xC0\xAF\"}", ""},
    {"SurrogateUtf8", "{\"x\": \"\xED\xA0\x80\"}", ""},
    {"Unclosedstring", R"({"x": "abc)", ""},
};
INSTANTIATE_TEST_SUITE_P(Table, ObjectScannerTest, testing::ValuesIn(kCases),
                         [](const auto& info) { return std::string(info.param.name); });

TEST(ObjectScannerLimitTest, DepthIsBounded) {
  std::string text = R"({"x": )";
  for (int i = 0; i < 1000; ++i) text += "[";
  EXPECT_THAT(Scan(text, 64), StatusIs(absl::StatusCode::kInvalidArgument));
}

TEST(ObjectScannerLimitTest, AWantedMemberIsBounded) {
  const std::string text = absl::StrCat(R"({"x": ")", std::string(5000, 'x'), R"(", "a": ")",
                                        std::string(5000, 'x'), "\"}");
  EXPECT_THAT(Scan(text, 64, {.max_member_bytes = 1000}),
              StatusIs(absl::StatusCode::kResourceExhausted));
  EXPECT_TRUE(Scan(text, 64, {.max_member_bytes = 6000}).ok());
}

TEST(ObjectScannerLimitTest, AnErrorSaysWhereItIs) {
  EXPECT_THAT(Scan("{\"x\":\n [1, ?]}", 3, {.source = "graph.json"}),
              StatusIs(absl::StatusCode::kInvalidArgument, "graph.json:2:6: expected a value"));
}

}  // namespace
}  // namespace scriptworker::json
