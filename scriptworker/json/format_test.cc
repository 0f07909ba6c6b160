// SPDX-License-Identifier: MPL-2.0
// The expected texts were made by Python 3.11's json.dumps and repr.
#include "scriptworker/json/format.h"

#include <cmath>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>

#include "gtest/gtest.h"
#include "scriptworker/json/value.h"

namespace scriptworker::json {
namespace {

TEST(FormatTest, CanonicalTextIsPythonsIndentTwoSortedKeys) {
  const Value value(Object{
      {"b", Array{1, 2.5, -0.0, true, false, nullptr}},
      {"a", Object{{"z", Array()}, {"y", Object()}, {"x", "text"}}},
      {"", Array{Value(Array{Value(Array())})}},
  });
  EXPECT_EQ(Format(value), R"({
  "": [
    [
      []
    ]
  ],
  "a": {
    "x": "text",
    "y": {},
    "z": []
  },
  "b": [
    1,
    2.5,
    -0.0,
    true,
    false,
    null
  ]
})");
}

TEST(FormatTest, CompactTextKeepsTheOrderOfInsertion) {
  const Value value(Object{{"b", Array{1, "é", Array()}}, {"a", Object{{"z", nullptr}}}});
  EXPECT_EQ(FormatCompact(value), R"({"b":[1,"\u00e9",[]],"a":{"z":null}})");
}

TEST(FormatTest, KeysAreSortedByCodePoint) {
  // UTF-16 order would put U+10000 (a surrogate pair) before U+FFFF.
  const Value value(
      Object{{"\U00010000", 1}, {"\uffff", 2}, {"é", 3}, {"z", 4}, {"Z", 5}, {"aa", 6}, {"a", 7}});
  EXPECT_EQ(Format(value), R"({
  "Z": 5,
  "a": 7,
  "aa": 6,
  "z": 4,
  "\u00e9": 3,
  "\uffff": 2,
  "\ud800\udc00": 1
})");
}

TEST(FormatTest, EscapesAsPythonDoes) {
  struct Case {
    std::string_view text;
    std::string_view json;
  };
  using std::string_view_literals::operator""sv;
  const Case kCases[] = {
      {"", R"("")"},
      {"a/b", R"("a/b")"},
      {"\"\\", R"("\"\\")"},
      {"\b\f\n\r\t", R"("\b\f\n\r\t")"},
      {"\0\x01\x1f\x7f"sv, "\"\\u0000\\u0001\\u001f\\u007f\""},
      {"\u0080\u2028é", R"("\u0080\u2028\u00e9")"},
      {"\U0001f600", R"("\ud83d\ude00")"},
      {"\U0010ffff", R"("\udbff\udfff")"},
      {"a\xff"
       "b",
       R"("a\ufffdb")"},
  };
  for (const Case& c : kCases) EXPECT_EQ(FormatString(c.text), c.json);
}

TEST(FormatTest, DoublesAreWrittenAsPythonsRepr) {
  struct Case {
    double value;
    std::string_view text;
  };
  const Case kCases[] = {
      {0.0, "0.0"},
      {-0.0, "-0.0"},
      {1.0, "1.0"},
      {-1.0, "-1.0"},
      {0.1, "0.1"},
      {0.3333333333333333, "0.3333333333333333"},
      {1000000000000000.0, "1000000000000000.0"},
      {1e+16, "1e+16"},
      {1.2345678901234568e+17, "1.2345678901234568e+17"},
      {9999999999999998.0, "9999999999999998.0"},
      {1.2345678901234567e+19, "1.2345678901234567e+19"},
      {0.0001, "0.0001"},
      {1e-05, "1e-05"},
      {0.00012345, "0.00012345"},
      {1.5e-07, "1.5e-07"},
      {1e+22, "1e+22"},
      {1e+23, "1e+23"},
      {1e+100, "1e+100"},
      {5e-324, "5e-324"},
      {1.7976931348623157e+308, "1.7976931348623157e+308"},
      {2.2250738585072014e-308, "2.2250738585072014e-308"},
      {100.0, "100.0"},
      {123.456, "123.456"},
      {9007199254740992.0, "9007199254740992.0"},
      {4.35, "4.35"},
      {0.5, "0.5"},
      {1e+21, "1e+21"},
      {3.141592653589793, "3.141592653589793"},
      {-2.5e-10, "-2.5e-10"},
      {-2.522753946247637e-223, "-2.522753946247637e-223"},
      {-5.674664918136216e+64, "-5.674664918136216e+64"},
      {7.654927133881691e-231, "7.654927133881691e-231"},
      {2.7715077941825975e-163, "2.7715077941825975e-163"},
      {-66926478731690.96, "-66926478731690.96"},
      {2.2790121708605243e+274, "2.2790121708605243e+274"},
      {1.3383932992236106e+160, "1.3383932992236106e+160"},
      {8.445496795513092e-50, "8.445496795513092e-50"},
      {4.026380313612261e+293, "4.026380313612261e+293"},
      {-1.039999246087972e+177, "-1.039999246087972e+177"},
      {5.122439992692798e+172, "5.122439992692798e+172"},
      {-3.367304008780077e-176, "-3.367304008780077e-176"},
      {-3.0168212434893705e+21, "-3.0168212434893705e+21"},
      {-3.3573703852372156e-67, "-3.3573703852372156e-67"},
      {2.7890840981819507e+20, "2.7890840981819507e+20"},
      {-1.6860668391509668e+64, "-1.6860668391509668e+64"},
  };
  for (const Case& c : kCases) {
    EXPECT_EQ(FormatDouble(c.value), c.text);
    EXPECT_EQ(FormatCompact(c.value), c.text);
  }
}

TEST(FormatTest, DoublesThatAreNotFiniteAreWrittenAsPythonDoes) {
  const double infinity = std::numeric_limits<double>::infinity();
  EXPECT_EQ(FormatCompact(Array{infinity, -infinity, std::nan("")}), "[Infinity,-Infinity,NaN]");
  EXPECT_EQ(FormatDouble(infinity), "inf");
  EXPECT_EQ(FormatDouble(-infinity), "-inf");
  EXPECT_EQ(FormatDouble(std::nan("")), "nan");
}

TEST(FormatTest, IntegersAreExact) {
  EXPECT_EQ(
      FormatCompact(Array{std::numeric_limits<int64_t>::min(), std::numeric_limits<int64_t>::max(),
                          std::numeric_limits<uint64_t>::max()}),
      "[-9223372036854775808,9223372036854775807,18446744073709551615]");
}

}  // namespace
}  // namespace scriptworker::json
