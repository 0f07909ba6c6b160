// SPDX-License-Identifier: MPL-2.0
#ifndef SCRIPTWORKER_JSONE_FUNCTION_H_
#define SCRIPTWORKER_JSONE_FUNCTION_H_

#include <functional>
#include <string>
#include <string_view>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "scriptworker/json/opaque.h"
#include "scriptworker/json/value.h"
#include "scriptworker/jsone/limits.h"
#include "scriptworker/jsone/scope.h"

namespace scriptworker::jsone {

// A function of the expression language, carried by a Value of kind kOpaque.
// Immutable, so thread-safe as far as its body is.
class Function final : public json::Opaque {
 public:
  // Where a call happens.
  struct Call {
    absl::Span<const json::Value> arguments;
    const Scope& scope;
    Budget& budget;
  };
  using Body = std::function<absl::StatusOr<json::Value>(const Call&)>;

  Function(std::string name, Body body) : name_(std::move(name)), body_(std::move(body)) {}

  std::string_view type_name() const override { return "a function"; }
  std::string_view name() const { return name_; }
  absl::StatusOr<json::Value> Invoke(const Call& call) const { return body_(call); }

 private:
  std::string name_;
  Body body_;
};

inline bool IsFunction(const json::Value& value) { return value.is_opaque(); }

// REQUIRES: IsFunction(value). Functions are the only opaque values here:
// neither JSON nor YAML can hold one, and contexts get theirs from
// Context::AddFunction.
inline const Function& AsFunction(const json::Value& value) {
  return static_cast<const Function&>(value.opaque());
}

}  // namespace scriptworker::jsone

#endif  // SCRIPTWORKER_JSONE_FUNCTION_H_
