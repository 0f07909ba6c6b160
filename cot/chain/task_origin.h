// SPDX-License-Identifier: MPL-2.0
//
// Whether a task comes from a try push or a pull request: from code that nobody
// reviewed.
#ifndef COT_CHAIN_TASK_ORIGIN_H_
#define COT_CHAIN_TASK_ORIGIN_H_

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "scriptworker/taskcluster/task_definition.h"
#include "scriptworker/vcs/source_url.h"

namespace cot {

// Known to hg's try repository by some sign of the task itself.
bool IsTry(const scriptworker::taskcluster::TaskDefinition& task,
           std::string_view source_env_prefix);

// Whether the rules of GitHub, not those of hg, say what a pull request is.
bool IsGithubTask(const scriptworker::taskcluster::TaskDefinition& task,
                  std::string_view github_host);

// What GitHub has to be asked about a GitHub task: it is a pull request unless
// each of these revisions has landed on its repository.
struct LandedQuestion {
  scriptworker::vcs::GithubRepoName repo;
  std::string revision;  // a commit hash or a tag
};
struct PullRequestSigns {
  bool is_pull_request = false;  // by the task itself
  std::vector<LandedQuestion> must_have_landed;
};
// Of the repository in the environment (without revision, or with an empty one, it only tells
// whose it is) and of the one in metadata.source.
// `official_owner` is who owns the official repositories. Violations:
// kSourceMissing, kSourceMismatch for a URL that is none of GitHub or has no
// revision.
absl::StatusOr<PullRequestSigns> FindPullRequestSigns(
    const scriptworker::taskcluster::TaskDefinition& task, std::string_view source_env_prefix,
    std::string_view official_owner, std::string_view github_host);

}  // namespace cot

#endif  // COT_CHAIN_TASK_ORIGIN_H_
