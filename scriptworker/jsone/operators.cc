// SPDX-License-Identifier: MPL-2.0
#include "scriptworker/jsone/operators.h"

namespace scriptworker::jsone {

Operator FindOperator(std::string_view name) {
  if (Operator found = FindControlOperator(name)) return found;
  return FindCollectionOperator(name);
}

}  // namespace scriptworker::jsone
