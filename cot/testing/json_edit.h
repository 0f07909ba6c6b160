// SPDX-License-Identifier: MPL-2.0
#ifndef COT_TESTING_JSON_EDIT_H_
#define COT_TESTING_JSON_EDIT_H_

#include <string>
#include <string_view>
#include <vector>

#include "scriptworker/json/value.h"

namespace cot {

// Sets the part of `root` that an RFC 6901 pointer names. Members that are not there are
// added, elements must be there. REQUIRES: only objects and arrays on the way.
void SetAt(scriptworker::json::Value& root, std::string_view pointer,
           scriptworker::json::Value value);
// Takes a member, or an element, out. REQUIRES: it is there.
void RemoveAt(scriptworker::json::Value& root, std::string_view pointer);

// Pointers of all that is no object and no array, and of empty ones, in document order.
std::vector<std::string> LeavesOf(const scriptworker::json::Value& root);

}  // namespace cot

#endif  // COT_TESTING_JSON_EDIT_H_
