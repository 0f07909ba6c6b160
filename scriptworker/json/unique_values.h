// SPDX-License-Identifier: MPL-2.0
#ifndef SCRIPTWORKER_JSON_UNIQUE_VALUES_H_
#define SCRIPTWORKER_JSON_UNIQUE_VALUES_H_

#include <cstddef>

#include "scriptworker/json/value.h"

namespace scriptworker::json {

// A hash by which equal values are equal: 1 and 1.0, members in any order.
size_t HashValue(const Value& value);

// Whether no two elements are equal. O(size) for elements that are small.
bool AreUnique(const Array& array);

}  // namespace scriptworker::json

#endif  // SCRIPTWORKER_JSON_UNIQUE_VALUES_H_
