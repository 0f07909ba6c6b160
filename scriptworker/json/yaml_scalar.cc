// SPDX-License-Identifier: MPL-2.0
#include "scriptworker/json/yaml_scalar.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/charconv.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "absl/time/civil_time.h"
#include "scriptworker/json/format.h"
#include "scriptworker/json/value.h"

namespace scriptworker::json {
namespace {

// Consumes a text from the left. The functions of the grammar below return
// whether their part was there, as the regular expressions in PyYAML's
// resolver.py.
class Matcher {
 public:
  explicit Matcher(std::string_view text) : rest_(text) {}

  bool AtEnd() const { return rest_.empty(); }
  bool Peek(std::string_view set) const {
    return !rest_.empty() && set.find(rest_[0]) != std::string_view::npos;
  }
  bool One(std::string_view set) {
    if (!Peek(set)) return false;
    rest_.remove_prefix(1);
    return true;
  }
  size_t Many(std::string_view set) {
    const size_t count = std::min(rest_.find_first_not_of(set), rest_.size());
    rest_.remove_prefix(count);
    return count;
  }
  bool Word(std::string_view word) {
    if (!absl::StartsWith(rest_, word)) return false;
    rest_.remove_prefix(word.size());
    return true;
  }
  // Between `min` and `max` digits; `value` gets their number.
  bool Digits(size_t min, size_t max, int* value) {
    size_t count = 0;
    *value = 0;
    while (count < max && Peek("0123456789")) {
      *value = *value * 10 + (rest_[0] - '0');
      rest_.remove_prefix(1);
      ++count;
    }
    return count >= min;
  }

 private:
  std::string_view rest_;
};

constexpr std::string_view kDigits = "0123456789";
constexpr std::string_view kDigitsAndBars = "0123456789_";

// (?::[0-5]?[0-9])+
bool MatchSixties(Matcher& m) {
  bool any = false;
  while (m.Peek(":")) {
    m.One(":");
    if (m.One("012345")) {
      m.One(kDigits);
    } else if (!m.One(kDigits)) {
      return false;
    }
    any = true;
  }
  return any;
}

bool IsInt(std::string_view text) {
  Matcher m(text);
  m.One("-+");
  if (m.One("0")) {
    if (m.AtEnd()) return true;
    if (m.One("b")) return m.Many("01_") > 0 && m.AtEnd();
    if (m.One("x")) return m.Many("0123456789abcdefABCDEF_") > 0 && m.AtEnd();
    return m.Many("01234567_") > 0 && m.AtEnd();
  }
  if (!m.One("123456789")) return false;
  m.Many(kDigitsAndBars);
  return m.AtEnd() || (MatchSixties(m) && m.AtEnd());
}

// (?:[eE][-+][0-9]+)?
bool MatchExponent(Matcher& m) { return !m.One("eE") || (m.One("-+") && m.Many(kDigits) > 0); }

bool IsFloat(std::string_view text) {
  Matcher m(text);
  const bool has_sign = m.One("-+");
  if (m.One(".")) {
    if (m.Word("inf") || m.Word("Inf") || m.Word("INF")) return m.AtEnd();
    if (has_sign) return false;
    if (m.Word("nan") || m.Word("NaN") || m.Word("NAN")) return m.AtEnd();
    if (!m.One(kDigits)) return false;
    m.Many(kDigitsAndBars);
    return MatchExponent(m) && m.AtEnd();
  }
  if (!m.One(kDigits)) return false;
  m.Many(kDigitsAndBars);
  if (m.Peek(":")) {
    if (!MatchSixties(m) || !m.One(".")) return false;
    m.Many(kDigitsAndBars);
    return m.AtEnd();
  }
  if (!m.One(".")) return false;
  m.Many(kDigitsAndBars);
  return MatchExponent(m) && m.AtEnd();
}

struct Timestamp {
  int year, month, day;
  int hour = 0, minute = 0, second = 0;
  int zone_hours = 0, zone_minutes = 0;
};

std::optional<Timestamp> MatchTimestamp(std::string_view text) {
  Matcher m(text);
  Timestamp t;
  if (!m.Digits(4, 4, &t.year) || !m.One("-") || !m.Digits(1, 2, &t.month) || !m.One("-") ||
      !m.Digits(1, 2, &t.day)) {
    return std::nullopt;
  }
  if (m.AtEnd()) {  // a date alone needs two digits each
    return text.size() == 10 ? std::make_optional(t) : std::nullopt;
  }
  if (!m.One("Tt") && m.Many(" \t") == 0) return std::nullopt;
  if (!m.Digits(1, 2, &t.hour) || !m.One(":") || !m.Digits(2, 2, &t.minute) || !m.One(":") ||
      !m.Digits(2, 2, &t.second)) {
    return std::nullopt;
  }
  if (m.One(".")) m.Many(kDigits);
  m.Many(" \t");
  if (m.One("-+")) {
    if (!m.Digits(1, 2, &t.zone_hours)) return std::nullopt;
    if (m.One(":") && !m.Digits(2, 2, &t.zone_minutes)) return std::nullopt;
  } else {
    m.One("Z");
  }
  return m.AtEnd() ? std::make_optional(t) : std::nullopt;
}

bool Exists(const Timestamp& t) {
  if (t.year < 1 || t.month < 1 || t.month > 12 || t.day < 1) return false;
  const absl::CivilDay day(t.year, t.month, t.day);
  return day.day() == t.day && t.hour < 24 && t.minute < 60 && t.second < 60 &&
         t.zone_hours * 60 + t.zone_minutes < 24 * 60;
}

std::optional<bool> ParseBool(std::string_view text) {
  for (const std::string_view word :
       {"yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON"}) {
    if (text == word) return true;
  }
  for (const std::string_view word :
       {"no", "No", "NO", "false", "False", "FALSE", "off", "Off", "OFF"}) {
    if (text == word) return false;
  }
  return std::nullopt;
}

bool IsNull(std::string_view text) {
  return text.empty() || text == "~" || text == "null" || text == "Null" || text == "NULL";
}

absl::Status NoSuch(std::string_view what, std::string_view text) {
  return absl::InvalidArgumentError(absl::StrCat(FormatString(text), " is no ", what));
}

std::string WithoutBars(std::string_view text) {
  std::string out(text);
  out.erase(std::remove(out.begin(), out.end(), '_'), out.end());
  return out;
}

// The number of `digits` in `base`; nullopt if there are none or it is too big.
std::optional<uint64_t> ParseDigits(std::string_view digits, uint64_t base) {
  if (digits.empty()) return std::nullopt;
  uint64_t number = 0;
  for (const char c : digits) {
    const uint64_t digit = static_cast<uint64_t>(c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10);
    if (number > (std::numeric_limits<uint64_t>::max() - digit) / base) return std::nullopt;
    number = number * base + digit;
  }
  return number;
}

std::optional<uint64_t> ParseSixties(std::string_view text) {
  uint64_t number = 0;
  while (true) {
    const size_t colon = std::min(text.find(':'), text.size());
    const std::optional<uint64_t> part = ParseDigits(text.substr(0, colon), 10);
    if (!part.has_value() || number > (std::numeric_limits<uint64_t>::max() - *part) / 60) {
      return std::nullopt;
    }
    number = number * 60 + *part;
    if (colon == text.size()) return number;
    text.remove_prefix(colon + 1);
  }
}

// The nearest double of digits that may be too many for an integer.
double RoundDigits(std::string_view digits, double base) {
  double number = 0;
  double part = 0;  // of a sexagesimal
  for (const char c : digits) {
    if (c == ':') {
      number = (number + part) * 60;
      part = 0;
    } else {
      part = part * base + (c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10);
    }
  }
  return number + part;
}

absl::StatusOr<Value> ConstructInt(std::string_view text, bool allow_big) {
  if (!IsInt(text)) return NoSuch("integer of YAML 1.1", text);
  const std::string plain = WithoutBars(text);
  std::string_view digits = plain;
  const bool negative = digits[0] == '-';
  if (digits[0] == '-' || digits[0] == '+') digits.remove_prefix(1);
  uint64_t base = 10;
  if (absl::ConsumePrefix(&digits, "0b")) {
    base = 2;
  } else if (absl::ConsumePrefix(&digits, "0x")) {
    base = 16;
  } else if (digits[0] == '0') {
    base = 8;
  }
  if (digits.empty()) return NoSuch("integer of YAML 1.1", text);
  const std::optional<uint64_t> number =
      base == 10 ? ParseSixties(digits) : ParseDigits(digits, base);
  if (!number.has_value() || (negative && *number > uint64_t{1} << 63)) {
    if (!allow_big) return NoSuch("integer that fits into 64 bits", text);
    double rounded;
    if (base != 10 || digits.find(':') != std::string_view::npos ||
        !absl::SimpleAtod(digits, &rounded)) {
      rounded = RoundDigits(digits, static_cast<double>(base));
    }
    return Value(negative ? -rounded : rounded);
  }
  if (negative) return Value(static_cast<int64_t>(0 - *number));
  return Value(*number);
}

// As Python's float().
std::optional<double> ParseDouble(std::string_view text) {
  double number;
  const char* const end = text.data() + text.size();
  const absl::from_chars_result result = absl::from_chars(text.data(), end, number);
  if (result.ptr != end || result.ec == std::errc::invalid_argument) return std::nullopt;
  if (result.ec == std::errc::result_out_of_range && number > 1) {
    return std::numeric_limits<double>::infinity();
  }
  return number;
}

// Least significant part first, as the reference adds them up.
std::optional<double> ParseDoubleSixties(std::string_view text) {
  double number = 0;
  double base = 1;
  while (true) {
    const size_t colon = text.rfind(':');
    const std::string_view part = colon == std::string_view::npos ? text : text.substr(colon + 1);
    const std::optional<double> digit = ParseDouble(part);
    if (!digit.has_value()) return std::nullopt;
    number += *digit * base;
    base *= 60;
    if (colon == std::string_view::npos) return number;
    text = text.substr(0, colon);
  }
}

absl::StatusOr<Value> ConstructFloat(std::string_view text) {
  const std::string plain = WithoutBars(text);
  std::string_view digits = plain;
  const double sign = absl::StartsWith(digits, "-") ? -1 : 1;
  if (absl::StartsWith(digits, "-") || absl::StartsWith(digits, "+")) digits.remove_prefix(1);
  if (absl::EqualsIgnoreCase(digits, ".inf")) {
    return Value(sign * std::numeric_limits<double>::infinity());
  }
  if (absl::EqualsIgnoreCase(digits, ".nan")) {
    return Value(std::numeric_limits<double>::quiet_NaN());
  }
  if (digits.empty() || digits.find_first_not_of("0123456789.:eE+-") != std::string_view::npos) {
    return NoSuch("float of YAML 1.1", text);
  }
  const std::optional<double> number = ParseDoubleSixties(digits);
  if (!number.has_value()) return NoSuch("float of YAML 1.1", text);
  return Value(sign * *number);
}

absl::StatusOr<Value> ConstructTimestamp(std::string_view text) {
  const std::optional<Timestamp> timestamp = MatchTimestamp(text);
  if (!timestamp.has_value() || !Exists(*timestamp)) return NoSuch("valid date or time", text);
  return Value(text);
}

}  // namespace

YamlScalarType ClassifyYamlScalar(std::string_view text) {
  if (text.empty()) return YamlScalarType::kNull;
  switch (text[0]) {
    case 'y':
    case 'Y':
    case 't':
    case 'T':
    case 'f':
    case 'F':
    case 'o':
    case 'O':
    case 'n':
    case 'N':
      if (text.size() > 5) return YamlScalarType::kString;
      if (ParseBool(text).has_value()) return YamlScalarType::kBool;
      return IsNull(text) ? YamlScalarType::kNull : YamlScalarType::kString;
    case '~':
      return IsNull(text) ? YamlScalarType::kNull : YamlScalarType::kString;
    case '<':
      return text == "<<" ? YamlScalarType::kMerge : YamlScalarType::kString;
    case '=':
      return text == "=" ? YamlScalarType::kDefault : YamlScalarType::kString;
    case '-':
    case '+':
    case '.':
    case '0':
    case '1':
    case '2':
    case '3':
    case '4':
    case '5':
    case '6':
    case '7':
    case '8':
    case '9':
      if (IsFloat(text)) return YamlScalarType::kFloat;
      if (IsInt(text)) return YamlScalarType::kInt;
      return MatchTimestamp(text).has_value() ? YamlScalarType::kTimestamp
                                              : YamlScalarType::kString;
    default:
      return YamlScalarType::kString;
  }
}

absl::StatusOr<Value> ConstructYamlScalar(YamlScalarType type, std::string_view text,
                                          bool allow_big_integers) {
  switch (type) {
    case YamlScalarType::kString:
      return Value(text);
    case YamlScalarType::kNull:
      return Value();
    case YamlScalarType::kBool:
      if (const std::optional<bool> value = ParseBool(text)) return Value(*value);
      return NoSuch("boolean of YAML 1.1", text);
    case YamlScalarType::kInt:
      return ConstructInt(text, allow_big_integers);
    case YamlScalarType::kFloat:
      return ConstructFloat(text);
    case YamlScalarType::kTimestamp:
      return ConstructTimestamp(text);
    case YamlScalarType::kMerge:
      return absl::InvalidArgumentError("\"<<\" may only be a key; quote it if it is a text");
    case YamlScalarType::kDefault:
      return absl::InvalidArgumentError("\"=\" may only be a key; quote it if it is a text");
  }
  return absl::InternalError("unknown scalar type");
}

}  // namespace scriptworker::json
