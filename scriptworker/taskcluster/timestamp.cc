// SPDX-License-Identifier: MPL-2.0
#include "scriptworker/taskcluster/timestamp.h"

#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"

namespace scriptworker::taskcluster {
namespace {

// What absl::ParseTime would take beyond RFC 3339: blanks, "infinite-future",
// years of other lengths, a sign.
bool LooksLikeDateTime(std::string_view text) {
  constexpr std::string_view kForm = "dddd-dd-ddTdd:dd:dd";
  if (text.size() <= kForm.size() || text.size() > 40) return false;
  for (size_t i = 0; i < kForm.size(); ++i) {
    if (kForm[i] == 'd' ? !absl::ascii_isdigit(static_cast<unsigned char>(text[i]))
                        : text[i] != kForm[i]) {
      return false;
    }
  }
  return text.back() == 'Z' || absl::ascii_isdigit(static_cast<unsigned char>(text.back()));
}

}  // namespace

absl::StatusOr<absl::Time> ParseTimestamp(std::string_view text) {
  absl::Time time;
  std::string error;
  if (!LooksLikeDateTime(text) || !absl::ParseTime(absl::RFC3339_full, text, &time, &error)) {
    return absl::InvalidArgumentError(absl::StrCat("\"", absl::CHexEscape(text.substr(0, 100)),
                                                   "\" is no date and time of RFC 3339"));
  }
  return time;
}

std::string FormatTimestamp(absl::Time time) {
  return absl::FormatTime("%Y-%m-%d%ET%H:%M:%E3SZ", time, absl::UTCTimeZone());
}

std::string FormatIsoTimestamp(absl::Time time) {
  const bool whole = absl::ToUnixMicros(time) % 1'000'000 == 0;
  return absl::FormatTime(whole ? "%Y-%m-%d%ET%H:%M:%S+00:00" : "%Y-%m-%d%ET%H:%M:%E6S+00:00", time,
                          absl::UTCTimeZone());
}

}  // namespace scriptworker::taskcluster
