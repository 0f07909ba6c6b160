// SPDX-License-Identifier: MPL-2.0
#include "scriptworker/jsone/truth.h"

namespace scriptworker::jsone {

bool IsTruthy(const json::Value& value) {
  switch (value.type()) {
    case json::Value::Type::kNull:
      return false;
    case json::Value::Type::kBool:
      return value.bool_value();
    case json::Value::Type::kInt:
    case json::Value::Type::kUint:
    case json::Value::Type::kDouble:
      return value.double_value() != 0;
    case json::Value::Type::kString:
      return !value.string_value().empty();
    case json::Value::Type::kArray:
      return !value.array().empty();
    case json::Value::Type::kObject:
      return !value.object().empty();
    case json::Value::Type::kOpaque:
      return true;
  }
  return true;
}

}  // namespace scriptworker::jsone
