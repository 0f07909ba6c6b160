// SPDX-License-Identifier: MPL-2.0
#include "scriptworker/json/number.h"

#include <compare>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <utility>
#include <vector>

#include "gtest/gtest.h"
#include "scriptworker/json/value.h"

namespace scriptworker::json {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr int64_t kMost53 = int64_t{1} << 53;

TEST(CompareNumbersTest, OrdersIntegersAndDoublesByTheirExactValue) {
  // Each is less than the next, whatever the types.
  const std::vector<Value> ascending = {
      Value(-kInfinity),
      Value(-1e300),
      Value(std::numeric_limits<int64_t>::min()),
      Value(-2),
      Value(-1.5),
      Value(-1),
      Value(-0.5),
      Value(0),
      Value(0.5),
      Value(1),
      Value(1.5),
      Value(static_cast<double>(kMost53)),
      Value(kMost53 + 1),  // no double
      Value(std::numeric_limits<int64_t>::max()),
      Value(9223372036854775808.0),  // 2^63
      Value((uint64_t{1} << 63) + 1),
      Value(std::numeric_limits<uint64_t>::max()),
      Value(18446744073709551616.0),  // 2^64
      Value(kInfinity),
  };
  for (size_t i = 0; i < ascending.size(); ++i) {
    for (size_t j = 0; j < ascending.size(); ++j) {
      const std::partial_ordering order = CompareNumbers(ascending[i], ascending[j]);
      EXPECT_EQ(std::is_lt(order), i < j) << i << " and " << j;
      EXPECT_EQ(std::is_gt(order), i > j) << i << " and " << j;
      EXPECT_EQ(std::is_eq(order), i == j) << i << " and " << j;
    }
  }
}

TEST(CompareNumbersTest, EqualValuesOfAllTypesAreEqual) {
  for (const auto& [a, b] : {std::pair<Value, Value>{0, 0.0},
                             {0, -0.0},
                             {-1, -1.0},
                             {kMost53, static_cast<double>(kMost53)},
                             {uint64_t{1} << 63, 9223372036854775808.0}}) {
    EXPECT_TRUE(std::is_eq(CompareNumbers(a, b)));
    EXPECT_TRUE(std::is_eq(CompareNumbers(b, a)));
  }
}

TEST(CompareNumbersTest, NotANumberHasNoOrder) {
  for (const Value& other : {Value(0), Value(1.5), Value(uint64_t{1} << 63), Value(kNaN)}) {
    EXPECT_EQ(CompareNumbers(Value(kNaN), other), std::partial_ordering::unordered);
    EXPECT_EQ(CompareNumbers(other, Value(kNaN)), std::partial_ordering::unordered);
  }
}

}  // namespace
}  // namespace scriptworker::json
