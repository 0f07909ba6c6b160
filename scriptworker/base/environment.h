// SPDX-License-Identifier: MPL-2.0
//
// The environment variables as a plain value, injected: only main files read
// the process's own.

#ifndef SCRIPTWORKER_BASE_ENVIRONMENT_H_
#define SCRIPTWORKER_BASE_ENVIRONMENT_H_

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace scriptworker {

// Thread-compatible.
class Environment {
 public:
  using Variables = std::map<std::string, std::string, std::less<>>;

  Environment() = default;
  explicit Environment(Variables variables) : variables_(std::move(variables)) {}

  // A copy of the process's environment. Call it in main(), before threads.
  static Environment FromProcess();

  // nullopt: not set. A variable may be set and empty.
  std::optional<std::string> Get(std::string_view name) const;

  // `fallback` when not set or empty.
  std::string GetOr(std::string_view name, std::string_view fallback) const;

  void Set(std::string_view name, std::string_view value);

  const Variables& variables() const { return variables_; }

 private:
  Variables variables_;
};

}  // namespace scriptworker

#endif  // SCRIPTWORKER_BASE_ENVIRONMENT_H_
