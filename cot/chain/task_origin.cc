// SPDX-License-Identifier: MPL-2.0
#include "cot/chain/task_origin.h"

#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "cot/chain/task_env.h"
#include "cot/chain/violation.h"
#include "scriptworker/json/value.h"

namespace cot {
namespace {

using scriptworker::json::Value;
using scriptworker::taskcluster::TaskDefinition;
using scriptworker::vcs::GithubRepoName;
using scriptworker::vcs::GithubSource;
using scriptworker::vcs::SourceUrl;

std::string TasksForText(const TaskDefinition& task) {
  const Value* value = task.extra().Find("tasks_for");
  return value != nullptr && value->is_string() ? std::string(value->string_value())
                                                : std::string();
}

// hg.mozilla.org/try and its relatives, whatever the host.
bool IsOnTry(std::string_view url) {
  const absl::StatusOr<SourceUrl> source = SourceUrl::Parse(url);
  if (!source.ok()) return false;  // SourceOf refuses it
  const std::vector<std::string> segments = source->segments();
  return !segments.empty() && absl::StrContains(segments[0], "try");
}

absl::Status NotOfGithub(std::string_view url, std::string_view why) {
  return ToStatus({.violation = Violation::kSourceMismatch,
                   .step = Step::kSourceTree,
                   .message = absl::StrCat("\"", url, "\" ", why)});
}

void AddSigns(const GithubRepoName& repo, const std::optional<std::string>& revision,
              std::string_view official_owner, PullRequestSigns& signs) {
  if (repo.owner != official_owner) signs.is_pull_request = true;
  if (revision.has_value() && !revision->empty())
    signs.must_have_landed.push_back({repo, *revision});
}

}  // namespace

bool IsTry(const TaskDefinition& task, std::string_view source_env_prefix) {
  const SourceEnv env(task, source_env_prefix);
  return task.scheduler_id() == "gecko-level-1" ||
         absl::StrContains(TaskEnv(task, "MH_BRANCH").value_or(""), "try") ||
         IsOnTry(env.head_repository().value_or("")) || IsOnTry(task.metadata().source);
}

bool IsGithubTask(const TaskDefinition& task, std::string_view github_host) {
  const absl::StatusOr<SourceUrl> source = SourceUrl::Parse(task.metadata().source);
  return task.scheduler_id() == "taskcluster-github" ||
         absl::StartsWith(TasksForText(task), "github-") ||
         (source.ok() && IsGithub(*source, github_host));
}

absl::StatusOr<PullRequestSigns> FindPullRequestSigns(const TaskDefinition& task,
                                                      std::string_view source_env_prefix,
                                                      std::string_view official_owner,
                                                      std::string_view github_host) {
  PullRequestSigns signs;
  const std::string tasks_for = TasksForText(task);
  signs.is_pull_request =
      tasks_for == "github-pull-request" || tasks_for == "github-pull-request-untrusted";
  const SourceEnv env(task, source_env_prefix);
  if (const std::optional<std::string> head = env.head_repository()) {
    const absl::StatusOr<SourceUrl> url = SourceUrl::Parse(*head);
    const std::optional<GithubRepoName> repo =
        url.ok() ? GithubRepoOf(*url, github_host) : std::nullopt;
    if (!repo.has_value()) {
      return NotOfGithub(*head, "is not a supported GitHub URL!");
    }
    AddSigns(*repo, env.head_revision(), official_owner, signs);
  }
  const std::string& source_text = task.metadata().source;
  const absl::StatusOr<SourceUrl> url = SourceUrl::Parse(source_text);
  if (!url.ok() || !GithubRepoOf(*url, github_host).has_value()) {
    return NotOfGithub(source_text, "is not a supported GitHub URL!");
  }
  const std::optional<GithubSource> source = GithubSourceOf(*url, github_host);
  if (!source.has_value()) {
    return NotOfGithub(source_text, "names no revision");
  }
  AddSigns(source->repo, source->revision, official_owner, signs);
  return signs;
}

}  // namespace cot
