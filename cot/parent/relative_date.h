// SPDX-License-Identifier: MPL-2.0
#ifndef COT_PARENT_RELATIVE_DATE_H_
#define COT_PARENT_RELATIVE_DATE_H_

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "scriptworker/json/value.h"

namespace cot {

// The definition with every {"relative-datestamp": "1 day"} in it replaced by the
// timestamp that long after `created`, as taskgraph does when it makes tasks.
// InvalidArgument for an offset that taskgraph would not accept.
absl::StatusOr<scriptworker::json::Value> ResolveRelativeDates(
    const scriptworker::json::Value& definition, absl::Time created);

}  // namespace cot

#endif  // COT_PARENT_RELATIVE_DATE_H_
