// SPDX-License-Identifier: MPL-2.0
#include "scriptworker/jsone/from_now.h"

#include <array>
#include <cstdint>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "scriptworker/base/status_macros.h"
#include "scriptworker/jsone/template_error.h"
#include "scriptworker/jsone/whitespace.h"

namespace scriptworker::jsone {
namespace {

struct Unit {
  // The names that it may have, "" where there are fewer. The first that fits
  // and lets the rest be read counts, so the longer ones stand first.
  std::array<std::string_view, 4> names;
  absl::Duration length;
};

const std::array<Unit, 7>& Units() {
  static constexpr absl::Duration kDay = absl::Hours(24);
  static const std::array<Unit, 7> units = {{
      {{"years", "year", "yr", "y"}, 365 * kDay},
      {{"months", "month", "mo"}, 30 * kDay},
      {{"weeks", "week", "wk", "w"}, 7 * kDay},
      {{"days", "day", "d"}, kDay},
      {{"hours", "hour", "hr", "h"}, absl::Hours(1)},
      {{"minutes", "minute", "min", "m"}, absl::Minutes(1)},
      {{"seconds", "second", "sec", "s"}, absl::Seconds(1)},
  }};
  return units;
}

// More than this is refused, so that no result leaves the four-digit years.
constexpr int64_t kMaxCount = 1'000'000'000'000;

// The years of a timestamp have four digits.
constexpr int64_t kMaxSeconds = 10'000LL * 366 * 24 * 3600;

bool TakeUnitName(const Unit& unit, std::string_view& text) {
  for (std::string_view name : unit.names) {
    if (name.empty() || !absl::StartsWithIgnoreCase(text, name)) continue;
    const std::string_view rest = text.substr(name.size());
    // "months" is no "m" with a rest "onths".
    if (!rest.empty() && absl::ascii_isalpha(static_cast<unsigned char>(rest[0]))) {
      continue;
    }
    text = rest;
    return true;
  }
  return false;
}

absl::Status NoTimeSpan(std::string_view text) {
  return TemplateError(ErrorClass::kTemplate,
                       absl::StrCat("String: '", text, "' isn't a time expression"));
}

}  // namespace

absl::StatusOr<absl::Duration> ParseTimeSpan(std::string_view text) {
  std::string_view rest = StripLeading(text);
  int64_t sign = 1;
  if (!rest.empty() && (rest[0] == '-' || rest[0] == '+')) {
    if (rest[0] == '-') sign = -1;
    rest.remove_prefix(1);
  }
  absl::Duration total;
  size_t next_unit = 0;
  for (rest = StripLeading(rest); !rest.empty(); rest = StripLeading(rest)) {
    size_t digits = 0;
    while (digits < rest.size() && absl::ascii_isdigit(static_cast<unsigned char>(rest[digits]))) {
      ++digits;
    }
    int64_t count = 0;
    if (!absl::SimpleAtoi(rest.substr(0, digits), &count) || count > kMaxCount) {
      return NoTimeSpan(text);
    }
    rest = StripLeading(rest.substr(digits));
    bool found = false;
    while (!found && next_unit < Units().size()) {
      const Unit& unit = Units()[next_unit++];
      found = TakeUnitName(unit, rest);
      if (found) total += sign * count * unit.length;
    }
    if (!found) return NoTimeSpan(text);
  }
  return total;
}

absl::StatusOr<absl::Time> ParseTimestamp(std::string_view text) {
  static constexpr std::array<const char*, 3> kFormats = {"%E4Y-%m-%d%ET%H:%M:%E*S%Ez",
                                                          "%E4Y-%m-%d%ET%H:%M:%E*S", "%E4Y-%m-%d"};
  absl::Time time;
  for (const char* format : kFormats) {
    std::string error;
    if (absl::ParseTime(format, text, absl::UTCTimeZone(), &time, &error)) {
      return time;
    }
  }
  return TemplateError(ErrorClass::kTemplate, absl::StrCat("'", text, "' is not a timestamp"));
}

std::string FormatTimestamp(absl::Time time) {
  return absl::FormatTime("%E4Y-%m-%dT%H:%M:%E3SZ", time, absl::UTCTimeZone());
}

absl::StatusOr<std::string> FromNow(std::string_view span, std::string_view reference) {
  SW_ASSIGN_OR_RETURN(absl::Duration offset, ParseTimeSpan(span));
  SW_ASSIGN_OR_RETURN(absl::Time start, ParseTimestamp(reference));
  const absl::Time result = start + offset;
  const int64_t year = absl::ToCivilYear(result, absl::UTCTimeZone()).year();
  if (absl::AbsDuration(offset) > absl::Seconds(kMaxSeconds) || year < 0 || year > 9999) {
    return TemplateError(ErrorClass::kTemplate,
                         absl::StrCat("'", span, "' leaves the years 0 to 9999"));
  }
  return FormatTimestamp(result);
}

}  // namespace scriptworker::jsone
