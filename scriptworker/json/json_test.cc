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
      {"", "1:1: the text is empty"},
      {"[1,]",
       "1:4: syntax error while parsing value - unexpected ']'; expected '[', '{', or a literal"},
      {"[1 2]", "1:4: syntax error while parsing array - unexpected number literal; expected ']'"},
      {"{\n  \"a\": 1,\n  \"b\" 2\n}",
       "3:7: syntax error while parsing object separator - unexpected number literal; expected "
       "':'"},
      {"{\"a\":1,}",
       "1:8: syntax error while parsing object key - unexpected '}'; expected string literal"},
      {"{a:1}", "1:2: syntax error while parsing object key - invalid literal"},
      {"{\"a\":1 \"b\":2}",
       "1:10: syntax error while parsing object - unexpected string literal; expected '}'"},
      {"[1", "1:3: syntax error while parsing array - unexpected end of input; expected ']'"},
      {"1 2",
       "1:3: syntax error while parsing value - unexpected number literal; expected end of input"},
      {"nul", "1:4: syntax error while parsing value - invalid literal"},
      {"NaN", "1:1: syntax error while parsing value - invalid literal"},
      {"Infinity", "1:1: syntax error while parsing value - invalid literal"},
      {"-Infinity",
       "1:2: syntax error while parsing value - invalid number; expected digit after '-'"},
      {"01",
       "1:2: syntax error while parsing value - unexpected number literal; expected end of input"},
      {"-", "1:2: syntax error while parsing value - invalid number; expected digit after '-'"},
      {"1.", "1:3: syntax error while parsing value - invalid number; expected digit after '.'"},
      {"1.e5", "1:3: syntax error while parsing value - invalid number; expected digit after '.'"},
      {"1e",
       "1:3: syntax error while parsing value - invalid number; expected '+', '-', or digit after "
       "exponent"},
      {"+1", "1:1: syntax error while parsing value - invalid literal"},
      {".5", "1:1: syntax error while parsing value - invalid literal"},
      {"[1e400]", "1:6: this number is too large for a double"},
      {"[-1e400]", "1:7: this number is too large for a double"},
      {"18446744073709551616", "1:1: this integer does not fit into 64 bits"},
      {"-9223372036854775809", "1:1: this integer does not fit into 64 bits"},
      {"100000000000000000000000", "1:1: this integer does not fit into 64 bits"},
      {"\"abc", "1:5: syntax error while parsing value - invalid string: missing closing quote"},
      {"\"a\nb\"",
       "1:3: syntax error while parsing value - invalid string: control character U+000A (LF) must "
       "be escaped to \\u000A or \\n"},
      {"\"a\\x\"",
       "1:4: syntax error while parsing value - invalid string: forbidden character after "
       "backslash"},
      {"\"\\",
       "1:3: syntax error while parsing value - invalid string: forbidden character after "
       "backslash"},
      {"\"\\u12g4\"",
       "1:6: syntax error while parsing value - invalid string: '\\u' must be followed by 4 hex "
       "digits"},
      {"\"\\ud800\"",
       "1:8: syntax error while parsing value - invalid string: surrogate U+D800..U+DBFF must be "
       "followed by U+DC00..U+DFFF"},
      {"\"\\udc00\"",
       "1:7: syntax error while parsing value - invalid string: surrogate U+DC00..U+DFFF must "
       "follow U+D800..U+DBFF"},
      {"\"\\ud800\\u0041\"",
       "1:13: syntax error while parsing value - invalid string: surrogate U+D800..U+DBFF must be "
       "followed by U+DC00..U+DFFF"},
      {"\"x\xff\"",
       "1:3: syntax error while parsing value - invalid string: ill-formed UTF-8 byte"},
      {"\"\xed\xa0\x80\"",
       "1:3: syntax error while parsing value - invalid string: ill-formed UTF-8 byte"},
      {"\"\xc0\xaf\"",
       "1:2: syntax error while parsing value - invalid string: ill-formed UTF-8 byte"},
      {"\xef\xbb\xbf{}", "1:1: a byte order mark is not allowed"},
      {"[\xff]", "1:2: syntax error while parsing value - invalid literal"},
      {"\xc2\xa0{}", "1:1: syntax error while parsing value - invalid literal"},
      {"{\"a\":1,\n\"b\":2,\n\"a\":3}", "3:1: the key \"a\" is repeated"},
      {"{\"a\":1,\"\\u0061\":3}", "1:8: the key \"a\" is repeated"},
  };
  EXPECT_THAT(Parse(std::string_view("{}\n\0{}", 6)),
              StatusIs(absl::StatusCode::kInvalidArgument, "JSON:2:1: a NUL byte is not allowed"));
  for (const Case& c : kCases) {
    EXPECT_THAT(Parse(c.text, {.source = "task.json"}),
                StatusIs(absl::StatusCode::kInvalidArgument, absl::StrCat("task.json:", c.message)))
        << c.text;
  }
}

TEST(ParseTest, ErrorsDoNotShowTheText) {
  for (const std::string_view text : {"[\"sEcReT", "{\"sEcReT\\x\"}", "[\"a\" \"sEcReT\"]",
                                      "[nullsEcReT]", "{\"a\": sEcReT}", "sEcReT"}) {
    EXPECT_THAT(Parse(text).status().message(), testing::Not(testing::HasSubstr("EcReT"))) << text;
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
  EXPECT_THAT(ParsePrefix("12 x", &consumed), IsOkAndHolds(Value(12)));
  EXPECT_EQ(consumed, 2u);
  EXPECT_THAT(ParsePrefix("-1.5e3", &consumed), IsOkAndHolds(Value(-1500.0)));
  EXPECT_EQ(consumed, 6u);
}

}  // namespace
}  // namespace scriptworker::json
