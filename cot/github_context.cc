// SPDX-License-Identifier: MPL-2.0
#include "cot/github_context.h"

#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "cot/violation.h"
#include "scriptworker/base/status_macros.h"
#include "scriptworker/json/json_reader.h"
#include "scriptworker/json/value.h"
#include "scriptworker/vcs/source_url.h"

namespace cot {
namespace {

using scriptworker::json::Object;
using scriptworker::json::Reader;
using scriptworker::json::Value;
using scriptworker::vcs::GithubRepoName;

constexpr std::string_view kHooksLogin = "TaskclusterHook";
constexpr std::string_view kUnknownLogin = "@@@unknown@@@";

Value OrNull(const std::optional<std::string>& text) {
  return text.has_value() ? Value(*text) : Value();
}

// The decision task's repository, with its URL as the contexts name it.
struct Head {
  std::string url;
  GithubRepoName name;
};

absl::StatusOr<Head> HeadRepository(const ContextSource& source) {
  const std::optional<std::string> repo = source.env().head_repository();
  if (!repo.has_value()) {
    return source.Refused(
        Violation::kSourceMissing,
        absl::StrCat(source.decision.Label(), ": no ", source.product.source_env_prefix,
                     "_HEAD_REPOSITORY in payload.env"));
  }
  std::string text = absl::StrReplaceAll(*repo, {{"git@github.com:", "ssh://github.com/"}});
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
  SW_ASSIGN_OR_RETURN(const Value release, source.Required(source.facts.release, "GitHub release"));
  const Reader reader(release, "GitHub release");
  const absl::StatusOr<std::string> commitish = reader.String("target_commitish");
  if (!commitish.ok()) return source.Evidence(commitish.status());
  const absl::StatusOr<std::string> published = reader.String("published_at");
  if (!published.ok()) return source.Evidence(published.status());
  const absl::StatusOr<Reader> author = reader.Field("author");
  if (!author.ok()) return source.Evidence(author.status());
  const absl::StatusOr<std::string> login = author->String("login");
  if (!login.ok()) return source.Evidence(login.status());
  variables.Set("event",
                Object{{"action", "published"},
                       {"repository", Object{{"clone_url", absl::StrCat(repo.url, ".git")},
                                             {"full_name", repo.name.full_name()},
                                             {"html_url", repo.url},
                                             {"name", repo.name.name}}},
                       {"release", Object{{"tag_name", OrNull(source.env().head_revision())},
                                          {"target_commitish", *commitish},
                                          {"published_at", *published}}},
                       {"sender", Object{{"login", *login}}}});
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

// `member` of the object that is member `key` of `object`, which is an object.
absl::Status Override(Object& object, std::string_view key, std::string_view member, Value value) {
  const Value* inner = object.Find(key);
  if (inner == nullptr || !inner->is_object()) {
    return absl::InvalidArgumentError(
        absl::StrCat("GitHub pull request: $.", key, ": expected an object"));
  }
  Object changed = inner->object();
  changed.Set(member, std::move(value));
  object.Set(key, Value(std::move(changed)));
  return absl::OkStatus();
}

absl::Status AddGithubPullRequest(const ContextSource& source, Object& variables) {
  SW_ASSIGN_OR_RETURN(const Value fetched,
                      source.Required(source.facts.pull_request, "GitHub pull request"));
  const Reader reader(fetched, "GitHub pull request");
  const absl::Status is_object = reader.CheckObject();
  if (!is_object.ok()) return source.Evidence(is_object);
  Object pull = fetched.object();
  // The pull request may have got new commits since; the task is about these.
  for (const absl::Status& status :
       {Override(pull, "head", "updated_at", OrNull(source.env().push_date_time())),
        Override(pull, "base", "sha", OrNull(source.env().base_revision())),
        Override(pull, "head", "sha", OrNull(source.env().head_revision()))}) {
    if (!status.ok()) return source.Evidence(status);
  }
  const Value* repo = fetched.Find("base")->Find("repo");
  const Value* user = fetched.Find("head")->Find("user");
  const Value* login = user == nullptr ? nullptr : user->Find("login");
  if (repo == nullptr || login == nullptr) {
    return source.Refused(Violation::kMalformedEvidence,
                          "GitHub pull request: expected base.repo and "
                          "head.user.login");
  }
  variables.Set("event", Object{{"action", "synchronize"},
                                {"repository", *repo},
                                {"pull_request", Value(std::move(pull))},
                                {"sender", Object{{"login", *login}}}});
  return absl::OkStatus();
}

std::optional<std::string> Login(const Value& commit, std::string_view who) {
  const Value* person = commit.Find(who);
  const Value* login = person == nullptr ? nullptr : person->Find("login");
  if (login == nullptr || !login->is_string() || login->string_value().empty()) {
    return std::nullopt;
  }
  return std::string(login->string_value());
}

// Who pushed, as far as the commit tells: GitHub's own "web-flow" commits for
// those who merge in the browser.
std::string Pusher(const Value& commit) {
  const std::optional<std::string> committer = Login(commit, "committer");
  if (committer.has_value() && *committer != "web-flow") return *committer;
  if (std::optional<std::string> author = Login(commit, "author")) {
    return *author;
  }
  const Value* inner = commit.Find("commit");
  const std::optional<std::string> login =
      inner == nullptr ? std::nullopt : Login(*inner, "author");
  return login.value_or(std::string(kUnknownLogin));
}

absl::Status AddGithubPush(const ContextSource& source, Object& variables) {
  SW_ASSIGN_OR_RETURN(const Head repo, HeadRepository(source));
  SW_ASSIGN_OR_RETURN(const Value commit, source.Required(source.facts.commit, "GitHub commit"));
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
