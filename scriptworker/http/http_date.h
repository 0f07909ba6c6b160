// SPDX-License-Identifier: MPL-2.0

#ifndef SCRIPTWORKER_HTTP_HTTP_DATE_H_
#define SCRIPTWORKER_HTTP_HTTP_DATE_H_

#include <optional>
#include <string>
#include <string_view>

#include "absl/time/time.h"

namespace scriptworker::http {

// `Sun, 06 Nov 1994 08:49:37 GMT` (RFC 9110 section 5.6.7; the two obsolete
// forms are not taken). nullopt if it is no such date.
std::optional<absl::Time> ParseHttpDate(std::string_view text);
std::string FormatHttpDate(absl::Time time);

// The pause that a Retry-After asks for: seconds, or a date compared with `now`
// (the past is zero). nullopt if it is neither.
std::optional<absl::Duration> ParseRetryAfter(std::string_view text, absl::Time now);

}  // namespace scriptworker::http

#endif  // SCRIPTWORKER_HTTP_HTTP_DATE_H_
