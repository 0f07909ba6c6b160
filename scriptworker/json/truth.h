// SPDX-License-Identifier: MPL-2.0
#ifndef SCRIPTWORKER_JSON_TRUTH_H_
#define SCRIPTWORKER_JSON_TRUTH_H_

#include "scriptworker/json/value.h"

namespace scriptworker::json {

// Truthiness as Python and json-e judge it: null, false, 0, and empty strings, arrays
// and objects are false; all else, json-e's functions too, is true.
bool IsTruthy(const Value& value);
// Of a member that may be absent: nullptr is false.
bool IsTruthy(const Value* value);

}  // namespace scriptworker::json

#endif  // SCRIPTWORKER_JSON_TRUTH_H_
