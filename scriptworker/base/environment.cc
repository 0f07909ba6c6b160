// SPDX-License-Identifier: MPL-2.0

#include "scriptworker/base/environment.h"

#include <unistd.h>

#include <optional>
#include <string>
#include <string_view>

namespace scriptworker {

Environment Environment::FromProcess() {
  Environment environment;
  if (environ == nullptr) return environment;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string_view text(*entry);
    const size_t equals = text.find('=');
    // Of a name that is given twice, getenv() sees the first.
    if (equals == std::string_view::npos) continue;
    environment.variables_.emplace(text.substr(0, equals), text.substr(equals + 1));
  }
  return environment;
}

std::optional<std::string> Environment::Get(std::string_view name) const {
  const auto it = variables_.find(name);
  if (it == variables_.end()) return std::nullopt;
  return it->second;
}

std::string Environment::GetOr(std::string_view name, std::string_view fallback) const {
  const auto it = variables_.find(name);
  if (it == variables_.end() || it->second.empty()) {
    return std::string(fallback);
  }
  return it->second;
}

void Environment::Set(std::string_view name, std::string_view value) {
  variables_.insert_or_assign(std::string(name), std::string(value));
}

}  // namespace scriptworker
