// SPDX-License-Identifier: MPL-2.0
#ifndef SCRIPTWORKER_JSONE_EQUALITY_H_
#define SCRIPTWORKER_JSONE_EQUALITY_H_

#include "absl/status/statusor.h"
#include "scriptworker/json/value.h"
#include "scriptworker/jsone/limits.h"

namespace scriptworker::jsone {

// a == b, at the cost of a step for each pair of values that is compared: parts that
// are shared within `a` can make it exponentially larger than its memory. Error: the
// budget's.
absl::StatusOr<bool> Equal(const json::Value& a, const json::Value& b, Budget& budget);

}  // namespace scriptworker::jsone

#endif  // SCRIPTWORKER_JSONE_EQUALITY_H_
