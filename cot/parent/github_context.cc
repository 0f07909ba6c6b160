// SPDX-License-Identifier: MPL-2.0
#include "cot/parent/github_context.h"

#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "cot/chain/task_env.h"
#include "cot/chain/violation.h"
#include "cot/parent/template_source.h"
#include "scriptworker/base/status_macros.h"
#include "scriptworker/json/value.h"
#include "scriptworker/vcs/github_objects.h"
#include "scriptworker/vcs/source_url.h"

namespace cot {
namespace {

using scriptworker::json::Object;
using scriptworker::json::Value;
using scriptworker::vcs::GithubCommit;
using scriptworker::vcs::GithubPullRequest;
using scriptworker::vcs::GithubRelease;
using scriptworker::vcs::GithubRepoName;

constexpr std::string_view kHooksLogin = "TaskclusterHook";
constexpr std::string_view kUnknownLogin = "@@@unknown@@@";

// The decision task's repository, with its URL as the contexts name it.
struct Head {
  std::string url;
  GithubRepoName name;
};

absl::StatusOr<Head> HeadRepository(const ContextSource& source) {
  SW_ASSIGN_OR_RETURN(const std::string repo,
                      SourceVariable(source.decision, source.product, "HEAD_REPOSITORY",
                                     source.env().head_repository()));
  std::string text = WithoutShortForm(repo);
  const auto url = scriptworker::vcs::SourceUrl::Parse(text);
  std::optional<GithubRepoName> name =
      url.ok() ? scriptworker::vcs::GithubRepoOf(*url, source.hosts.github_host) : std::nullopt;
  if (!name.has_value()) {
    return source.Refused(Violation::kUnsupportedVcs,
                          absl::StrCat("\"", text, "\" is not a supported GitHub URL!"));
  }
  return Head{std::move(text), *std::move(name)};
}

absl::Status AddGithubRelease(const ContextSource& source, Object& variables) {
  SW_ASSIGN_OR_RETURN(const Head repo, HeadRepository(source));
  SW_ASSIGN_OR_RETURN(const GithubRelease release,
                      source.Required(source.facts.release, "GitHub release"));
  if (!release.published_at.has_value() || !release.author_login.has_value()) {
    return source.Refused(Violation::kMalformedEvidence,
                          "GitHub release: expected published_at and author.login");
  }
  variables.Set("event",
                Object{{"action", "published"},
                       {"repository", Object{{"clone_url", absl::StrCat(repo.url, ".git")},
                                             {"full_name", repo.name.full_name()},
                                             {"html_url", repo.url},
                                             {"name", repo.name.name}}},
                       {"release", Object{{"tag_name", OrNull(source.env().head_revision())},
                                          {"target_commitish", release.target_commitish},
                                          {"published_at", *release.published_at}}},
                       {"sender", Object{{"login", *release.author_login}}}});
  return absl::OkStatus();
}

absl::Status AddGitCron(const ContextSource& source, Object& variables) {
  SW_ASSIGN_OR_RETURN(const Head repo, HeadRepository(source));
  SW_RETURN_IF_ERROR(source.AddCron(source.decision, variables));
  SW_ASSIGN_OR_RETURN(const std::string level,
                      source.Required(source.facts.level, "level of the project"));
  const Value branch = OrNull(source.env().branch());
  variables.Set(
      "event",
      Object{{"repository", Object{{"clone_url", repo.url},
                                   {"full_name", repo.name.full_name()},
                                   {"html_url", repo.url},
                                   {"name", repo.name.name}}},
             {"release", Object{{"tag_name", OrNull(source.env().head_revision())},
                                {"target_commitish", branch},
                                {"published_at", OrNull(source.env().push_date_time())}}},
             {"sender",
              Object{{"login", source.env().triggered_by().value_or(std::string(kHooksLogin))}}}});
  variables.Set(
      "repository",
      Object{{"url", repo.url}, {"project", repo.name.name}, {"level", level}, {"type", "git"}});
  variables.Set("push",
                Object{{"revision", OrNull(source.env().head_revision())}, {"branch", branch}});
  return absl::OkStatus();
}

absl::Status AddGithubPullRequest(const ContextSource& source, Object& variables) {
  SW_ASSIGN_OR_RETURN(const GithubPullRequest fetched,
                      source.Required(source.facts.pull_request, "GitHub pull request"));
  if (!fetched.head_user_login.has_value()) {
    return source.Refused(Violation::kMalformedEvidence,
                          "GitHub pull request: expected head.user.login");
  }
  // The pull request may have got new commits since; the task is about these.
  Object head = fetched.raw.Find("head")->object();
  head.Set("updated_at", OrNull(source.env().push_date_time()));
  head.Set("sha", OrNull(source.env().head_revision()));
  Object base = fetched.raw.Find("base")->object();
  const Value repository = *base.Find("repo");
  base.Set("sha", OrNull(source.env().base_revision()));
  Object pull = fetched.raw.object();
  pull.Set("head", Value(std::move(head)));
  pull.Set("base", Value(std::move(base)));
  variables.Set("event", Object{{"action", "synchronize"},
                                {"repository", repository},
                                {"pull_request", Value(std::move(pull))},
                                {"sender", Object{{"login", *fetched.head_user_login}}}});
  return absl::OkStatus();
}

// Who pushed, as far as the commit tells: GitHub's own "web-flow" commits for
// those who merge in the browser.
std::string Pusher(const GithubCommit& commit) {
  const auto is_named = [](const std::optional<std::string>& login) {
    return login.has_value() && !login->empty();
  };
  if (is_named(commit.committer_login) && *commit.committer_login != "web-flow") {
    return *commit.committer_login;
  }
  if (is_named(commit.author_login)) return *commit.author_login;
  if (is_named(commit.commit_author_login)) return *commit.commit_author_login;
  return std::string(kUnknownLogin);
}

absl::Status AddGithubPush(const ContextSource& source, Object& variables) {
  SW_ASSIGN_OR_RETURN(const Head repo, HeadRepository(source));
  SW_ASSIGN_OR_RETURN(const GithubCommit commit,
                      source.Required(source.facts.commit, "GitHub commit"));
  variables.Set(
      "event",
      Object{{"before", OrNull(source.env().base_revision())},
             {"after", OrNull(source.env().head_revision())},
             {"pusher", Object{{"email", source.decision.task().metadata().owner}}},
             {"base_ref", OrNull(source.env().base_branch())},
             {"ref", OrNull(source.env().branch())},
             {"repository", Object{{"full_name", repo.name.full_name()},
                                   {"ssh_url", repo.name.ssh_url(source.hosts.github_host)},
                                   {"html_url", repo.url},
                                   {"name", repo.name.name},
                                   {"pushed_at", OrNull(source.env().push_date_time())}}},
             {"sender", Object{{"login", Pusher(commit)}}}});
  return absl::OkStatus();
}

}  // namespace

absl::Status AddGithubContext(const ContextSource& source, Object& variables) {
  switch (source.tasks_for) {
    case TasksFor::kGithubRelease:
      return AddGithubRelease(source, variables);
    case TasksFor::kCron:
      return AddGitCron(source, variables);
    case TasksFor::kAction:
    case TasksFor::kPrAction:
      return source.AddActionContext(variables);
    case TasksFor::kGithubPullRequest:
    case TasksFor::kGithubPullRequestUntrusted:
      return AddGithubPullRequest(source, variables);
    case TasksFor::kGithubPush:
      return AddGithubPush(source, variables);
    case TasksFor::kHgPush:
      break;
  }
  return source.Unknown();
}

}  // namespace cot
