// SPDX-License-Identifier: MPL-2.0
#ifndef COT_POLICY_TRUSTED_REPO_H_
#define COT_POLICY_TRUSTED_REPO_H_

#include <optional>
#include <string>
#include <vector>

#include "cot/policy/url_rule.h"
#include "scriptworker/vcs/source_url.h"

namespace cot {

// The repository path, such as "/mozilla-central", that the first rule which fits
// takes out of a source URL (its group `path`); nullopt: no trusted repository.
std::optional<std::string> TrustedRepoPath(const std::vector<UrlRule>& rules,
                                           const scriptworker::vcs::SourceUrl& source);

// Whether some rule says that its repositories are private.
bool RequiresSecret(const std::vector<UrlRule>& rules);

}  // namespace cot

#endif  // COT_POLICY_TRUSTED_REPO_H_
