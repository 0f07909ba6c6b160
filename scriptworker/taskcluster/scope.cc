// SPDX-License-Identifier: MPL-2.0
#include "scriptworker/taskcluster/scope.h"

#include <algorithm>
#include <string>
#include <string_view>

#include "absl/strings/match.h"
#include "absl/strings/strip.h"
#include "absl/types/span.h"

namespace scriptworker::taskcluster {

bool ScopeSatisfies(std::string_view held, std::string_view required) {
  if (absl::ConsumeSuffix(&held, "*")) {
    return absl::StartsWith(required, held);
  }
  return held == required;
}

bool ScopesSatisfy(absl::Span<const std::string> held, absl::Span<const std::string> required) {
  return std::all_of(required.begin(), required.end(), [held](const std::string& wanted) {
    return std::any_of(held.begin(), held.end(), [&wanted](const std::string& scope) {
      return ScopeSatisfies(scope, wanted);
    });
  });
}

bool IsValidScope(std::string_view scope) {
  return std::all_of(scope.begin(), scope.end(), [](char c) { return c >= ' ' && c <= '~'; });
}

}  // namespace scriptworker::taskcluster
