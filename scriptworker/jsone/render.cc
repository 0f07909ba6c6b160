// SPDX-License-Identifier: MPL-2.0
#include "scriptworker/jsone/render.h"

#include <utility>

#include "absl/status/status.h"
#include "scriptworker/base/status_macros.h"
#include "scriptworker/json/member.h"
#include "scriptworker/jsone/builtins.h"
#include "scriptworker/jsone/operator_syntax.h"
#include "scriptworker/jsone/scope.h"
#include "scriptworker/jsone/template_error.h"
#include "scriptworker/jsone/template_interpreter.h"
#include "scriptworker/jsone/written_size.h"

namespace scriptworker::jsone {
namespace {

// Text of expressions kept from one rendering to the next.
constexpr size_t kMaxCacheBytes = 16 << 20;

absl::StatusOr<json::Value> RenderIn(const json::Value& document, const Scope& scope,
                                     TemplateInterpreter& interpreter) {
  SW_ASSIGN_OR_RETURN(Rendered rendered, interpreter.Render(document, scope));
  if (!rendered.has_value()) return json::Value();
  SW_RETURN_IF_ERROR(CheckWrittenSize(*rendered, interpreter.budget()));
  return *std::move(rendered);
}

}  // namespace

Renderer::Renderer(const Limits& limits) : limits_(limits), builtins_(MakeBuiltins()) {}

absl::StatusOr<json::Value> Renderer::Render(const json::Value& document, const Context& context) {
  Budget budget(limits_);
  return Render(document, context, budget);
}

absl::StatusOr<json::Value> Renderer::Render(const json::Value& document, const Context& context,
                                             Budget& budget) {
  for (const json::Member& variable : context.variables()) {
    if (!IsIdentifier(variable.key())) {
      return WithPlaceInMessage(TemplateError(
          ErrorClass::kTemplate, "top level keys of context must follow /[a-zA-Z_][a-zA-Z0-9_]*/"));
    }
  }
  cache_.Trim(kMaxCacheBytes);
  TemplateInterpreter interpreter(cache_, budget);
  const Scope builtins(nullptr, builtins_);
  const Scope scope(&builtins, context.variables());
  absl::StatusOr<json::Value> result = RenderIn(document, scope, interpreter);
  if (!result.ok()) return WithPlaceInMessage(result.status());
  return result;
}

absl::StatusOr<json::Value> Render(const json::Value& document, const Context& context,
                                   const Limits& limits) {
  return Renderer(limits).Render(document, context);
}

absl::StatusOr<json::Value> Render(const json::Value& document, const Context& context,
                                   Budget& budget) {
  return Renderer(budget.limits()).Render(document, context, budget);
}

}  // namespace scriptworker::jsone
