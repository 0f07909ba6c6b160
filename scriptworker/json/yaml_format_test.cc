// SPDX-License-Identifier: MPL-2.0
#include "scriptworker/json/yaml_format.h"

#include <cmath>
#include <cstdint>
#include <limits>
#include <random>
#include <string>
#include <string_view>

#include "absl/status/status_matchers.h"
#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "scriptworker/json/json.h"
#include "scriptworker/json/yaml.h"

namespace scriptworker::json {
namespace {

using ::absl_testing::IsOkAndHolds;

TEST(FormatYamlTest, WritesBlocksForPeople) {
  const Value value = *Parse(R"({
      "task": {"created": "2017-01-19T16:27:20.974Z", "routes": ["a.b", "c"], "retries": 5,
               "payload": {"command": [["bash", "-c"], {"x": 1, "w": [2]}], "env": {},
                           "features": [], "text": "line 1\n\n  line 2\n"}},
      "yes": "no", "n": null, "half": 0.5, "big": 1e16, "empty": ""})");
  EXPECT_EQ(FormatYaml(value), R"(task:
  created: "2017-01-19T16:27:20.974Z"
  routes:
    - a.b
    - c
  retries: 5
  payload:
    command:
      - - bash
        - "-c"
      - x: 1
        w:
          - 2
    env: {}
    features: []
    text: |
      line 1

        line 2
"yes": "no"
"n": null
half: 0.5
big: 1.0e+16
empty: ""
)");
}

TEST(FormatYamlTest, ScalarsAtTheTop) {
  EXPECT_EQ(FormatYaml(Value("text")), "text\n");
  EXPECT_EQ(FormatYaml(Value("a\nb")), "|-\n  a\n  b\n");
  EXPECT_EQ(FormatYaml(Value()), "null\n");
  EXPECT_EQ(FormatYaml(Array()), "[]\n");
}

TEST(FormatYamlTest, TextsThatReadAsSomethingElseAreQuoted) {
  using std::string_view_literals::operator""sv;
  for (const std::string_view text : {""sv,
                                      "~"sv,
                                      "null"sv,
                                      "Yes"sv,
                                      "off"sv,
                                      "y"sv,
                                      "12"sv,
                                      "0x1F"sv,
                                      "0o7"sv,
                                      "1e5"sv,
                                      "1.5"sv,
                                      ".inf"sv,
                                      "-1"sv,
                                      "1:30"sv,
                                      "2001-01-01"sv,
                                      "<<"sv,
                                      "="sv,
                                      "- a"sv,
                                      "a: b"sv,
                                      "a:"sv,
                                      "a #b"sv,
                                      " a"sv,
                                      "a "sv,
                                      "#a"sv,
                                      "---"sv,
                                      "..."sv,
                                      "? a"sv,
                                      ": a"sv,
                                      "[a"sv,
                                      "{a"sv,
                                      "*a"sv,
                                      "&a"sv,
                                      "!a"sv,
                                      "|a"sv,
                                      ">a"sv,
                                      "%a"sv,
                                      "@a"sv,
                                      "`a"sv,
                                      "'a'"sv,
                                      "\"a\""sv,
                                      "a\tb"sv,
                                      "\na"sv,
                                      " \n a"sv,
                                      "a\r\nb"sv,
                                      "\x01"sv,
                                      "\0"sv,
                                      "\x7f"sv,
                                      "\u0085"sv,
                                      "a\u2028b"sv,
                                      "\ufeff"
                                      "a"sv,
                                      "\\"sv,
                                      "a\\nb"sv,
                                      "a\n\x01"sv,
                                      "\n"sv,
                                      "a\n\n"sv,
                                      "a\n \n"sv,
                                      "a\n\t"sv,
                                      "a\n"sv,
                                      "a\n  "sv,
                                      "a\n\n\n"sv,
                                      "a\n---\nb"sv,
                                      "é"sv,
                                      "\U0001f600"sv,
                                      "a, b]"sv,
                                      "-"sv,
                                      "a-"sv,
                                      "1 a"sv,
                                      "0.1.2"sv,
                                      "a\n b"sv,
                                      "a \nb"sv}) {
    for (const Value& value :
         {Value(text), Value(Array{text, text}), Value(Object{{text, text}, {"z", text}}),
          Value(Array{Array{text}, Object{{text, Array{text}}}})}) {
      EXPECT_THAT(ParseYaml(FormatYaml(value)), IsOkAndHolds(value)) << FormatYaml(value);
    }
  }
}

TEST(FormatYamlTest, LongKeysAreRead) {
  const Value value(Object{{"a", Object{{std::string(3000, 'k'), Array{1}}, {"b", 2}}}});
  EXPECT_THAT(ParseYaml(FormatYaml(value)), IsOkAndHolds(value));
}

TEST(FormatYamlTest, NumbersKeepTheirTypes) {
  for (const Value& value :
       {Value(std::numeric_limits<int64_t>::min()), Value(std::numeric_limits<uint64_t>::max()),
        Value(0), Value(1.0), Value(-0.0), Value(1e16), Value(1.5e300), Value(5e-324),
        Value(std::numeric_limits<double>::infinity()),
        Value(-std::numeric_limits<double>::infinity()), Value(0.1)}) {
    const absl::StatusOr<Value> read = ParseYaml(FormatYaml(value));
    ASSERT_THAT(read, IsOkAndHolds(value));
    EXPECT_EQ(read->type(), value.type());
  }
  EXPECT_EQ(FormatYaml(Value(std::nan(""))), ".nan\n");
}

Value RandomValue(std::mt19937& random, int depth) {
  const auto pick = [&random](int n) {
    return std::uniform_int_distribution<int>(0, n - 1)(random);
  };
  const auto text = [&] {
    static constexpr std::string_view kParts[] = {"a", "b",  " ",  "\n", ":", "#", "-", "'", "\"",
                                                  "0", "1",  ".",  "?",  "[", "]", "{", "}", ",",
                                                  "é", "\t", "\\", "|",  ">", "&", "*", "!"};
    std::string out;
    for (int i = pick(8); i > 0; --i) out.append(kParts[pick(std::size(kParts))]);
    return out;
  };
  switch (depth == 0 ? pick(5) : pick(8)) {
    case 0:
      return Value();
    case 1:
      return pick(100000) - 50000;
    case 2:
      return pick(2) == 0;
    case 3:
    case 4:
      return text();
    case 5:
    case 6: {
      Array array;
      for (int i = pick(4); i > 0; --i) array.push_back(RandomValue(random, depth - 1));
      return array;
    }
    default: {
      Object object;
      for (int i = pick(4); i > 0; --i) object.Set(text(), RandomValue(random, depth - 1));
      return object;
    }
  }
}

TEST(FormatYamlTest, RandomValuesAreReadBackEqual) {
  std::mt19937 random(20170119);
  for (int i = 0; i < 5000; ++i) {
    const Value value = RandomValue(random, 4);
    ASSERT_THAT(ParseYaml(FormatYaml(value)), IsOkAndHolds(value)) << FormatYaml(value);
  }
}

}  // namespace
}  // namespace scriptworker::json
