// SPDX-License-Identifier: MPL-2.0
#include "cot/policy/restricted_scope.h"

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"

namespace cot {
namespace {

bool IsPrefix(std::string_view pattern) { return absl::EndsWith(pattern, "*"); }

std::string_view Stem(std::string_view pattern) {
  while (IsPrefix(pattern)) pattern.remove_suffix(1);
  return pattern;
}

bool Overlap(std::string_view a, std::string_view b) {
  return (IsPrefix(a) && absl::StartsWith(Stem(b), Stem(a))) ||
         (IsPrefix(b) && absl::StartsWith(Stem(a), Stem(b))) || a == b;
}

}  // namespace

bool RestrictedScope::Matches(std::string_view scope) const {
  return IsPrefix(pattern) ? absl::StartsWith(scope, Stem(pattern)) : scope == pattern;
}

std::vector<std::string> OverlappingScopes(const std::vector<RestrictedScope>& scopes) {
  std::vector<std::string> sentences;
  for (size_t i = 0; i < scopes.size(); ++i) {
    for (size_t j = i + 1; j < scopes.size(); ++j) {
      if (!Overlap(scopes[i].pattern, scopes[j].pattern)) continue;
      sentences.push_back(
          absl::StrCat("restricted scopes \"", scopes[i].pattern, "\" and \"", scopes[j].pattern,
                       "\" overlap: a task with a scope that matches both is refused"));
    }
  }
  return sentences;
}

}  // namespace cot
