// SPDX-License-Identifier: MPL-2.0
#include "scriptworker/json/number.h"

#include <cmath>
#include <compare>
#include <cstdint>

#include "absl/log/check.h"
#include "scriptworker/json/value.h"

namespace scriptworker::json {
namespace {

constexpr double kTwoTo63 = 9223372036854775808.0;
constexpr double kTwoTo64 = 2 * kTwoTo63;

// The whole part of `real` compared with `integer`, then what is left of it.
std::partial_ordering CompareWithDouble(const Value& integer, double real) {
  if (std::isnan(real)) return std::partial_ordering::unordered;
  const double whole = std::trunc(real);
  const std::partial_ordering fraction = 0.0 <=> (real - whole);
  if (integer.is_int()) {
    if (whole < -kTwoTo63) return std::partial_ordering::greater;
    if (whole >= kTwoTo63) return std::partial_ordering::less;
    const std::strong_ordering order = integer.int_value() <=> static_cast<int64_t>(whole);
    return std::is_eq(order) ? fraction : std::partial_ordering(order);
  }
  if (whole < kTwoTo63) return std::partial_ordering::greater;
  if (whole >= kTwoTo64) return std::partial_ordering::less;
  const std::strong_ordering order = integer.uint_value() <=> static_cast<uint64_t>(whole);
  return std::is_eq(order) ? fraction : std::partial_ordering(order);
}

std::partial_ordering Reversed(std::partial_ordering order) {
  if (std::is_lt(order)) return std::partial_ordering::greater;
  if (std::is_gt(order)) return std::partial_ordering::less;
  return order;
}

}  // namespace

std::partial_ordering CompareNumbers(const Value& a, const Value& b) {
  CHECK(a.is_number() && b.is_number());
  const bool a_is_double = a.type() == Value::Type::kDouble;
  const bool b_is_double = b.type() == Value::Type::kDouble;
  if (a_is_double && b_is_double) return a.double_value() <=> b.double_value();
  if (b_is_double) return CompareWithDouble(a, b.double_value());
  if (a_is_double) return Reversed(CompareWithDouble(b, a.double_value()));
  if (a.type() != b.type()) {
    return a.is_int() ? std::partial_ordering::less : std::partial_ordering::greater;
  }
  return a.is_int() ? a.int_value() <=> b.int_value() : a.uint_value() <=> b.uint_value();
}

}  // namespace scriptworker::json
