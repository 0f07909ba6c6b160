// SPDX-License-Identifier: MPL-2.0
#include "scriptworker/jsone/function.h"

namespace scriptworker::jsone {

bool ContainsFunction(const json::Value& value) {
  if (IsFunction(value)) return true;
  if (value.is_array()) {
    for (const json::Value& element : value.array()) {
      if (ContainsFunction(element)) return true;
    }
  } else if (value.is_object()) {
    for (const json::Member& member : value.object()) {
      if (ContainsFunction(member.value())) return true;
    }
  }
  return false;
}

}  // namespace scriptworker::jsone
