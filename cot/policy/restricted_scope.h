// SPDX-License-Identifier: MPL-2.0
//
// Scopes that only tasks of certain trees may hold.
#ifndef COT_POLICY_RESTRICTED_SCOPE_H_
#define COT_POLICY_RESTRICTED_SCOPE_H_

#include <string>
#include <string_view>
#include <vector>

namespace cot {

struct RestrictedScope {
  std::string pattern;  // trailing `*`s make it a prefix
  std::string level;    // names the trees that may hold it

  // Whether a task's scope is this privileged one. A `*` inside the pattern,
  // or in the task's scope, is an ordinary character.
  bool Matches(std::string_view scope) const;
};

// One sentence per pair for which some scope would match both. A task that
// holds such a scope cannot be verified, since its trees are ambiguous.
std::vector<std::string> OverlappingScopes(const std::vector<RestrictedScope>& scopes);

}  // namespace cot

#endif  // COT_POLICY_RESTRICTED_SCOPE_H_
