// SPDX-License-Identifier: MPL-2.0
#include "scriptworker/jsone/interpreter.h"

#include <algorithm>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "absl/container/inlined_vector.h"
#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "scriptworker/base/status_macros.h"
#include "scriptworker/json/array.h"
#include "scriptworker/json/object.h"
#include "scriptworker/json/truth.h"
#include "scriptworker/jsone/equality.h"
#include "scriptworker/jsone/function.h"
#include "scriptworker/jsone/number.h"
#include "scriptworker/jsone/template_error.h"
#include "scriptworker/jsone/text.h"

namespace scriptworker::jsone {
namespace {

using json::Value;
using Result = absl::StatusOr<Value>;

absl::Status Error(std::string_view message) {
  return TemplateError(ErrorClass::kInterpreter, message);
}

absl::Status Expects(std::string_view what, std::string_view expected) {
  return Error(absl::StrCat(what, " expects ", expected));
}

// Of the operators whose error texts show it.
std::string_view Symbol(Op op) {
  if (op == Op::kLess) return "<";
  if (op == Op::kLessEqual) return "<=";
  if (op == Op::kGreater) return ">";
  if (op == Op::kGreaterEqual) return ">=";
  if (op == Op::kSubtract) return "-";
  if (op == Op::kMultiply) return "*";
  if (op == Op::kDivide) return "/";
  return "**";
}

absl::Status ExpectsOperands(Op op, std::string_view kind) {
  const std::string_view symbol = Symbol(op);
  return Expects(absl::StrCat("infix: ", symbol), absl::StrCat(kind, " ", symbol, " ", kind));
}

class Interpreter {
 public:
  Interpreter(const Expression& expression, const Scope& scope, Budget& budget)
      : expression_(expression), scope_(scope), budget_(budget) {}

  Result Visit(NodeId id);

 private:
  // A node without a left operand.
  Result VisitFirst(const Node& node);
  Result VisitVariable(const Node& node);
  Result VisitList(const Node& node);
  Result VisitObject(const Node& node);

  // A node whose left operand has the value `left`.
  Result Apply(const Node& node, const Value& left);
  Result ApplySign(const Node& node, const Value& operand);
  Result ApplyLogic(const Node& node, const Value& left);
  Result ApplyBinary(const Node& node, const Value& left);
  Result ApplyProperty(const Node& node, const Value& from);
  Result ApplyAccess(const Node& node, const Value& from);
  Result ApplyCall(const Node& node, const Value& function);

  Result Add(const Value& left, const Value& right);
  Result Calculate(Op op, const Value& left, const Value& right);
  Result Order(Op op, const Value& left, const Value& right);
  Result IsIn(const Value& left, const Value& right);
  Result Slice(const Value& from, const Value& lower, const Value& upper);
  Result At(const Value& from, const Value& index);

  const Expression& expression_;
  const Scope& scope_;
  Budget& budget_;
};

Result Interpreter::Visit(NodeId id) {
  const Node* node = &expression_.node(id);
  if (node->left == kNoNode) return VisitFirst(*node);
  const Budget::Level level(budget_);
  SW_RETURN_IF_ERROR(level.status());
  // a + b + c ... or a.b.c ... leans to the left, as far as the text is long; so the left
  // operands are evaluated one after the other, not one within the other.
  absl::InlinedVector<const Node*, 8> operators;
  for (; node->left != kNoNode; node = &expression_.node(node->left)) operators.push_back(node);
  SW_ASSIGN_OR_RETURN(Value value, VisitFirst(*node));
  for (; !operators.empty(); operators.pop_back()) {
    SW_RETURN_IF_ERROR(budget_.Step());
    SW_ASSIGN_OR_RETURN(value, Apply(*operators.back(), value));
  }
  return value;
}

Result Interpreter::VisitFirst(const Node& node) {
  if (node.op == Op::kConstant) return node.value;
  if (node.op == Op::kVariable) return VisitVariable(node);
  SW_RETURN_IF_ERROR(budget_.Step());
  const Budget::Level level(budget_);
  SW_RETURN_IF_ERROR(level.status());
  return node.op == Op::kList ? VisitList(node) : VisitObject(node);
}

Result Interpreter::Apply(const Node& node, const Value& left) {
  switch (node.op) {
    case Op::kConstant:
    case Op::kVariable:
    case Op::kList:
    case Op::kObject:
      break;
    case Op::kUnaryPlus:
    case Op::kUnaryMinus:
      return ApplySign(node, left);
    case Op::kNot:
    case Op::kOr:
    case Op::kAnd:
      return ApplyLogic(node, left);
    case Op::kIn:
    case Op::kEqual:
    case Op::kNotEqual:
    case Op::kLess:
    case Op::kLessEqual:
    case Op::kGreater:
    case Op::kGreaterEqual:
    case Op::kAdd:
    case Op::kSubtract:
    case Op::kMultiply:
    case Op::kDivide:
    case Op::kPower:
      return ApplyBinary(node, left);
    case Op::kProperty:
      return ApplyProperty(node, left);
    case Op::kIndex:
    case Op::kSlice:
      return ApplyAccess(node, left);
    case Op::kCall:
      return ApplyCall(node, left);
  }
  return absl::InternalError("a json-e expression node with a left operand that it does not take");
}

Result Interpreter::VisitVariable(const Node& node) {
  const Value* value = scope_.Find(node.value.string_value());
  if (value == nullptr) {
    return Error(absl::StrCat("unknown context value ", node.value.string_value()));
  }
  return *value;
}

Result Interpreter::ApplySign(const Node& node, const Value& operand) {
  const bool minus = node.op == Op::kUnaryMinus;
  if (!operand.is_number()) {
    return Expects(minus ? "unary -" : "unary +", "number");
  }
  if (minus) return Negated(operand);
  return operand;
}

Result Interpreter::ApplyLogic(const Node& node, const Value& left) {
  const bool truth = IsTruthy(left);
  if (node.op == Op::kNot) return Value(!truth);
  if (truth == (node.op == Op::kOr)) return Value(truth);
  SW_ASSIGN_OR_RETURN(Value right, Visit(node.right));
  return Value(IsTruthy(right));
}

Result Interpreter::ApplyBinary(const Node& node, const Value& left) {
  SW_ASSIGN_OR_RETURN(Value right, Visit(node.right));
  if (node.op == Op::kEqual || node.op == Op::kNotEqual) {
    SW_ASSIGN_OR_RETURN(const bool equal, Equal(left, right, budget_));
    return Value(equal == (node.op == Op::kEqual));
  }
  if (node.op == Op::kIn) return IsIn(left, right);
  if (node.op == Op::kAdd) return Add(left, right);
  if (node.op == Op::kSubtract || node.op == Op::kMultiply || node.op == Op::kDivide ||
      node.op == Op::kPower) {
    return Calculate(node.op, left, right);
  }
  return Order(node.op, left, right);
}

Result Interpreter::Add(const Value& left, const Value& right) {
  if (left.is_number() && right.is_number()) return Sum(left, right);
  if (left.is_string() && right.is_string()) {
    std::string text = absl::StrCat(left.string_value(), right.string_value());
    SW_RETURN_IF_ERROR(budget_.AddStringBytes(static_cast<int64_t>(text.size())));
    return Value(text);
  }
  return Expects("infix: +", "numbers/strings + numbers/strings");
}

Result Interpreter::Calculate(Op op, const Value& left, const Value& right) {
  if (!left.is_number() || !right.is_number()) {
    return ExpectsOperands(op, "number");
  }
  if (op == Op::kSubtract) return Difference(left, right);
  if (op == Op::kMultiply) return Product(left, right);
  if (op == Op::kDivide) return Quotient(left, right);
  return Power(left, right);
}

Result Interpreter::Order(Op op, const Value& left, const Value& right) {
  std::partial_ordering order = std::partial_ordering::unordered;
  if (left.is_number() && right.is_number()) {
    order = Compare(left, right);
  } else if (left.is_string() && right.is_string()) {
    SW_RETURN_IF_ERROR(
        budget_.ReadText(std::min(left.string_value().size(), right.string_value().size())));
    order = left.string_value() <=> right.string_value();
  } else {
    return ExpectsOperands(op, "numbers/strings");
  }
  if (op == Op::kLess) return Value(std::is_lt(order));
  if (op == Op::kLessEqual) return Value(std::is_lteq(order));
  if (op == Op::kGreater) return Value(std::is_gt(order));
  return Value(std::is_gteq(order));
}

Result Interpreter::IsIn(const Value& left, const Value& right) {
  if (right.is_object()) {
    if (!left.is_string()) {
      return Expects("Infix: in-object", "string on left side");
    }
    SW_RETURN_IF_ERROR(budget_.ReadText(left.string_value().size()));
    return Value(right.object().contains(left.string_value()));
  }
  if (right.is_string()) {
    if (!left.is_string()) {
      return Expects("Infix: in-string", "string on left side");
    }
    SW_RETURN_IF_ERROR(budget_.ReadText(left.string_value().size() + right.string_value().size()));
    return Value(FindText(right.string_value(), left.string_value()) != std::string_view::npos);
  }
  if (!right.is_array()) {
    return Expects("Infix: in", "Array, string, or object on right side");
  }
  for (const Value& element : right.array()) {
    SW_ASSIGN_OR_RETURN(const bool equal, Equal(element, left, budget_));
    if (equal) return Value(true);
  }
  return Value(false);
}

Result Interpreter::ApplyProperty(const Node& node, const Value& from) {
  if (!from.is_object()) return Expects("infix: .", "objects");
  const std::string_view name = node.value.string_value();
  const Value* property = from.Find(name);
  if (property == nullptr) {
    return Error(absl::StrCat("object has no property \"", name, "\""));
  }
  return *property;
}

Result Interpreter::ApplyAccess(const Node& node, const Value& from) {
  Value lower(0);
  Value upper;
  if (node.right != kNoNode) {
    SW_ASSIGN_OR_RETURN(lower, Visit(node.right));
  }
  if (node.upper != kNoNode) {
    SW_ASSIGN_OR_RETURN(upper, Visit(node.upper));
  }
  if (from.is_array() || from.is_string()) {
    if (from.is_string()) {
      SW_RETURN_IF_ERROR(budget_.ReadText(from.string_value().size()));
    }
    return node.op == Op::kSlice ? Slice(from, lower, upper) : At(from, lower);
  }
  if (!from.is_object()) {
    return Expects("infix: \"[..]\"", "object, array, or string");
  }
  if (!lower.is_string()) return Error("object keys must be strings");
  SW_RETURN_IF_ERROR(budget_.ReadText(lower.string_value().size()));
  const Value* property = from.Find(lower.string_value());
  return property == nullptr ? Value() : *property;
}

int64_t Length(const Value& value) {
  return static_cast<int64_t>(value.is_array() ? value.array().size()
                                               : CodePointCount(value.string_value()));
}

// A bound counted from the end if it is negative, at least 0.
int64_t FromStart(int64_t bound, int64_t length) {
  if (bound >= 0) return bound;
  return bound + length < 0 ? 0 : bound + length;
}

Result Interpreter::Slice(const Value& from, const Value& lower, const Value& upper) {
  const int64_t length = Length(from);
  const std::optional<int64_t> first = AsInteger(lower);
  const std::optional<int64_t> last = upper.is_null() ? length : AsInteger(upper);
  if (!first.has_value() || !last.has_value()) {
    return Error("cannot perform interval access with non-integers");
  }
  const int64_t end = std::min(FromStart(*last, length), length);
  const int64_t begin = std::min(FromStart(*first, length), end);
  if (from.is_string()) {
    const std::string_view part =
        CodePointSlice(from.string_value(), static_cast<size_t>(begin), static_cast<size_t>(end));
    SW_RETURN_IF_ERROR(budget_.AddStringBytes(static_cast<int64_t>(part.size())));
    return Value(part);
  }
  SW_RETURN_IF_ERROR(budget_.AddNodes(end - begin));
  json::Array part;
  part.reserve(static_cast<size_t>(end - begin));
  for (int64_t i = begin; i < end; ++i) {
    part.push_back(from.array()[static_cast<size_t>(i)]);
  }
  return Value(std::move(part));
}

Result Interpreter::At(const Value& from, const Value& index) {
  const std::optional<int64_t> integer = AsInteger(index);
  if (!integer.has_value()) {
    return Error("should only use integers to access arrays or strings");
  }
  const int64_t length = Length(from);
  const int64_t i = FromStart(*integer, length);
  if (i >= length) return Error("index out of bounds");
  if (from.is_array()) return from.array()[static_cast<size_t>(i)];
  return Value(
      CodePointSlice(from.string_value(), static_cast<size_t>(i), static_cast<size_t>(i) + 1));
}

Result Interpreter::ApplyCall(const Node& node, const Value& function) {
  if (!IsFunction(function)) {
    return Error(absl::StrCat(
        InterpolatedText(function).value_or(std::string(json::TypeName(function.type()))),
        " is not callable"));
  }
  absl::InlinedVector<Value, 3> arguments;
  for (NodeId child : expression_.children(node)) {
    SW_ASSIGN_OR_RETURN(Value argument, Visit(child));
    arguments.push_back(std::move(argument));
  }
  return AsFunction(function).Invoke({.arguments = arguments, .scope = scope_, .budget = budget_});
}

Result Interpreter::VisitList(const Node& node) {
  SW_RETURN_IF_ERROR(budget_.AddNodes(node.child_count));
  json::Array list;
  list.reserve(node.child_count);
  for (NodeId child : expression_.children(node)) {
    SW_ASSIGN_OR_RETURN(Value element, Visit(child));
    list.push_back(std::move(element));
  }
  return Value(std::move(list));
}

Result Interpreter::VisitObject(const Node& node) {
  SW_RETURN_IF_ERROR(budget_.AddNodes(node.child_count / 2));
  json::Object object;
  object.reserve(node.child_count / 2);
  const absl::Span<const NodeId> children = expression_.children(node);
  for (size_t i = 0; i + 1 < children.size(); i += 2) {
    SW_ASSIGN_OR_RETURN(Value value, Visit(children[i + 1]));
    object.Set(expression_.node(children[i]).value, std::move(value));
  }
  return Value(std::move(object));
}

}  // namespace

absl::StatusOr<json::Value> Evaluate(const Expression& expression, const Scope& scope,
                                     Budget& budget) {
  return Interpreter(expression, scope, budget).Visit(expression.root());
}

}  // namespace scriptworker::jsone
