// SPDX-License-Identifier: MPL-2.0
#ifndef SCRIPTWORKER_TASKCLUSTER_TIMESTAMP_H_
#define SCRIPTWORKER_TASKCLUSTER_TIMESTAMP_H_

#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "absl/time/time.h"

namespace scriptworker::taskcluster {

// Reads a date-time of RFC 3339, as in Taskcluster's documents:
// `2016-04-16T03:46:24.958Z`. InvalidArgument for anything else.
absl::StatusOr<absl::Time> ParseTimestamp(std::string_view text);

// As Taskcluster prints: UTC, milliseconds, `2016-04-16T03:46:24.958Z`.
std::string FormatTimestamp(absl::Time time);

// As Python's isoformat(), in which the worker sends `expires`: UTC with
// `+00:00`, and six digits of fraction if there is one:
// `2030-01-01T00:00:00+00:00`, `2016-04-16T03:46:24.958000+00:00`.
std::string FormatIsoTimestamp(absl::Time time);

}  // namespace scriptworker::taskcluster

#endif  // SCRIPTWORKER_TASKCLUSTER_TIMESTAMP_H_
