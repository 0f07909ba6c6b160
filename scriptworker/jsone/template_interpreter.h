// SPDX-License-Identifier: MPL-2.0
#ifndef SCRIPTWORKER_JSONE_TEMPLATE_INTERPRETER_H_
#define SCRIPTWORKER_JSONE_TEMPLATE_INTERPRETER_H_

#include <optional>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "scriptworker/json/value.h"
#include "scriptworker/jsone/expression_cache.h"
#include "scriptworker/jsone/limits.h"
#include "scriptworker/jsone/scope.h"

namespace scriptworker::jsone {

// What a template node becomes: a value, or nothing, json-e's "delete marker",
// which takes the node's member or element out of the result.
using Rendered = std::optional<json::Value>;

// Renders the nodes of one template: interpolates strings and keys, and hands
// objects with an operator to operators.h. Thread-compatible.
class TemplateInterpreter {
 public:
  // Both must outlive the interpreter.
  TemplateInterpreter(ExpressionCache& cache, Budget& budget) : cache_(cache), budget_(budget) {}

  // Errors carry the place within `node` (template_error.h).
  absl::StatusOr<Rendered> Render(const json::Value& node, const Scope& scope);

  // As Render, where a delete marker has no meaning: it counts as {}.
  absl::StatusOr<json::Value> RenderValue(const json::Value& node, const Scope& scope);

  // The value of an expression's source.
  absl::StatusOr<json::Value> Evaluate(std::string_view source, const Scope& scope);

  Budget& budget() { return budget_; }

 private:
  absl::StatusOr<Rendered> RenderString(const json::Value& text, const Scope& scope);
  absl::StatusOr<Rendered> RenderArray(const json::Value& node, const Scope& scope);
  absl::StatusOr<Rendered> RenderObject(const json::Value& node, const Scope& scope);
  absl::StatusOr<json::Value> RenderKey(const json::Value& key, const Scope& scope);

  ExpressionCache& cache_;
  Budget& budget_;
};

}  // namespace scriptworker::jsone

#endif  // SCRIPTWORKER_JSONE_TEMPLATE_INTERPRETER_H_
