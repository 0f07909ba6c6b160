// SPDX-License-Identifier: MPL-2.0
#ifndef COT_CHAIN_JSON_TRUTH_H_
#define COT_CHAIN_JSON_TRUTH_H_

#include "scriptworker/json/value.h"

namespace cot {

// Whether the reference, a Python program, takes the value for true: all but an
// absent one (nullptr), null, false, zero and what is empty.
bool IsTrueInPython(const scriptworker::json::Value* value);

}  // namespace cot

#endif  // COT_CHAIN_JSON_TRUTH_H_
