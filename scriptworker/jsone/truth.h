// SPDX-License-Identifier: MPL-2.0
#ifndef SCRIPTWORKER_JSONE_TRUTH_H_
#define SCRIPTWORKER_JSONE_TRUTH_H_

#include "scriptworker/json/value.h"

namespace scriptworker::jsone {

// json-e's truthiness: null, false, 0, and empty strings, arrays and objects
// are false; all else, functions too, is true.
bool IsTruthy(const json::Value& value);

}  // namespace scriptworker::jsone

#endif  // SCRIPTWORKER_JSONE_TRUTH_H_
