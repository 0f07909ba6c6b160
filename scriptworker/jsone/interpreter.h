// SPDX-License-Identifier: MPL-2.0
#ifndef SCRIPTWORKER_JSONE_INTERPRETER_H_
#define SCRIPTWORKER_JSONE_INTERPRETER_H_

#include "absl/status/statusor.h"
#include "scriptworker/json/value.h"
#include "scriptworker/jsone/expression.h"
#include "scriptworker/jsone/limits.h"
#include "scriptworker/jsone/scope.h"

namespace scriptworker::jsone {

// The value of an expression. Errors are kInterpreter and kBuiltin template
// errors with json-e's texts, or kResourceExhausted for a budget. Thread-safe
// for different budgets.
absl::StatusOr<json::Value> Evaluate(const Expression& expression, const Scope& scope,
                                     Budget& budget);

}  // namespace scriptworker::jsone

#endif  // SCRIPTWORKER_JSONE_INTERPRETER_H_
