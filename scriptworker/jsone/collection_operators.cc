// SPDX-License-Identifier: MPL-2.0
// The operators on arrays and objects: $map $reduce $find $flatten $flattenDeep
// $merge $mergeDeep $reverse $sort.

#include <algorithm>
#include <bit>
#include <cmath>
#include <compare>
#include <cstddef>
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
#include "scriptworker/jsone/number.h"
#include "scriptworker/jsone/operator_syntax.h"
#include "scriptworker/jsone/operators.h"
#include "scriptworker/jsone/template_error.h"

namespace scriptworker::jsone {
namespace {

using json::Array;
using json::Object;
using json::Value;
using Result = absl::StatusOr<Rendered>;

absl::Status Error(std::string_view message) {
  return TemplateError(ErrorClass::kTemplate, message);
}

Value IndexValue(size_t i) { return Value(static_cast<int64_t>(i)); }

// The members of `from` over those of `into`; a later one wins.
absl::Status MergeInto(const Object& from, Object& into, Budget& budget) {
  SW_RETURN_IF_ERROR(budget.AddNodes(static_cast<int64_t>(from.size())));
  for (const json::Member& member : from) {
    SW_RETURN_IF_ERROR(budget.ReadText(member.key().size()));
    into.Set(member.key_as_value(), member.value());
  }
  return absl::OkStatus();
}

absl::StatusOr<Rendered> MapObject(const Object& object, const BindingKey& each, const Scope& scope,
                                   TemplateInterpreter& interpreter) {
  Object result;
  for (const json::Member& member : object) {
    SW_RETURN_IF_ERROR(interpreter.budget().Step());
    Scope inner(&scope);
    if (each.names.size() > 1) {
      inner.Bind(each.names[0], member.value());
      inner.Bind(each.names[1], member.key_as_value());
    } else {
      Object pair;
      pair.Set("key", member.key_as_value());
      pair.Set("val", member.value());
      inner.Bind(each.names[0], Value(std::move(pair)));
    }
    SW_ASSIGN_OR_RETURN(Rendered part, interpreter.Render(*each.body, inner));
    if (!part.has_value()) continue;
    if (!part->is_object()) {
      return Error(absl::StrCat("$map on objects expects each(", each.names[0],
                                ") to evaluate to an object"));
    }
    SW_RETURN_IF_ERROR(MergeInto(part->object(), result, interpreter.budget()));
  }
  return Value(std::move(result));
}

Result RenderMap(const Object& node, const Scope& scope, TemplateInterpreter& interpreter) {
  const OperatorShape shape = {
      .name = "$map", .others = {}, .binding_word = "each", .min_names = 1, .max_names = 2};
  SW_RETURN_IF_ERROR(CheckProperties(shape, node));
  SW_ASSIGN_OR_RETURN(Value value, interpreter.RenderValue(*node.Find("$map"), scope));
  if (!value.is_array() && !value.is_object()) {
    return Error("$map value must evaluate to an array or object");
  }
  if (node.size() != 2) return Error("$map must have exactly two properties");
  const BindingKey each = FindBinding(shape, node);
  if (value.is_object()) {
    return MapObject(value.object(), each, scope, interpreter);
  }
  SW_RETURN_IF_ERROR(interpreter.budget().AddNodes(static_cast<int64_t>(value.array().size())));
  Array result;
  result.reserve(value.array().size());
  for (size_t i = 0; i < value.array().size(); ++i) {
    Scope inner(&scope);
    inner.Bind(each.names[0], value.array()[i]);
    if (each.names.size() > 1) inner.Bind(each.names[1], IndexValue(i));
    SW_ASSIGN_OR_RETURN(Rendered part, interpreter.Render(*each.body, inner));
    if (part.has_value()) result.push_back(*std::move(part));
  }
  return Value(std::move(result));
}

Result RenderReduce(const Object& node, const Scope& scope, TemplateInterpreter& interpreter) {
  const OperatorShape shape = {.name = "$reduce",
                               .others = {"initial"},
                               .binding_word = "each",
                               .min_names = 2,
                               .max_names = 3};
  SW_RETURN_IF_ERROR(CheckProperties(shape, node));
  SW_ASSIGN_OR_RETURN(Value value, interpreter.RenderValue(*node.Find("$reduce"), scope));
  if (!value.is_array()) {
    return Error("$reduce value must evaluate to an array");
  }
  const Value* initial = node.Find("initial");
  const BindingKey each = FindBinding(shape, node);
  if (node.size() != 3 || initial == nullptr || each.body == nullptr) {
    return Error("$reduce must have exactly three properties");
  }
  Value result = *initial;
  for (size_t i = 0; i < value.array().size(); ++i) {
    SW_RETURN_IF_ERROR(interpreter.budget().Step());
    Scope inner(&scope);
    inner.Bind(each.names[0], result);
    inner.Bind(each.names[1], value.array()[i]);
    if (each.names.size() > 2) inner.Bind(each.names[2], IndexValue(i));
    SW_ASSIGN_OR_RETURN(Rendered next, interpreter.Render(*each.body, inner));
    if (next.has_value()) result = *std::move(next);
  }
  return result;
}

Result RenderFind(const Object& node, const Scope& scope, TemplateInterpreter& interpreter) {
  const OperatorShape shape = {
      .name = "$find", .others = {}, .binding_word = "each", .min_names = 1, .max_names = 2};
  SW_RETURN_IF_ERROR(CheckProperties(shape, node));
  SW_ASSIGN_OR_RETURN(Value value, interpreter.RenderValue(*node.Find("$find"), scope));
  if (!value.is_array()) {
    return Error("$find value must evaluate to an array");
  }
  if (node.size() != 2) return Error("$find must have exactly two properties");
  const BindingKey each = FindBinding(shape, node);
  if (!each.body->is_string()) {
    return Error("each can evaluate string expressions only");
  }
  for (size_t i = 0; i < value.array().size(); ++i) {
    SW_RETURN_IF_ERROR(interpreter.budget().Step());
    Scope inner(&scope);
    inner.Bind(each.names[0], value.array()[i]);
    if (each.names.size() > 1) inner.Bind(each.names[1], IndexValue(i));
    SW_ASSIGN_OR_RETURN(Value found, interpreter.Evaluate(each.body->string_value(), inner));
    if (IsTruthy(found)) return value.array()[i];
  }
  return Rendered();
}

// `array` without its brackets, and with `deep` all arrays in it; its elements are `depth` levels
// down.
absl::Status AppendFlattened(const Array& array, bool deep, int depth, Budget& budget, Array& out) {
  SW_RETURN_IF_ERROR(Budget::CheckValueDepth(depth));
  SW_RETURN_IF_ERROR(budget.AddNodes(static_cast<int64_t>(array.size())));
  for (const Value& element : array) {
    if (deep && element.is_array()) {
      SW_RETURN_IF_ERROR(AppendFlattened(element.array(), true, depth + 1, budget, out));
    } else {
      out.push_back(element);
    }
  }
  return absl::OkStatus();
}

Result Flatten(std::string_view name, bool deep, const Object& node, const Scope& scope,
               TemplateInterpreter& interpreter) {
  SW_RETURN_IF_ERROR(CheckProperties({.name = name}, node));
  SW_ASSIGN_OR_RETURN(Value value, interpreter.RenderValue(*node.Find(name), scope));
  if (!value.is_array()) {
    return Error(absl::StrCat(name, " value must evaluate to an array"));
  }
  SW_RETURN_IF_ERROR(interpreter.budget().AddNodes(static_cast<int64_t>(value.array().size())));
  Array result;
  for (const Value& element : value.array()) {
    if (element.is_array()) {
      SW_RETURN_IF_ERROR(AppendFlattened(element.array(), deep, 1, interpreter.budget(), result));
    } else {
      result.push_back(element);
    }
  }
  return Value(std::move(result));
}

Result RenderFlatten(const Object& node, const Scope& scope, TemplateInterpreter& interpreter) {
  return Flatten("$flatten", false, node, scope, interpreter);
}

Result RenderFlattenDeep(const Object& node, const Scope& scope, TemplateInterpreter& interpreter) {
  return Flatten("$flattenDeep", true, node, scope, interpreter);
}

// The array of objects that the operator `name` takes.
absl::StatusOr<Value> RenderObjects(std::string_view name, const Object& node, const Scope& scope,
                                    TemplateInterpreter& interpreter) {
  SW_RETURN_IF_ERROR(CheckProperties({.name = name}, node));
  SW_ASSIGN_OR_RETURN(Value value, interpreter.RenderValue(*node.Find(name), scope));
  if (value.is_array()) {
    SW_RETURN_IF_ERROR(interpreter.budget().AddSteps(static_cast<int64_t>(value.array().size())));
  }
  const bool fits =
      value.is_array() && std::all_of(value.array().begin(), value.array().end(),
                                      [](const Value& element) { return element.is_object(); });
  if (!fits) {
    return Error(absl::StrCat(name, " value must evaluate to an array of objects"));
  }
  return value;
}

Result RenderMerge(const Object& node, const Scope& scope, TemplateInterpreter& interpreter) {
  SW_ASSIGN_OR_RETURN(Value value, RenderObjects("$merge", node, scope, interpreter));
  Object result;
  for (const Value& part : value.array()) {
    SW_RETURN_IF_ERROR(MergeInto(part.object(), result, interpreter.budget()));
  }
  return Value(std::move(result));
}

// Objects member by member, arrays one behind the other, else the right value.
absl::StatusOr<Value> MergeDeep(const Value& left, const Value& right, int depth, Budget& budget) {
  SW_RETURN_IF_ERROR(Budget::CheckValueDepth(depth));
  if (left.is_array() && right.is_array()) {
    SW_RETURN_IF_ERROR(
        budget.AddNodes(static_cast<int64_t>(left.array().size() + right.array().size())));
    Array joined = left.array();
    for (const Value& element : right.array()) joined.push_back(element);
    return Value(std::move(joined));
  }
  if (!left.is_object() || !right.is_object()) return right;
  SW_RETURN_IF_ERROR(budget.AddNodes(static_cast<int64_t>(right.object().size())));
  // Its members are copied as soon as one of them changes.
  SW_RETURN_IF_ERROR(budget.AddSteps(static_cast<int64_t>(left.object().size())));
  Object merged = left.object();
  for (const json::Member& member : right.object()) {
    SW_RETURN_IF_ERROR(budget.ReadText(member.key().size()));
    Value value = member.value();
    if (const Value* old = left.Find(member.key())) {
      SW_ASSIGN_OR_RETURN(value, MergeDeep(*old, member.value(), depth + 1, budget));
    }
    merged.Set(member.key_as_value(), std::move(value));
  }
  return Value(std::move(merged));
}

Result RenderMergeDeep(const Object& node, const Scope& scope, TemplateInterpreter& interpreter) {
  SW_ASSIGN_OR_RETURN(Value value, RenderObjects("$mergeDeep", node, scope, interpreter));
  Value result = Value(Object());
  for (const Value& part : value.array()) {
    SW_ASSIGN_OR_RETURN(result, MergeDeep(result, part, 0, interpreter.budget()));
  }
  return result;
}

Result RenderReverse(const Object& node, const Scope& scope, TemplateInterpreter& interpreter) {
  SW_RETURN_IF_ERROR(CheckProperties({.name = "$reverse"}, node));
  SW_ASSIGN_OR_RETURN(Value value, interpreter.RenderValue(*node.Find("$reverse"), scope));
  if (!value.is_array()) {
    return Error("$reverse value must evaluate to an array of objects");
  }
  SW_RETURN_IF_ERROR(interpreter.budget().AddNodes(static_cast<int64_t>(value.array().size())));
  Array result;
  result.reserve(value.array().size());
  for (size_t i = value.array().size(); i > 0; --i) {
    result.push_back(value.array()[i - 1]);
  }
  return Value(std::move(result));
}

struct Keyed {
  Value key;
  Value element;
};

Result RenderSort(const Object& node, const Scope& scope, TemplateInterpreter& interpreter) {
  const OperatorShape shape = {
      .name = "$sort", .others = {}, .binding_word = "by", .min_names = 1, .max_names = 1};
  static constexpr std::string_view kMixed = "$sorted values to be sorted must have the same type";
  SW_RETURN_IF_ERROR(CheckProperties(shape, node));
  SW_ASSIGN_OR_RETURN(Value value, interpreter.RenderValue(*node.Find("$sort"), scope));
  if (!value.is_array()) return Error(kMixed);
  const BindingKey by = FindBinding(shape, node);
  std::vector<Keyed> keyed;
  keyed.reserve(value.array().size());
  for (const Value& element : value.array()) {
    Keyed next{element, element};
    if (by.body != nullptr) {
      if (!by.body->is_string()) {
        return Error("by can evaluate string expressions only");
      }
      Scope inner(&scope);
      inner.Bind(by.names[0], element);
      SW_ASSIGN_OR_RETURN(next.key, interpreter.Evaluate(by.body->string_value(), inner));
    }
    keyed.push_back(std::move(next));
  }
  // Not a number that is none: it is in no order with others.
  const auto is_number = [](const Keyed& k) {
    return k.key.is_number() && !std::isnan(k.key.double_value());
  };
  const auto is_string = [](const Keyed& k) { return k.key.is_string(); };
  if (std::all_of(keyed.begin(), keyed.end(), is_number)) {
    std::stable_sort(keyed.begin(), keyed.end(), [](const Keyed& a, const Keyed& b) {
      return std::is_lt(Compare(a.key, b.key));
    });
  } else if (std::all_of(keyed.begin(), keyed.end(), is_string)) {
    // Each key is compared with about log2(size) others.
    const auto rounds = static_cast<size_t>(std::bit_width(keyed.size()));
    for (const Keyed& k : keyed) {
      SW_RETURN_IF_ERROR(interpreter.budget().ReadText(k.key.string_value().size() * rounds));
    }
    std::stable_sort(keyed.begin(), keyed.end(), [](const Keyed& a, const Keyed& b) {
      return a.key.string_value() < b.key.string_value();
    });
  } else {
    return Error(kMixed);
  }
  SW_RETURN_IF_ERROR(interpreter.budget().AddNodes(static_cast<int64_t>(keyed.size())));
  Array result;
  result.reserve(keyed.size());
  for (Keyed& next : keyed) result.push_back(std::move(next.element));
  return Value(std::move(result));
}

}  // namespace

Operator FindCollectionOperator(std::string_view name) {
  if (name == "$map") return RenderMap;
  if (name == "$reduce") return RenderReduce;
  if (name == "$find") return RenderFind;
  if (name == "$flatten") return RenderFlatten;
  if (name == "$flattenDeep") return RenderFlattenDeep;
  if (name == "$merge") return RenderMerge;
  if (name == "$mergeDeep") return RenderMergeDeep;
  if (name == "$reverse") return RenderReverse;
  if (name == "$sort") return RenderSort;
  return nullptr;
}

}  // namespace scriptworker::jsone
