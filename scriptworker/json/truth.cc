// SPDX-License-Identifier: MPL-2.0
#include "scriptworker/json/truth.h"

namespace scriptworker::json {

bool IsTruthy(const Value& value) {
  switch (value.type()) {
    case Value::Type::kNull:
      return false;
    case Value::Type::kBool:
      return value.bool_value();
    case Value::Type::kInt:
    case Value::Type::kUint:
    case Value::Type::kDouble:
      return value.double_value() != 0;
    case Value::Type::kString:
      return !value.string_value().empty();
    case Value::Type::kArray:
      return !value.array().empty();
    case Value::Type::kObject:
      return !value.object().empty();
    case Value::Type::kOpaque:
      return true;
  }
  return true;
}

bool IsTruthy(const Value* value) { return value != nullptr && IsTruthy(*value); }

}  // namespace scriptworker::json
