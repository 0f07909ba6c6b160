// SPDX-License-Identifier: MPL-2.0
#include "scriptworker/jsone/number.h"

#include <cstdint>
#include <limits>
#include <string>
#include <string_view>

#include "absl/status/status_matchers.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "scriptworker/json/value.h"

namespace scriptworker::jsone {
namespace {

using ::absl_testing::IsOkAndHolds;
using json::Value;
using ::testing::Optional;

constexpr int64_t kMax = std::numeric_limits<int64_t>::max();
constexpr int64_t kMin = std::numeric_limits<int64_t>::min();
constexpr double kInfinity = std::numeric_limits<double>::infinity();

struct TextCase {
  double value;
  std::string_view text;
};

TEST(NumberTextTest, IsTheShortestThatReadsBack) {
  const TextCase cases[] = {
      {0.0, "0"},
      {-0.0, "0"},
      {1.0, "1"},
      {-2.5, "-2.5"},
      {0.1, "0.1"},
      {1.0 / 3, "0.3333333333333333"},
      {123456789.125, "123456789.125"},
      {1e20, "100000000000000000000"},
      {1e21, "1e+21"},
      {1.5e300, "1.5e+300"},
      {0.000001, "0.000001"},
      {1e-7, "1e-7"},
      {-1.25e-10, "-1.25e-10"},
      {5e-324, "5e-324"},
  };
  for (const TextCase& c : cases) EXPECT_EQ(NumberText(Value(c.value)), c.text);
}

TEST(NumberTextTest, HasAWordForWhatIsNotFinite) {
  EXPECT_EQ(NumberText(Value(kInfinity)), "Infinity");
  EXPECT_EQ(NumberText(Value(-kInfinity)), "-Infinity");
  EXPECT_EQ(NumberText(Value(std::numeric_limits<double>::quiet_NaN())), "NaN");
}

TEST(NumberTextTest, IntegersAreExact) {
  EXPECT_EQ(NumberText(Value(kMin)), "-9223372036854775808");
  EXPECT_EQ(NumberText(Value(uint64_t{18446744073709551615u})), "18446744073709551615");
}

TEST(ArithmeticTest, StaysExactWithin64BitAndBecomesADoubleBeyond) {
  EXPECT_THAT(Sum(Value(kMax - 1), Value(1)), IsOkAndHolds(Value(kMax)));
  EXPECT_THAT(Sum(Value(kMax), Value(1)), IsOkAndHolds(Value(9223372036854775808.0)));
  EXPECT_THAT(Difference(Value(kMin), Value(1)), IsOkAndHolds(Value(-9223372036854775808.0)));
  EXPECT_THAT(Product(Value(kMax), Value(2)), IsOkAndHolds(Value(18446744073709551616.0)));
  EXPECT_THAT(Quotient(Value(kMin), Value(-1)), IsOkAndHolds(Value(9223372036854775808.0)));
  EXPECT_THAT(Negated(Value(kMin)), IsOkAndHolds(Value(9223372036854775808.0)));
  EXPECT_THAT(Power(Value(3), Value(39)), IsOkAndHolds(Value(int64_t{4052555153018976267})));
  EXPECT_THAT(Power(Value(2), Value(64)), IsOkAndHolds(Value(18446744073709551616.0)));
}

TEST(ArithmeticTest, DoublesThatAreIntegersCountAsSuch) {
  EXPECT_TRUE(Sum(Value(0.5), Value(0.5))->is_int());
  EXPECT_THAT(AsInteger(Value(2.0)), Optional(2));
  EXPECT_EQ(AsInteger(Value(2.5)), std::nullopt);
  EXPECT_EQ(AsInteger(Value(1e300)), std::nullopt);
  EXPECT_EQ(AsInteger(Value(true)), std::nullopt);
}

TEST(ArithmeticTest, WhatIsNotFiniteIsAnError) {
  EXPECT_FALSE(Quotient(Value(1), Value(0)).ok());
  EXPECT_FALSE(Quotient(Value(0.0), Value(0.0)).ok());
  EXPECT_FALSE(Product(Value(1e300), Value(1e300)).ok());
  EXPECT_FALSE(Power(Value(-8), Value(0.5)).ok());
  EXPECT_FALSE(Negated(Value(kInfinity)).ok());
}

TEST(ParseNumberTest, TakesWhatScriptsCallNumbers) {
  const struct {
    std::string_view text;
    Value value;
  } cases[] = {
      {"3", 3},     {" -14.15 ", -14.15}, {"", 0},      {"1e3", 1000},
      {"0x1F", 31}, {"0b101", 5},         {"0o17", 15}, {"9223372036854775807", kMax},
  };
  for (const auto& c : cases) EXPECT_THAT(ParseNumber(c.text), Optional(c.value)) << c.text;
  for (const std::string_view text : {"x", "1x", "0x", "0xg", "1e999", "nan", "Infinity", "1 2"}) {
    EXPECT_EQ(ParseNumber(text), std::nullopt) << text;
  }
}

}  // namespace
}  // namespace scriptworker::jsone
