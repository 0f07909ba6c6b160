// SPDX-License-Identifier: MPL-2.0
//
// Taskcluster's scopes as the services check them: a held scope ending in `*`
// satisfies every scope with that prefix; what a call needs is an expression of
// scopes under AllOf and AnyOf.

#ifndef SCRIPTWORKER_TASKCLUSTER_TESTING_SCOPES_H_
#define SCRIPTWORKER_TASKCLUSTER_TESTING_SCOPES_H_

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/types/span.h"
#include "scriptworker/json/value.h"

namespace scriptworker::taskcluster::fake {

// Drops each scope that another one of the list satisfies; keeps the order.
std::vector<std::string> NormalizeScopes(std::vector<std::string> scopes);

// An immutable value.
class ScopeExpression {
 public:
  static ScopeExpression Scope(std::string scope);
  static ScopeExpression AllOf(std::vector<ScopeExpression> operands);
  static ScopeExpression AnyOf(std::vector<ScopeExpression> operands);

  bool SatisfiedBy(absl::Span<const std::string> held) const { return !Missing(held).has_value(); }

  // What remains when the satisfied parts are taken away; nullopt when nothing.
  std::optional<ScopeExpression> Missing(absl::Span<const std::string> held) const;

  // As in the services' 403 messages: a lone scope bare, else indented JSON.
  std::string ToString() const;

 private:
  enum class Kind { kScope, kAllOf, kAnyOf };

  ScopeExpression(Kind kind, std::string scope, std::vector<ScopeExpression> operands)
      : kind_(kind), scope_(std::move(scope)), operands_(std::move(operands)) {}

  json::Value ToJson() const;

  Kind kind_;
  std::string scope_;
  std::vector<ScopeExpression> operands_;
};

}  // namespace scriptworker::taskcluster::fake

#endif  // SCRIPTWORKER_TASKCLUSTER_TESTING_SCOPES_H_
