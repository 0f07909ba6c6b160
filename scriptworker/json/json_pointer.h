// SPDX-License-Identifier: MPL-2.0
#ifndef SCRIPTWORKER_JSON_JSON_POINTER_H_
#define SCRIPTWORKER_JSON_JSON_POINTER_H_

#include <string>
#include <string_view>

#include "scriptworker/json/value.h"

namespace scriptworker::json {

// RFC 6901 JSON pointers: "/a~1b/0" is element 0 of the member "a/b".

// Appends "/" and the escaped token.
void AppendPointerToken(std::string_view token, std::string* pointer);

// The part of `value` that `pointer` names; nullptr if there is none or the
// pointer is malformed.
const Value* FindByPointer(const Value& value, std::string_view pointer);

}  // namespace scriptworker::json

#endif  // SCRIPTWORKER_JSON_JSON_POINTER_H_
