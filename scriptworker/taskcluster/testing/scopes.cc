// SPDX-License-Identifier: MPL-2.0

#include "scriptworker/taskcluster/testing/scopes.h"

#include <cstddef>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/types/span.h"
#include "scriptworker/json/value.h"
#include "scriptworker/taskcluster/scope.h"
#include "scriptworker/taskcluster/testing/indented_json.h"

namespace scriptworker::taskcluster::fake {
namespace {

bool HoldsScope(absl::Span<const std::string> held, const std::string& required) {
  return ScopesSatisfy(held, absl::MakeConstSpan(&required, 1));
}

}  // namespace

std::vector<std::string> NormalizeScopes(std::vector<std::string> scopes) {
  std::vector<std::string> kept;
  for (size_t i = 0; i < scopes.size(); ++i) {
    bool redundant = false;
    for (size_t j = 0; j < scopes.size() && !redundant; ++j) {
      if (i == j || !ScopeSatisfies(scopes[j], scopes[i])) continue;
      redundant = scopes[j] != scopes[i] || j < i;
    }
    if (!redundant) kept.push_back(scopes[i]);
  }
  return kept;
}

ScopeExpression ScopeExpression::Scope(std::string scope) {
  return ScopeExpression(Kind::kScope, std::move(scope), {});
}

ScopeExpression ScopeExpression::AllOf(std::vector<ScopeExpression> operands) {
  return ScopeExpression(Kind::kAllOf, "", std::move(operands));
}

ScopeExpression ScopeExpression::AnyOf(std::vector<ScopeExpression> operands) {
  return ScopeExpression(Kind::kAnyOf, "", std::move(operands));
}

std::optional<ScopeExpression> ScopeExpression::Missing(absl::Span<const std::string> held) const {
  if (kind_ == Kind::kScope) {
    if (HoldsScope(held, scope_)) return std::nullopt;
    return *this;
  }
  std::vector<ScopeExpression> missing;
  for (const ScopeExpression& operand : operands_) {
    std::optional<ScopeExpression> rest = operand.Missing(held);
    if (rest.has_value()) {
      missing.push_back(*std::move(rest));
    } else if (kind_ == Kind::kAnyOf) {
      return std::nullopt;
    }
  }
  if (missing.empty() && kind_ == Kind::kAllOf) return std::nullopt;
  if (missing.size() == 1) return std::move(missing.front());
  return ScopeExpression(kind_, "", std::move(missing));
}

json::Value ScopeExpression::ToJson() const {
  if (kind_ == Kind::kScope) return json::Value(scope_);
  json::Array operands;
  for (const ScopeExpression& operand : operands_) {
    operands.push_back(operand.ToJson());
  }
  json::Object object;
  object.Set(kind_ == Kind::kAllOf ? "AllOf" : "AnyOf", json::Value(std::move(operands)));
  return json::Value(std::move(object));
}

std::string ScopeExpression::ToString() const {
  return kind_ == Kind::kScope ? scope_ : IndentedJson(ToJson());
}

}  // namespace scriptworker::taskcluster::fake
