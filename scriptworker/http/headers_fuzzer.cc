// SPDX-License-Identifier: MPL-2.0
//
// What a server may put into its header lines: fields that are taken pass as valid again, dates
// and pauses are within reason.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "absl/log/check.h"
#include "absl/strings/str_split.h"
#include "absl/time/time.h"
#include "scriptworker/http/headers.h"
#include "scriptworker/http/http_date.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace scriptworker::http;  // NOLINT: one function
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const absl::Time now = absl::FromUnixSeconds(1'800'000'000);
  Headers headers;
  for (std::string_view line : absl::StrSplit(text, '\n')) AddHeaderLine(line, headers);
  CHECK_OK(ValidateHeaders(headers));
  for (const auto& [name, value] : headers) {
    CHECK(headers.contains(name));
    if (const std::optional<absl::Time> date = ParseHttpDate(value)) {
      CHECK_EQ(FormatHttpDate(*date), value);
    }
    if (const std::optional<absl::Duration> pause = ParseRetryAfter(value, now)) {
      CHECK(*pause >= absl::ZeroDuration() && *pause < absl::InfiniteDuration());
    }
  }
  return 0;
}
