// SPDX-License-Identifier: MPL-2.0
#ifndef SCRIPTWORKER_JSONE_OPERATORS_H_
#define SCRIPTWORKER_JSONE_OPERATORS_H_

#include <string_view>

#include "absl/status/statusor.h"
#include "scriptworker/json/object.h"
#include "scriptworker/jsone/scope.h"
#include "scriptworker/jsone/template_interpreter.h"

namespace scriptworker::jsone {

// Renders an object node that has one operator as a key, such as
// {$if: ..., then: ..., else: ...}.
using Operator = absl::StatusOr<Rendered> (*)(const json::Object& node, const Scope& scope,
                                              TemplateInterpreter& interpreter);

// nullptr: no operator has this name. `name` includes the "$".
Operator FindOperator(std::string_view name);

// The operators of control_operators.cc and of collection_operators.cc.
Operator FindControlOperator(std::string_view name);
Operator FindCollectionOperator(std::string_view name);

}  // namespace scriptworker::jsone

#endif  // SCRIPTWORKER_JSONE_OPERATORS_H_
