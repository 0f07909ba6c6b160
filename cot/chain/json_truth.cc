// SPDX-License-Identifier: MPL-2.0
#include "cot/chain/json_truth.h"

#include "scriptworker/json/array.h"
#include "scriptworker/json/object.h"

namespace cot {

bool IsTrueInPython(const scriptworker::json::Value* value) {
  if (value == nullptr || value->is_null()) return false;
  if (value->is_bool()) return value->bool_value();
  if (value->is_number()) return value->double_value() != 0;
  if (value->is_string()) return !value->string_value().empty();
  if (value->is_array()) return !value->array().empty();
  return !value->is_object() || !value->object().empty();
}

}  // namespace cot
