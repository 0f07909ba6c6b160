// SPDX-License-Identifier: MPL-2.0
#ifndef SCRIPTWORKER_VCS_GIT_NAME_H_
#define SCRIPTWORKER_VCS_GIT_NAME_H_

#include <string_view>

#include "absl/status/status.h"
#include "scriptworker/vcs/source_url.h"

namespace scriptworker::vcs {

// Names that tasks give and that are put into the paths of URLs. What passes these
// checks stands there without escapes and cannot lead to another path.

// Exactly 40 digits of lower-case hexadecimal.
bool IsCommitHash(std::string_view text);

// A commit hash, branch or tag: letters, digits and "._-/+@=,", no empty segment and
// no "..". kInvalidArgument otherwise. (Git would allow a few more characters.)
absl::Status CheckRevision(std::string_view revision);

// Owner and name each of letters, digits and "._-", neither "." nor "..".
absl::Status CheckGithubName(const GithubRepoName& repo);

}  // namespace scriptworker::vcs

#endif  // SCRIPTWORKER_VCS_GIT_NAME_H_
