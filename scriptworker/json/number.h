// SPDX-License-Identifier: MPL-2.0
#ifndef SCRIPTWORKER_JSON_NUMBER_H_
#define SCRIPTWORKER_JSON_NUMBER_H_

#include <compare>

#include "scriptworker/json/value.h"

namespace scriptworker::json {

// Compares by value, without rounding: 2^53 + 1 is greater than 2^53 as a
// double. Unordered if one is NaN. REQUIRES: a.is_number() && b.is_number()
std::partial_ordering CompareNumbers(const Value& a, const Value& b);

}  // namespace scriptworker::json

#endif  // SCRIPTWORKER_JSON_NUMBER_H_
