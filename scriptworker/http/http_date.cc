// SPDX-License-Identifier: MPL-2.0

#include "scriptworker/http/http_date.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <optional>
#include <string>
#include <string_view>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"

namespace scriptworker::http {
namespace {

constexpr char kFormat[] = "%a, %d %b %E4Y %H:%M:%S GMT";
// Of the only format that is read: 0 is any digit, ? a letter of a name.
constexpr std::string_view kShape = "???, 00 ??? 0000 00:00:00 GMT";
constexpr std::string_view kMonths[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                        "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
// In the order of absl::Weekday.
constexpr std::string_view kWeekdays[] = {"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"};
// A pause longer than this many digits of seconds is no pause.
constexpr size_t kMaxSecondsDigits = 9;

bool HasShape(std::string_view text) {
  return std::equal(text.begin(), text.end(), kShape.begin(), kShape.end(), [](char c, char shape) {
    return shape == '?' || c == shape ||
           (shape == '0' && absl::ascii_isdigit(static_cast<unsigned char>(c)));
  });
}

int Number(std::string_view digits) {
  int number = 0;
  for (const char digit : digits) number = 10 * number + (digit - '0');
  return number;
}

}  // namespace

// Not absl::ParseTime(), which takes blanks, other spellings and wrong weekdays, and twenty
// times as long: each answer of the queue has a date.
std::optional<absl::Time> ParseHttpDate(std::string_view text) {
  if (!HasShape(text)) return std::nullopt;
  const auto month = std::find(std::begin(kMonths), std::end(kMonths), text.substr(8, 3));
  if (month == std::end(kMonths)) return std::nullopt;
  const int day = Number(text.substr(5, 2));
  const int hour = Number(text.substr(17, 2));
  const int minute = Number(text.substr(20, 2));
  const int second = Number(text.substr(23, 2));
  const absl::CivilSecond time(Number(text.substr(12, 4)), 1 + (month - std::begin(kMonths)), day,
                               hour, minute, second);
  // The 30 February, say, has become another day.
  if (time.day() != day || time.hour() != hour || time.minute() != minute ||
      time.second() != second ||
      kWeekdays[static_cast<size_t>(absl::GetWeekday(time))] != text.substr(0, 3)) {
    return std::nullopt;
  }
  return absl::FromCivil(time, absl::UTCTimeZone());
}

std::string FormatHttpDate(absl::Time time) {
  return absl::FormatTime(kFormat, time, absl::UTCTimeZone());
}

std::optional<absl::Duration> ParseRetryAfter(std::string_view text, absl::Time now) {
  text = absl::StripAsciiWhitespace(text);
  if (const std::optional<absl::Time> date = ParseHttpDate(text)) {
    return std::max(absl::ZeroDuration(), *date - now);
  }
  int64_t seconds = 0;
  if (text.empty() || text.size() > kMaxSecondsDigits ||
      !std::all_of(text.begin(), text.end(),
                   [](unsigned char c) { return absl::ascii_isdigit(c); }) ||
      !absl::SimpleAtoi(text, &seconds)) {
    return std::nullopt;
  }
  return absl::Seconds(seconds);
}

}  // namespace scriptworker::http
