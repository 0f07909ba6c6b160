// SPDX-License-Identifier: MPL-2.0
#ifndef SCRIPTWORKER_JSONE_FROM_NOW_H_
#define SCRIPTWORKER_JSONE_FROM_NOW_H_

#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "absl/time/time.h"

namespace scriptworker::jsone {

// A time span such as "2 days 3 hours" or "- 1 yr 2 mo": optional sign, then
// years, months, weeks, days, hours, minutes, seconds, each at most once and in
// this order, in any letter case. A month is 30 days, a year 365. Empty is 0.
// Error: kTemplate.
absl::StatusOr<absl::Duration> ParseTimeSpan(std::string_view text);

// "2017-01-19T16:27:20.974Z", or with an offset like +02:00, with or without
// fractions; a date alone is midnight UTC. Error: kTemplate.
absl::StatusOr<absl::Time> ParseTimestamp(std::string_view text);

// In UTC with exactly three digits of fraction, cut, and "Z".
std::string FormatTimestamp(absl::Time time);

// The timestamp `span` after `reference`.
absl::StatusOr<std::string> FromNow(std::string_view span, std::string_view reference);

}  // namespace scriptworker::jsone

#endif  // SCRIPTWORKER_JSONE_FROM_NOW_H_
