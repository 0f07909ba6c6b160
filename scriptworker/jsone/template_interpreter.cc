// SPDX-License-Identifier: MPL-2.0
#include "scriptworker/jsone/template_interpreter.h"

#include <algorithm>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "scriptworker/base/status_macros.h"
#include "scriptworker/json/array.h"
#include "scriptworker/json/member.h"
#include "scriptworker/json/object.h"
#include "scriptworker/jsone/interpreter.h"
#include "scriptworker/jsone/operators.h"
#include "scriptworker/jsone/template_error.h"

namespace scriptworker::jsone {
namespace {

using json::Value;

// Whether rendering left a child as it was, so that its parent can be shared
// with the template as well. May say no for an equal value.
bool IsUnchanged(const Rendered& rendered, const Value& node) {
  if (!rendered.has_value() || rendered->type() != node.type()) return false;
  if (rendered->SharesContentWith(node)) return true;
  return !node.is_array() && !node.is_object() && *rendered == node;
}

// /^\$[a-zA-Z][a-zA-Z0-9]*$/
bool IsReserved(std::string_view key) {
  return key.size() >= 2 && key[0] == '$' &&
         absl::ascii_isalpha(static_cast<unsigned char>(key[1])) &&
         std::all_of(key.begin() + 2, key.end(),
                     [](char c) { return absl::ascii_isalnum(static_cast<unsigned char>(c)); });
}

struct FoundOperator {
  Operator render = nullptr;
  int count = 0;
};

FoundOperator OperatorOf(const json::Object& node) {
  FoundOperator found;
  for (const json::Member& member : node) {
    const std::string_view key = member.key();
    if (key.size() < 2 || key[0] != '$' || key[1] == '$') continue;
    if (Operator render = FindOperator(key)) {
      found.render = render;
      ++found.count;
    }
  }
  return found;
}

}  // namespace

absl::StatusOr<Rendered> TemplateInterpreter::Render(const Value& node, const Scope& scope) {
  if (node.is_string()) return RenderString(node, scope);
  if (!node.is_array() && !node.is_object()) return node;
  SW_RETURN_IF_ERROR(budget_.Step());
  const Budget::Level level(budget_);
  SW_RETURN_IF_ERROR(level.status());
  if (node.is_array()) return RenderArray(node, scope);
  const FoundOperator found = OperatorOf(node.object());
  if (found.count > 1) {
    return TemplateError(ErrorClass::kTemplate, "only one operator allowed");
  }
  if (found.count == 1) return found.render(node.object(), scope, *this);
  return RenderObject(node, scope);
}

absl::StatusOr<Value> TemplateInterpreter::RenderValue(const Value& node, const Scope& scope) {
  SW_ASSIGN_OR_RETURN(Rendered rendered, Render(node, scope));
  return rendered.has_value() ? *std::move(rendered) : Value(json::Object());
}

absl::StatusOr<Value> TemplateInterpreter::Evaluate(std::string_view source, const Scope& scope) {
  SW_RETURN_IF_ERROR(budget_.ReadText(source.size()));
  const absl::StatusOr<Expression>& expression = cache_.Get(source);
  SW_RETURN_IF_ERROR(expression.status());
  return jsone::Evaluate(*expression, scope, budget_);
}

absl::StatusOr<Rendered> TemplateInterpreter::RenderString(const Value& text, const Scope& scope) {
  SW_RETURN_IF_ERROR(budget_.ReadText(text.string_value().size()));
  if (!NeedsInterpolation(text.string_value())) return text;
  SW_ASSIGN_OR_RETURN(std::string result,
                      cache_.GetInterpolation(text.string_value()).Evaluate(scope, budget_));
  return Value(result);
}

absl::StatusOr<Rendered> TemplateInterpreter::RenderArray(const Value& node, const Scope& scope) {
  const json::Array& elements = node.array();
  SW_RETURN_IF_ERROR(budget_.AddNodes(static_cast<int64_t>(elements.size())));
  json::Array result;
  bool changed = false;
  for (size_t i = 0; i < elements.size(); ++i) {
    absl::StatusOr<Rendered> element = Render(elements[i], scope);
    if (!element.ok()) {
      absl::Status error = std::move(element).status();
      PrependIndex(i, error);
      return error;
    }
    if (!changed && !IsUnchanged(*element, elements[i])) {
      changed = true;
      result.reserve(elements.size());
      for (size_t k = 0; k < i; ++k) result.push_back(elements[k]);
    }
    if (changed && element->has_value()) {
      result.push_back(**std::move(element));
    }
  }
  if (!changed) return node;
  return Value(std::move(result));
}

absl::StatusOr<Value> TemplateInterpreter::RenderKey(const Value& key, const Scope& scope) {
  const std::string_view text = key.string_value();
  SW_RETURN_IF_ERROR(budget_.ReadText(text.size()));
  if (text.find('$') == std::string_view::npos) return key;
  if (absl::StartsWith(text, "$$")) {
    SW_RETURN_IF_ERROR(budget_.AddStringBytes(static_cast<int64_t>(text.size())));
    return Value(text.substr(1));
  }
  if (IsReserved(text)) {
    return TemplateError(ErrorClass::kTemplate, "$<identifier> is reserved; use $$<identifier>");
  }
  SW_ASSIGN_OR_RETURN(Rendered rendered, RenderString(key, scope));
  return *std::move(rendered);
}

absl::StatusOr<Rendered> TemplateInterpreter::RenderObject(const Value& node, const Scope& scope) {
  const json::Object& members = node.object();
  SW_RETURN_IF_ERROR(budget_.AddNodes(static_cast<int64_t>(members.size())));
  json::Object result;
  bool changed = false;
  size_t unchanged_count = 0;
  for (const json::Member& member : members) {
    absl::StatusOr<Rendered> value = Render(member.value(), scope);
    if (!value.ok()) {
      absl::Status error = std::move(value).status();
      PrependKey(member.key(), error);
      return error;
    }
    Value key;
    if (value->has_value()) {
      SW_ASSIGN_OR_RETURN(key, RenderKey(member.key_as_value(), scope));
    }
    if (!changed) {
      if (IsUnchanged(*value, member.value()) && IsUnchanged(key, member.key_as_value())) {
        ++unchanged_count;
        continue;
      }
      changed = true;
      result.reserve(members.size());
      for (size_t k = 0; k < unchanged_count; ++k) {
        const json::Member& earlier = *(members.begin() + k);
        result.Set(earlier.key_as_value(), earlier.value());
      }
    }
    if (value->has_value()) result.Set(key, **std::move(value));
  }
  if (!changed) return node;
  return Value(std::move(result));
}

}  // namespace scriptworker::jsone
