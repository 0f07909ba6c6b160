// SPDX-License-Identifier: MPL-2.0

#include "scriptworker/http/http_date.h"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/time/time.h"

namespace scriptworker::http {
namespace {

constexpr char kFormat[] = "%a, %d %b %E4Y %H:%M:%S GMT";
// A pause longer than this many digits of seconds is no pause.
constexpr size_t kMaxSecondsDigits = 9;

}  // namespace

std::optional<absl::Time> ParseHttpDate(std::string_view text) {
  // ParseTime takes "infinite-future" as well.
  if (text.size() != std::string_view("Sun, 06 Nov 1994 08:49:37 GMT").size()) return std::nullopt;
  absl::Time time;
  std::string error;
  if (!absl::ParseTime(kFormat, text, absl::UTCTimeZone(), &time, &error)) {
    return std::nullopt;
  }
  // ParseTime takes blanks, other spellings and wrong weekdays: not here.
  if (FormatHttpDate(time) != text) return std::nullopt;
  return time;
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
