// SPDX-License-Identifier: MPL-2.0
#include "scriptworker/json/schema_format.h"

#include <optional>
#include <string_view>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_split.h"
#include "absl/time/civil_time.h"
#include "scriptworker/json/ip_address.h"
#include "scriptworker/json/schema_regex.h"
#include "scriptworker/json/uri_reference.h"

namespace scriptworker::json {
namespace {

bool IsAlphanumeric(char c) { return absl::ascii_isalnum(static_cast<unsigned char>(c)); }
bool IsDigit(char c) { return absl::ascii_isdigit(static_cast<unsigned char>(c)); }

// `digits` digits at the front of `text`, which are removed.
std::optional<int> TakeNumber(std::string_view& text, size_t digits) {
  if (text.size() < digits) return std::nullopt;
  int number = 0;
  for (size_t i = 0; i < digits; ++i) {
    if (!IsDigit(text[i])) return std::nullopt;
    number = number * 10 + (text[i] - '0');
  }
  text.remove_prefix(digits);
  return number;
}

bool TakeChar(std::string_view& text, std::string_view set) {
  if (text.empty() || set.find(text[0]) == std::string_view::npos) return false;
  text.remove_prefix(1);
  return true;
}

bool TakeDate(std::string_view& text) {
  const std::optional<int> year = TakeNumber(text, 4);
  if (!year.has_value() || !TakeChar(text, "-")) return false;
  const std::optional<int> month = TakeNumber(text, 2);
  if (!month.has_value() || !TakeChar(text, "-")) return false;
  const std::optional<int> day = TakeNumber(text, 2);
  if (!day.has_value() || *month < 1 || *month > 12 || *day < 1) return false;
  return absl::CivilDay(*year, *month, *day).day() == *day;
}

// Minutes east of UTC.
std::optional<int> TakeOffset(std::string_view& text) {
  if (TakeChar(text, "Zz")) return 0;
  const int sign = !text.empty() && text[0] == '-' ? -1 : 1;
  if (!TakeChar(text, "+-")) return std::nullopt;
  const std::optional<int> hours = TakeNumber(text, 2);
  if (!hours.has_value() || !TakeChar(text, ":")) return std::nullopt;
  const std::optional<int> minutes = TakeNumber(text, 2);
  if (!minutes.has_value() || *hours > 23 || *minutes > 59) return std::nullopt;
  return sign * (*hours * 60 + *minutes);
}

bool TakeTime(std::string_view& text) {
  const std::optional<int> hour = TakeNumber(text, 2);
  if (!hour.has_value() || !TakeChar(text, ":")) return false;
  const std::optional<int> minute = TakeNumber(text, 2);
  if (!minute.has_value() || !TakeChar(text, ":")) return false;
  const std::optional<int> second = TakeNumber(text, 2);
  if (!second.has_value()) return false;
  if (TakeChar(text, ".")) {
    if (!TakeNumber(text, 1).has_value()) return false;
    while (TakeNumber(text, 1).has_value()) {
    }
  }
  const std::optional<int> offset = TakeOffset(text);
  if (!offset.has_value() || *hour > 23 || *minute > 59) return false;
  if (*second < 60) return true;
  // A leap second ends a day of UTC.
  constexpr int kDay = 24 * 60;
  return *second == 60 && ((*hour * 60 + *minute - *offset) % kDay + kDay) % kDay == kDay - 1;
}

bool IsDate(std::string_view text) { return TakeDate(text) && text.empty(); }

bool IsTime(std::string_view text) { return TakeTime(text) && text.empty(); }

bool IsDateTime(std::string_view text) {
  return TakeDate(text) && TakeChar(text, "Tt") && TakeTime(text) && text.empty();
}

// RFC 1123, section 2.1.
bool IsHostname(std::string_view text) {
  if (text.empty() || text.size() > 253) return false;
  for (const std::string_view label : absl::StrSplit(text, '.')) {
    if (label.empty() || label.size() > 63 || label.front() == '-' || label.back() == '-') {
      return false;
    }
    for (const char c : label) {
      if (!IsAlphanumeric(c) && c != '-') return false;
    }
  }
  return true;
}

// RFC 5321's Mailbox with an unquoted local part.
bool IsEmail(std::string_view text) {
  const size_t at = text.rfind('@');
  if (at == std::string_view::npos) return false;
  constexpr std::string_view kAtomCharacters = "!#$%&'*+-/=?^_`{|}~";
  for (const std::string_view atom : absl::StrSplit(text.substr(0, at), '.')) {
    if (atom.empty()) return false;
    for (const char c : atom) {
      if (!IsAlphanumeric(c) && kAtomCharacters.find(c) == std::string_view::npos) return false;
    }
  }
  return IsHostname(text.substr(at + 1));
}

bool IsJsonPointer(std::string_view text) {
  if (text.empty()) return true;
  if (text[0] != '/') return false;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '~' && (i + 1 == text.size() || (text[i + 1] != '0' && text[i + 1] != '1'))) {
      return false;
    }
  }
  return true;
}

bool IsRegex(std::string_view text) { return CompileSchemaRegex(text).ok(); }

}  // namespace

FormatChecker FindFormatChecker(std::string_view format) {
  struct Entry {
    std::string_view name;
    FormatChecker checker;
  };
  static constexpr Entry kEntries[] = {
      {"date-time", IsDateTime},
      {"date", IsDate},
      {"time", IsTime},
      {"uri", IsUri},
      {"uri-reference", IsUriReference},
      {"email", IsEmail},
      {"hostname", IsHostname},
      {"ipv4", IsIpv4Address},
      {"ipv6", IsIpv6Address},
      {"json-pointer", IsJsonPointer},
      {"regex", IsRegex},
  };
  for (const Entry& entry : kEntries) {
    if (entry.name == format) return entry.checker;
  }
  return nullptr;
}

}  // namespace scriptworker::json
