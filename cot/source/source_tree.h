// SPDX-License-Identifier: MPL-2.0
//
// Traces every task of a chain back to the repository that it says it comes from,
// and holds the target's privileged scopes against it.
#ifndef COT_SOURCE_SOURCE_TREE_H_
#define COT_SOURCE_SOURCE_TREE_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "cot/chain/chain.h"
#include "cot/chain/link.h"
#include "cot/chain/violation.h"
#include "cot/policy/policy.h"
#include "scriptworker/base/logger.h"
#include "scriptworker/vcs/source_url.h"

namespace cot {

// metadata.source, if the task's own repository variables agree with it.
// Violations: kSourceMissing, kSourceMismatch (also for a source that is no
// canonical URL).
absl::StatusOr<scriptworker::vcs::SourceUrl> SourceOf(const Link& link, const Product& product);

struct TracedLink {
  const Link* link = nullptr;
  // nullopt: the source could not be trusted; a finding says why.
  std::optional<scriptworker::vcs::SourceUrl> source;
  std::optional<std::string> trusted_path;  // "/mozilla-central"
};

// Of Chain::AllLinks(), and of the target, in that order.
struct SourceTrace {
  std::vector<TracedLink> links;
  TracedLink target;
};
SourceTrace TraceSources(const Chain& chain, const Product& product,
                         std::vector<Finding>& findings);

// A scope of the target that only certain trees may hold.
struct PrivilegedScope {
  std::string scope;
  std::string level;
};
// Findings: kAmbiguousRestrictedScope.
std::vector<PrivilegedScope> PrivilegedScopes(const Link& target, const Product& product,
                                              scriptworker::Logger& logger,
                                              std::vector<Finding>& findings);

// Findings: kRepoNotAllowedForScope, kRepoDiffersFromTarget, kUntrustedRepo (of a source, or of
// a template that is of another repository than the source).
void CheckTrees(const SourceTrace& trace, const Product& product,
                const std::vector<PrivilegedScope>& privileged, std::vector<Finding>& findings);

// The finding for a task that privileged scopes must not rest on.
Finding TryOrPullRequest(const Link& link);

}  // namespace cot

#endif  // COT_SOURCE_SOURCE_TREE_H_
