// SPDX-License-Identifier: MPL-2.0
#ifndef SCRIPTWORKER_JSONE_SCOPE_H_
#define SCRIPTWORKER_JSONE_SCOPE_H_

#include <string_view>
#include <utility>

#include "absl/container/inlined_vector.h"
#include "scriptworker/json/object.h"
#include "scriptworker/json/value.h"

namespace scriptworker::jsone {

// The variables that an expression sees: own ones in front of those of the
// scope around it, which is not copied. A scope lives on the stack of the
// operator that makes it and must not outlive its parent. Thread-compatible.
class Scope {
 public:
  explicit Scope(const Scope* parent = nullptr) : parent_(parent) {}
  Scope(const Scope* parent, json::Object variables)
      : parent_(parent), variables_(std::move(variables)) {}
  Scope(const Scope&) = delete;
  Scope& operator=(const Scope&) = delete;

  // Hides a variable of the same name of an outer scope; replaces one bound
  // here. `name` must outlive this scope.
  void Bind(std::string_view name, json::Value value) {
    for (auto& [bound, old] : bound_) {
      if (bound == name) {
        old = std::move(value);
        return;
      }
    }
    bound_.emplace_back(name, std::move(value));
  }

  // nullptr: no such variable. Valid while this scope is not changed.
  const json::Value* Find(std::string_view name) const {
    for (const Scope* scope = this; scope != nullptr; scope = scope->parent_) {
      for (const auto& [bound, value] : scope->bound_) {
        if (bound == name) return &value;
      }
      if (const json::Value* value = scope->variables_.Find(name)) return value;
    }
    return nullptr;
  }

 private:
  const Scope* parent_;
  absl::InlinedVector<std::pair<std::string_view, json::Value>, 3> bound_;
  json::Object variables_;
};

}  // namespace scriptworker::jsone

#endif  // SCRIPTWORKER_JSONE_SCOPE_H_
