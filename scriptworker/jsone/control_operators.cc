// SPDX-License-Identifier: MPL-2.0
// The operators that choose, bind and convert: $eval $if $let $match $switch
// $json $fromNow.

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "scriptworker/base/status_macros.h"
#include "scriptworker/json/array.h"
#include "scriptworker/json/member.h"
#include "scriptworker/json/object.h"
#include "scriptworker/json/truth.h"
#include "scriptworker/json/value.h"
#include "scriptworker/jsone/from_now.h"
#include "scriptworker/jsone/operator_syntax.h"
#include "scriptworker/jsone/operators.h"
#include "scriptworker/jsone/stable_json.h"
#include "scriptworker/jsone/template_error.h"
#include "scriptworker/jsone/written_size.h"

namespace scriptworker::jsone {
namespace {

using json::Object;
using json::Value;
using Result = absl::StatusOr<Rendered>;

absl::Status Error(std::string_view message) {
  return TemplateError(ErrorClass::kTemplate, message);
}

Result RenderEval(const Object& node, const Scope& scope, TemplateInterpreter& interpreter) {
  SW_RETURN_IF_ERROR(CheckProperties({.name = "$eval"}, node));
  const Value& source = *node.Find("$eval");
  if (!source.is_string()) {
    return Error("$eval must be given a string expression");
  }
  SW_ASSIGN_OR_RETURN(Value value, interpreter.Evaluate(source.string_value(), scope));
  return value;
}

Result RenderIf(const Object& node, const Scope& scope, TemplateInterpreter& interpreter) {
  SW_RETURN_IF_ERROR(CheckProperties({.name = "$if", .others = {"then", "else", "$then"}}, node));
  const Value& condition = *node.Find("$if");
  if (!condition.is_string()) {
    return Error("$if can evaluate string expressions only");
  }
  SW_ASSIGN_OR_RETURN(Value value, interpreter.Evaluate(condition.string_value(), scope));
  const bool truth = IsTruthy(value);
  if (truth && node.contains("$then")) {
    return Error("$if Syntax error: $then: should be spelled then: (no $)");
  }
  const Value* branch = node.Find(truth ? "then" : "else");
  if (branch == nullptr) return Rendered();
  return interpreter.Render(*branch, scope);
}

Result RenderLet(const Object& node, const Scope& scope, TemplateInterpreter& interpreter) {
  SW_RETURN_IF_ERROR(CheckProperties({.name = "$let", .others = {"in"}}, node));
  const Value& definitions = *node.Find("$let");
  if (!definitions.is_object()) return Error("$let value must be an object");
  SW_ASSIGN_OR_RETURN(Value variables, interpreter.RenderValue(definitions, scope));
  if (!variables.is_object()) return Error("$let value must be an object");
  SW_RETURN_IF_ERROR(
      interpreter.budget().AddSteps(static_cast<int64_t>(variables.object().size())));
  for (const json::Member& variable : variables.object()) {
    SW_RETURN_IF_ERROR(interpreter.budget().ReadText(variable.key().size()));
    if (!IsIdentifier(variable.key())) {
      return Error("top level keys of $let must follow /[a-zA-Z_][a-zA-Z0-9_]*/");
    }
  }
  const Value* body = node.Find("in");
  if (body == nullptr || body->is_null()) {
    return Error("$let operator requires an `in` clause");
  }
  const Scope inner(&scope, variables.object());
  return interpreter.Render(*body, inner);
}

// The members whose key, as an expression, is true, in the keys' order.
absl::StatusOr<std::vector<const json::Member*>> TrueMembers(const Object& conditions,
                                                             std::string_view except,
                                                             const Scope& scope,
                                                             TemplateInterpreter& interpreter) {
  SW_RETURN_IF_ERROR(interpreter.budget().AddSteps(static_cast<int64_t>(conditions.size())));
  std::vector<const json::Member*> members;
  for (const json::Member& member : conditions) {
    if (member.key() != except) members.push_back(&member);
  }
  std::sort(members.begin(), members.end(),
            [](const json::Member* a, const json::Member* b) { return a->key() < b->key(); });
  std::vector<const json::Member*> result;
  for (const json::Member* member : members) {
    SW_ASSIGN_OR_RETURN(Value value, interpreter.Evaluate(member->key(), scope));
    if (IsTruthy(value)) result.push_back(member);
  }
  return result;
}

Result RenderMatch(const Object& node, const Scope& scope, TemplateInterpreter& interpreter) {
  SW_RETURN_IF_ERROR(CheckProperties({.name = "$match"}, node));
  const Value& conditions = *node.Find("$match");
  if (!conditions.is_object()) {
    return Error("$match can evaluate objects only");
  }
  SW_ASSIGN_OR_RETURN(std::vector<const json::Member*> members,
                      TrueMembers(conditions.object(), "", scope, interpreter));
  json::Array result;
  for (const json::Member* member : members) {
    SW_ASSIGN_OR_RETURN(Value value, interpreter.RenderValue(member->value(), scope));
    result.push_back(std::move(value));
  }
  return Value(std::move(result));
}

Result RenderSwitch(const Object& node, const Scope& scope, TemplateInterpreter& interpreter) {
  SW_RETURN_IF_ERROR(CheckProperties({.name = "$switch"}, node));
  const Value& conditions = *node.Find("$switch");
  if (!conditions.is_object()) {
    return Error("$switch can evaluate objects only");
  }
  SW_ASSIGN_OR_RETURN(std::vector<const json::Member*> members,
                      TrueMembers(conditions.object(), "$default", scope, interpreter));
  if (members.size() > 1) {
    return Error("$switch can only have one truthy condition");
  }
  if (members.size() == 1) {
    return interpreter.Render(members[0]->value(), scope);
  }
  const Value* otherwise = conditions.Find("$default");
  if (otherwise == nullptr) return Rendered();
  return interpreter.Render(*otherwise, scope);
}

Result RenderJson(const Object& node, const Scope& scope, TemplateInterpreter& interpreter) {
  SW_RETURN_IF_ERROR(CheckProperties({.name = "$json"}, node));
  SW_ASSIGN_OR_RETURN(Value value, interpreter.RenderValue(*node.Find("$json"), scope));
  SW_RETURN_IF_ERROR(CheckWrittenSize(value, interpreter.budget()));
  SW_ASSIGN_OR_RETURN(std::string text, StableJson(value, interpreter.budget()));
  return Value(text);
}

Result RenderFromNow(const Object& node, const Scope& scope, TemplateInterpreter& interpreter) {
  SW_RETURN_IF_ERROR(CheckProperties({.name = "$fromNow", .others = {"from"}}, node));
  SW_ASSIGN_OR_RETURN(Value span, interpreter.RenderValue(*node.Find("$fromNow"), scope));
  Value reference;
  if (const Value* now = scope.Find("now")) reference = *now;
  const Value* from = node.Find("from");
  // An empty array or object counts as given here, unlike in an expression.
  if (from != nullptr && (IsTruthy(*from) || from->is_array() || from->is_object())) {
    SW_ASSIGN_OR_RETURN(reference, interpreter.RenderValue(*from, scope));
  }
  if (!span.is_string()) return Error("$fromNow expects a string");
  if (!reference.is_string()) {
    return Error(absl::StrCat("$fromNow expects a timestamp as reference, found ",
                              json::TypeName(reference.type())));
  }
  SW_ASSIGN_OR_RETURN(std::string time, FromNow(span.string_value(), reference.string_value()));
  return Value(time);
}

}  // namespace

Operator FindControlOperator(std::string_view name) {
  if (name == "$eval") return RenderEval;
  if (name == "$if") return RenderIf;
  if (name == "$let") return RenderLet;
  if (name == "$match") return RenderMatch;
  if (name == "$switch") return RenderSwitch;
  if (name == "$json") return RenderJson;
  if (name == "$fromNow") return RenderFromNow;
  return nullptr;
}

}  // namespace scriptworker::jsone
