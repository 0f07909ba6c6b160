// SPDX-License-Identifier: MPL-2.0
#include "scriptworker/json/json.h"

#include <cstdint>
#include <limits>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/status_matchers.h"
#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace scriptworker::json {
namespace {

using ::absl_testing::IsOk;
using ::absl_testing::IsOkAndHolds;
using ::absl_testing::StatusIs;

TEST(ParseTest, ReadsEveryKindOfValue) {
  struct Case {
    std::string_view text;
    Value expected;
  };
  const Case kCases[] = {
      {"null", nullptr},
      {"true", true},
      {" \t\r\nfalse \t\r\n", false},
      {"0", 0},
      {"-0", 0},
      {"-12", -12},
      {"9223372036854775807", std::numeric_limits<int64_t>::max()},
      {"-9223372036854775808", std::numeric_limits<int64_t>::min()},
      {"9223372036854775808", uint64_t{1} << 63},
      {"18446744073709551615", std::numeric_limits<uint64_t>::max()},
      {"1.5", 1.5},
      {"1e2", 100.0},
      {"1E+2", 100.0},
      {"25e-1", 2.5},
      {"1e-400", 0.0},
      {"1.7976931348623157e308", std::numeric_limits<double>::max()},
      {R"("")", ""},
      {R"("a\"\\\/\b\f\n\r\tz")", "a\"\\/\b\f\n\r\tz"},
      {R"("\u0041\u00e9\uFFFF\ud83d\uDE00")", "A\u00e9\uffff\U0001f600"},
      {"\"\u00e9\U0001f600\x7f\"", "\u00e9\U0001f600\x7f"},
      {"[]", Array()},
      {"[ 1 , [ ] , { } ]", Array{1, Array(), Object()}},
      {"{}", Object()},
      {R"({"a":1,"b":{"a":[2]}})", Object{{"a", 1}, {"b", Object{{"a", Array{2}}}}}},
  };
  for (const Case& c : kCases) {
    const absl::StatusOr<Value> value = Parse(c.text);
    ASSERT_THAT(value, IsOk()) << c.text;
    EXPECT_EQ(*value, c.expected) << c.text;
    EXPECT_EQ(value->type(), c.expected.type()) << c.text;
  }
}

TEST(ParseTest, KeepsTheOrderOfMembers) {
  EXPECT_EQ(FormatCompact(*Parse(R"({"b":1,"a":2,"c":3})")), R"({"b":1,"a":2,"c":3})");
}

TEST(ParseTest, RefusesWithThePositionAndTheReason) {
  struct Case {
    std::string_view text;
    std::string_view message;
  };
  const Case kCases[] = {
      {"", "1:1: expected a value, found the end of the text"},
      {"[1,]", "1:4: expected a value, found ']'"},
      {"[1 2]", "1:4: expected ',' or ']', found '2'"},
      {"{\n  \"a\": 1,\n  \"b\" 2\n}", "3:7: expected ':', found '2'"},
      {"{\"a\":1,}", "1:8: expected a string as key, found '}'"},
      {"{a:1}", "1:2: expected a string as key, found 'a'"},
      {"{\"a\":1 \"b\":2}", "1:8: expected ',' or '}', found '\"'"},
      {"[1", "1:3: expected ',' or ']', found the end of the text"},
      {"1 2", "1:3: expected the end of the text, found '2'"},
      {"nul", "1:1: expected a value, found 'n'"},
      {"NaN", "1:1: expected a value, found 'N'"},
      {"Infinity", "1:1: expected a value, found 'I'"},
      {"-Infinity", "1:2: expected a digit, found 'I'"},
      {"01", "1:1: a number must not begin with 0"},
      {"-", "1:2: expected a digit, found the end of the text"},
      {"1.", "1:3: expected a digit, found the end of the text"},
      {"1.e5", "1:3: expected a digit, found 'e'"},
      {"1e", "1:3: expected a digit, found the end of the text"},
      {"+1", "1:1: expected a value, found '+'"},
      {".5", "1:1: expected a value, found '.'"},
      {"[1e400]", "1:2: this number is too large for a double"},
      {"[-1e400]", "1:2: this number is too large for a double"},
      {"18446744073709551616", "1:1: this integer does not fit into 64 bits"},
      {"-9223372036854775809", "1:1: this integer does not fit into 64 bits"},
      {"100000000000000000000000", "1:1: this integer does not fit into 64 bits"},
      {"\"abc", "1:1: this string does not end"},
      {"\"a\nb\"", "1:3: the control character U+000A must be escaped in a string"},
      {"\"a\\x\"", "1:3: unknown escape"},
      {"\"\\", "1:2: unknown escape"},
      {"\"\\u12g4\"", "1:2: \\u needs four hexadecimal digits"},
      {"\"\\ud800\"", "1:2: lone surrogate"},
      {"\"\\udc00\"", "1:2: lone surrogate"},
      {"\"\\ud800\\u0041\"", "1:2: lone surrogate"},
      {"\"x\xff\"", "1:3: the byte 0xff is no UTF-8"},
      {"\"\xed\xa0\x80\"", "1:2: the byte 0xed is no UTF-8"},
      {"\"\xc0\xaf\"", "1:2: the byte 0xc0 is no UTF-8"},
      {"\xef\xbb\xbf{}", "1:1: a byte order mark is not allowed"},
      {"[\xff]", "1:2: expected a value, found the byte 0xff"},
      {"\xc2\xa0{}", "1:1: expected a value, found '\xc2\xa0'"},
      {"{\"a\":1,\n\"b\":2,\n\"a\":3}", "3:1: the key \"a\" is repeated"},
      {"{\"a\":1,\"\\u0061\":3}", "1:8: the key \"a\" is repeated"},
  };
  for (const Case& c : kCases) {
    EXPECT_THAT(Parse(c.text, {.source = "task.json"}),
                StatusIs(absl::StatusCode::kInvalidArgument, absl::StrCat("task.json:", c.message)))
        << c.text;
  }
}

TEST(ParseTest, RefusesARepeatedKeyAmongMany) {
  std::string text = "{";
  for (int i = 0; i < 100; ++i) absl::StrAppend(&text, "\"k", i, "\":1,\n");
  EXPECT_THAT(Parse(text + "\"k50\":2}"), StatusIs(absl::StatusCode::kInvalidArgument,
                                                   "JSON:101:1: the key \"k50\" is repeated"));
}

TEST(ParseTest, LastDuplicateWinsAtTheFirstPlaceWhenAllowed) {
  const absl::StatusOr<Value> value =
      Parse(R"({"a":1,"b":2,"a":3})", {.allow_duplicate_keys = true});
  ASSERT_THAT(value, IsOk());
  EXPECT_EQ(FormatCompact(*value), R"({"a":3,"b":2})");
}

TEST(ParseTest, RefusesToNestDeeperThanAllowed) {
  const auto nested = [](size_t depth) {
    return std::string(depth, '[') + std::string(depth, ']');
  };
  EXPECT_THAT(Parse(nested(512)), IsOk());
  EXPECT_THAT(Parse(nested(513)), StatusIs(absl::StatusCode::kInvalidArgument,
                                           "JSON:1:513: nested deeper than 512 levels"));
  EXPECT_THAT(Parse(std::string(100000, '[')), StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_THAT(
      Parse("{\"a\":[1]}", {.max_depth = 1}),
      StatusIs(absl::StatusCode::kInvalidArgument, "JSON:1:6: nested deeper than 1 levels"));
}

TEST(ParseTest, BigIntegersBecomeDoublesWhenAllowed) {
  EXPECT_THAT(Parse("[18446744073709551616]", {.allow_big_integers = true}),
              IsOkAndHolds(Value(Array{18446744073709551616.0})));
}

TEST(ParseTest, ReadsStringsOfEveryLengthAndAlignment) {
  for (size_t length = 0; length < 40; ++length) {
    const std::string plain(length, 'x');
    EXPECT_THAT(Parse(absl::StrCat("\"", plain, "\"")), IsOkAndHolds(Value(plain)));
    EXPECT_THAT(Parse(absl::StrCat("\"", plain, "\\n", plain, "\"")),
                IsOkAndHolds(Value(absl::StrCat(plain, "\n", plain))));
    EXPECT_THAT(Parse(absl::StrCat("\"", plain, "\x01\"")),
                StatusIs(absl::StatusCode::kInvalidArgument));
  }
}

TEST(ParsePrefixTest, SaysWhereTheFirstValueEnds) {
  size_t consumed = 0;
  EXPECT_THAT(ParsePrefix("{\"a\":1}   \n   rest", &consumed),
              IsOkAndHolds(Value(Object{{"a", 1}})));
  EXPECT_EQ(consumed, 7u);
}

}  // namespace
}  // namespace scriptworker::json
