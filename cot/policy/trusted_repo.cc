// SPDX-License-Identifier: MPL-2.0
#include "cot/policy/trusted_repo.h"

#include <algorithm>

namespace cot {
namespace {

bool Lists(const std::vector<std::string>& list, const std::string& text) {
  return std::find(list.begin(), list.end(), text) != list.end();
}

}  // namespace

std::optional<std::string> TrustedRepoPath(const std::vector<UrlRule>& rules,
                                           const scriptworker::vcs::SourceUrl& source) {
  // As in the reference, which knows it as a repository's name only.
  if (source.is_short_form()) return std::nullopt;
  for (const UrlRule& rule : rules) {
    if (!Lists(rule.schemes, source.scheme()) || !Lists(rule.netlocs, source.netloc())) {
      continue;
    }
    for (const PathPattern& pattern : rule.path_patterns) {
      const auto groups = pattern.Match(source.path());
      if (!groups.has_value()) continue;
      const auto path = groups->find("path");
      if (path != groups->end()) return path->second;
    }
  }
  return std::nullopt;
}

bool RequiresSecret(const std::vector<UrlRule>& rules) {
  return std::any_of(rules.begin(), rules.end(),
                     [](const UrlRule& rule) { return rule.require_secret; });
}

}  // namespace cot
