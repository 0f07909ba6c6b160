// SPDX-License-Identifier: MPL-2.0
#include "scriptworker/jsone/number.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <limits>
#include <system_error>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "scriptworker/jsone/template_error.h"
#include "scriptworker/jsone/whitespace.h"

namespace scriptworker::jsone {
namespace {

// Doubles up to here hold every integer.
constexpr double kExactLimit = 9007199254740992.0;  // 2^53

bool BothInt(const json::Value& a, const json::Value& b) { return a.is_int() && b.is_int(); }

std::string ShortestDigits(double value, int* exponent) {
  char buffer[32];
  const std::to_chars_result written =
      std::to_chars(buffer, buffer + sizeof(buffer), value, std::chars_format::scientific);
  const std::string_view text(buffer, static_cast<size_t>(written.ptr - buffer));
  const size_t e = text.find('e');
  std::string_view power = text.substr(e + 1);
  if (absl::StartsWith(power, "+")) power.remove_prefix(1);
  (void)absl::SimpleAtoi(power, exponent);  // to_chars wrote it
  std::string digits(text.substr(0, e));
  std::erase(digits, '.');
  return digits;
}

// The digits d1 d2 ... with the point after d1, times 10^exponent.
std::string Positional(std::string_view digits, int exponent) {
  const int count = static_cast<int>(digits.size());
  if (exponent >= 21 || exponent < -6) {
    std::string text(digits.substr(0, 1));
    if (count > 1) absl::StrAppend(&text, ".", digits.substr(1));
    absl::StrAppend(&text, "e", exponent < 0 ? "-" : "+", std::abs(exponent));
    return text;
  }
  if (exponent < 0) {
    return absl::StrCat("0.", std::string(static_cast<size_t>(-exponent - 1), '0'), digits);
  }
  if (count <= exponent + 1) {
    return absl::StrCat(digits, std::string(static_cast<size_t>(exponent + 1 - count), '0'));
  }
  const size_t whole = static_cast<size_t>(exponent) + 1;
  return absl::StrCat(digits.substr(0, whole), ".", digits.substr(whole));
}

std::optional<json::Value> ParseRadix(std::string_view digits, int radix) {
  uint64_t value = 0;
  const std::from_chars_result read =
      std::from_chars(digits.data(), digits.data() + digits.size(), value, radix);
  if (digits.empty() || read.ec != std::errc() || read.ptr != digits.data() + digits.size()) {
    return std::nullopt;
  }
  return json::Value(value);
}

}  // namespace

absl::StatusOr<json::Value> FromDouble(double value) {
  if (!std::isfinite(value)) {
    return TemplateError(ErrorClass::kInterpreter, "the result is not a finite number");
  }
  if (std::abs(value) <= kExactLimit && value == std::trunc(value)) {
    return json::Value(static_cast<int64_t>(value));
  }
  return json::Value(value);
}

std::optional<int64_t> AsInteger(const json::Value& value) {
  if (value.is_int()) return value.int_value();
  if (value.type() != json::Value::Type::kDouble) return std::nullopt;
  const double real = value.double_value();
  if (std::abs(real) > kExactLimit || real != std::trunc(real)) {
    return std::nullopt;
  }
  return static_cast<int64_t>(real);
}

absl::StatusOr<json::Value> Negated(const json::Value& value) {
  if (value.is_int() && value.int_value() != std::numeric_limits<int64_t>::min()) {
    return json::Value(-value.int_value());
  }
  return FromDouble(-value.double_value());
}

absl::StatusOr<json::Value> Sum(const json::Value& a, const json::Value& b) {
  int64_t sum = 0;
  if (BothInt(a, b) && !__builtin_add_overflow(a.int_value(), b.int_value(), &sum)) {
    return json::Value(sum);
  }
  return FromDouble(a.double_value() + b.double_value());
}

absl::StatusOr<json::Value> Difference(const json::Value& a, const json::Value& b) {
  int64_t difference = 0;
  if (BothInt(a, b) && !__builtin_sub_overflow(a.int_value(), b.int_value(), &difference)) {
    return json::Value(difference);
  }
  return FromDouble(a.double_value() - b.double_value());
}

absl::StatusOr<json::Value> Product(const json::Value& a, const json::Value& b) {
  int64_t product = 0;
  if (BothInt(a, b) && !__builtin_mul_overflow(a.int_value(), b.int_value(), &product)) {
    return json::Value(product);
  }
  return FromDouble(a.double_value() * b.double_value());
}

absl::StatusOr<json::Value> Quotient(const json::Value& a, const json::Value& b) {
  if (b.double_value() == 0) {
    return TemplateError(ErrorClass::kInterpreter, "division by zero");
  }
  // Not MIN / -1, which is no 64-bit integer.
  if (BothInt(a, b) && b.int_value() != -1 && a.int_value() % b.int_value() == 0) {
    return json::Value(a.int_value() / b.int_value());
  }
  return FromDouble(a.double_value() / b.double_value());
}

absl::StatusOr<json::Value> Power(const json::Value& base, const json::Value& exponent) {
  if (BothInt(base, exponent) && exponent.int_value() >= 0 && exponent.int_value() < 64) {
    int64_t result = 1;
    bool exact = true;
    for (int64_t i = 0; exact && i < exponent.int_value(); ++i) {
      exact = !__builtin_mul_overflow(result, base.int_value(), &result);
    }
    if (exact) return json::Value(result);
  }
  return FromDouble(std::pow(base.double_value(), exponent.double_value()));
}

std::partial_ordering Compare(const json::Value& a, const json::Value& b) {
  if (BothInt(a, b)) return a.int_value() <=> b.int_value();
  if (a == b) return std::partial_ordering::equivalent;
  return a.double_value() <=> b.double_value();
}

std::string NumberText(const json::Value& value) {
  if (value.is_int()) return absl::StrCat(value.int_value());
  if (value.type() == json::Value::Type::kUint) {
    return absl::StrCat(value.uint_value());
  }
  const double real = value.double_value();
  if (real == 0) return "0";
  if (std::isnan(real)) return "NaN";
  if (std::isinf(real)) return real < 0 ? "-Infinity" : "Infinity";
  int exponent = 0;
  const std::string digits = ShortestDigits(std::abs(real), &exponent);
  return absl::StrCat(real < 0 ? "-" : "", Positional(digits, exponent));
}

std::optional<json::Value> ParseNumber(std::string_view text) {
  text = StripTrailing(StripLeading(text));
  if (text.empty()) return json::Value(0);
  if (absl::StartsWithIgnoreCase(text, "0x")) return ParseRadix(text.substr(2), 16);
  if (absl::StartsWithIgnoreCase(text, "0o")) return ParseRadix(text.substr(2), 8);
  if (absl::StartsWithIgnoreCase(text, "0b")) return ParseRadix(text.substr(2), 2);
  // Keeps out "nan", "infinity" and hexadecimal floats, which SimpleAtod knows.
  if (text.find_first_not_of("0123456789+-.eE") != std::string_view::npos) {
    return std::nullopt;
  }
  int64_t integer = 0;
  if (absl::SimpleAtoi(text, &integer)) return json::Value(integer);
  double real = 0;
  if (!absl::SimpleAtod(text, &real)) return std::nullopt;
  absl::StatusOr<json::Value> value = FromDouble(real);
  if (!value.ok()) return std::nullopt;
  return *std::move(value);
}

}  // namespace scriptworker::jsone
