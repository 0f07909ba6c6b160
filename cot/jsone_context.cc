// SPDX-License-Identifier: MPL-2.0
#include "cot/jsone_context.h"

#include <string_view>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "cot/action_context.h"
#include "cot/task_env.h"
#include "cot/violation.h"
#include "scriptworker/base/status_macros.h"
#include "scriptworker/json/json.h"
#include "scriptworker/json/json_reader.h"
#include "scriptworker/json/member.h"
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

class ContextBuilder {
 public:
  ContextBuilder(const Link& parent, const Link& decision, TasksFor tasks_for,
                 const Product& product, const ContextFacts& facts)
      : parent_(parent),
        decision_(decision),
        tasks_for_(tasks_for),
        product_(product),
        facts_(facts),
        env_(decision.task(), product.source_env_prefix) {}

  absl::StatusOr<RenderInput> Build();

 private:
  absl::Status AddGithub();
  absl::Status AddGithubRelease();
  absl::Status AddGithubPullRequest();
  absl::Status AddGithubPush();
  absl::Status AddGitCron();
  absl::Status AddHg();
  absl::Status AddHgPush();
  absl::Status AddHgCron();
  absl::Status AddActionContext();
  absl::Status AddCron(const Link& link);

  absl::Status Refused(Violation violation, std::string message) const;
  absl::Status Unknown() const;
  // An answer of a host of another shape than expected.
  absl::Status Evidence(const absl::Status& error) const {
    return Refused(Violation::kMalformedEvidence, std::string(error.message()));
  }
  template <typename T>
  absl::StatusOr<T> Required(const std::optional<T>& fact, std::string_view what) const;
  absl::StatusOr<std::string> HeadRepository() const;

  const Link& parent_;
  const Link& decision_;
  const TasksFor tasks_for_;
  const Product& product_;
  const ContextFacts& facts_;
  const SourceEnv env_;
  Object variables_;
};

absl::Status ContextBuilder::Refused(Violation violation, std::string message) const {
  return ToStatus({.violation = violation,
                   .step = Step::kRebuiltDefinitions,
                   .link_name = parent_.name(),
                   .task_id = parent_.task_id().str(),
                   .message = std::move(message)});
}

absl::Status ContextBuilder::Unknown() const {
  return Refused(Violation::kTasksForNotAllowed,
                 absl::StrCat("Unknown tasks_for \"", ToString(tasks_for_), "\" for ",
                              product_.type == ProductType::kHg ? "hg" : "github",
                              " cot_product \"", product_.name, "\"!"));
}

template <typename T>
absl::StatusOr<T> ContextBuilder::Required(const std::optional<T>& fact,
                                           std::string_view what) const {
  if (fact.has_value()) return *fact;
  return Refused(Violation::kEvidenceMissing, absl::StrCat(parent_.Label(), ": no ", what));
}

absl::StatusOr<std::string> ContextBuilder::HeadRepository() const {
  const std::optional<std::string> repo = env_.head_repository();
  if (!repo.has_value()) {
    return Refused(Violation::kSourceMissing,
                   absl::StrCat(decision_.Label(), ": no ", product_.source_env_prefix,
                                "_HEAD_REPOSITORY in payload.env"));
  }
  return absl::StrReplaceAll(*repo, {{"git@github.com:", "ssh://github.com/"}});
}

absl::StatusOr<GithubRepoName> NameOf(const std::string& repo, const absl::Status& refused) {
  const auto url = scriptworker::vcs::SourceUrl::Parse(repo);
  if (!url.ok()) return refused;
  std::optional<GithubRepoName> name = scriptworker::vcs::GithubRepoOf(*url);
  if (!name.has_value()) return refused;
  return *std::move(name);
}

absl::Status ContextBuilder::AddCron(const Link& link) {
  const Value* cron = link.task().extra().Find("cron");
  if (cron == nullptr || !cron->is_string()) {
    return Refused(Violation::kMalformedTask,
                   absl::StrCat(link.Label(), ": extra.cron is no JSON text"));
  }
  absl::StatusOr<Value> parsed =
      scriptworker::json::Parse(cron->string_value(), {.source = "extra.cron"});
  if (!parsed.ok()) {
    return Refused(Violation::kMalformedTask, std::string(parsed.status().message()));
  }
  variables_.Set("cron", *std::move(parsed));
  return absl::OkStatus();
}

absl::Status ContextBuilder::AddActionContext() {
  const Value* action = parent_.task().extra().Find("action");
  const Value* context = action == nullptr ? nullptr : action->Find("context");
  if (context == nullptr || !context->is_object()) {
    return Refused(Violation::kMalformedTask,
                   absl::StrCat(parent_.Label(), ": extra.action.context is no object"));
  }
  for (const scriptworker::json::Member& member : context->object()) {
    variables_.Set(member.key_as_value(), member.value());
  }
  return absl::OkStatus();
}

absl::Status ContextBuilder::AddGithubRelease() {
  SW_ASSIGN_OR_RETURN(const std::string repo, HeadRepository());
  SW_ASSIGN_OR_RETURN(
      const GithubRepoName name,
      NameOf(repo, Refused(Violation::kUnsupportedVcs,
                           absl::StrCat("\"", repo, "\" is not a supported GitHub URL!"))));
  SW_ASSIGN_OR_RETURN(const Value release, Required(facts_.release, "GitHub release"));
  const Reader reader(release, "GitHub release");
  const absl::StatusOr<std::string> commitish = reader.String("target_commitish");
  if (!commitish.ok()) return Evidence(commitish.status());
  const absl::StatusOr<std::string> published = reader.String("published_at");
  if (!published.ok()) return Evidence(published.status());
  const absl::StatusOr<Reader> author = reader.Field("author");
  if (!author.ok()) return Evidence(author.status());
  const absl::StatusOr<std::string> login = author->String("login");
  if (!login.ok()) return Evidence(login.status());
  variables_.Set("event", Object{{"action", "published"},
                                 {"repository", Object{{"clone_url", absl::StrCat(repo, ".git")},
                                                       {"full_name", name.full_name()},
                                                       {"html_url", repo},
                                                       {"name", name.name}}},
                                 {"release", Object{{"tag_name", OrNull(env_.head_revision())},
                                                    {"target_commitish", *commitish},
                                                    {"published_at", *published}}},
                                 {"sender", Object{{"login", *login}}}});
  return absl::OkStatus();
}

absl::Status ContextBuilder::AddGitCron() {
  SW_ASSIGN_OR_RETURN(const std::string repo, HeadRepository());
  SW_ASSIGN_OR_RETURN(
      const GithubRepoName name,
      NameOf(repo, Refused(Violation::kUnsupportedVcs,
                           absl::StrCat("\"", repo, "\" is not a supported GitHub URL!"))));
  SW_RETURN_IF_ERROR(AddCron(decision_));
  SW_ASSIGN_OR_RETURN(const std::string level, Required(facts_.level, "level of the project"));
  const Value branch = OrNull(env_.branch());
  variables_.Set(
      "event", Object{{"repository", Object{{"clone_url", repo},
                                            {"full_name", name.full_name()},
                                            {"html_url", repo},
                                            {"name", name.name}}},
                      {"release", Object{{"tag_name", OrNull(env_.head_revision())},
                                         {"target_commitish", branch},
                                         {"published_at", OrNull(env_.push_date_time())}}},
                      {"sender",
                       Object{{"login", env_.triggered_by().value_or(std::string(kHooksLogin))}}}});
  variables_.Set("repository",
                 Object{{"url", repo}, {"project", name.name}, {"level", level}, {"type", "git"}});
  variables_.Set("push", Object{{"revision", OrNull(env_.head_revision())}, {"branch", branch}});
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

absl::Status ContextBuilder::AddGithubPullRequest() {
  SW_ASSIGN_OR_RETURN(const Value fetched, Required(facts_.pull_request, "GitHub pull request"));
  const Reader reader(fetched, "GitHub pull request");
  const absl::Status is_object = reader.CheckObject();
  if (!is_object.ok()) return Evidence(is_object);
  Object pull = fetched.object();
  // The pull request may have got new commits since; the task is about these.
  for (const absl::Status& status :
       {Override(pull, "head", "updated_at", OrNull(env_.push_date_time())),
        Override(pull, "base", "sha", OrNull(env_.base_revision())),
        Override(pull, "head", "sha", OrNull(env_.head_revision()))}) {
    if (!status.ok()) return Evidence(status);
  }
  const Value* repo = fetched.Find("base")->Find("repo");
  const Value* user = fetched.Find("head")->Find("user");
  const Value* login = user == nullptr ? nullptr : user->Find("login");
  if (repo == nullptr || login == nullptr) {
    return Refused(Violation::kMalformedEvidence,
                   "GitHub pull request: expected base.repo and "
                   "head.user.login");
  }
  variables_.Set("event", Object{{"action", "synchronize"},
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

absl::Status ContextBuilder::AddGithubPush() {
  SW_ASSIGN_OR_RETURN(const std::string repo, HeadRepository());
  SW_ASSIGN_OR_RETURN(
      const GithubRepoName name,
      NameOf(repo, Refused(Violation::kUnsupportedVcs,
                           absl::StrCat("\"", repo, "\" is not a supported GitHub URL!"))));
  SW_ASSIGN_OR_RETURN(const Value commit, Required(facts_.commit, "GitHub commit"));
  variables_.Set(
      "event",
      Object{{"before", OrNull(env_.base_revision())},
             {"after", OrNull(env_.head_revision())},
             {"pusher", Object{{"email", decision_.task().metadata().owner}}},
             {"base_ref", OrNull(env_.base_branch())},
             {"ref", OrNull(env_.branch())},
             {"repository",
              Object{{"full_name", name.full_name()},
                     {"ssh_url", absl::StrCat("git@github.com:", name.full_name(), ".git")},
                     {"html_url", repo},
                     {"name", name.name},
                     {"pushed_at", OrNull(env_.push_date_time())}}},
             {"sender", Object{{"login", Pusher(commit)}}}});
  return absl::OkStatus();
}

absl::Status ContextBuilder::AddGithub() {
  switch (tasks_for_) {
    case TasksFor::kGithubRelease:
      return AddGithubRelease();
    case TasksFor::kCron:
      return AddGitCron();
    case TasksFor::kAction:
    case TasksFor::kPrAction:
      return AddActionContext();
    case TasksFor::kGithubPullRequest:
    case TasksFor::kGithubPullRequestUntrusted:
      return AddGithubPullRequest();
    case TasksFor::kGithubPush:
      return AddGithubPush();
    case TasksFor::kHgPush:
      break;
  }
  return Unknown();
}

// hg's answer about the push, as the reference reads it: the first push, the
// comment of its last changeset, the parent of its first.
struct PushInfo {
  std::string id;
  Value date;
  std::string user;
  std::string comment;
  std::string base_revision;
};

absl::StatusOr<PushInfo> ReadPush(const Value& pushlog) {
  const Reader reader(pushlog, "pushlog");
  SW_ASSIGN_OR_RETURN(const Reader pushes, reader.Field("pushes"));
  SW_ASSIGN_OR_RETURN(const auto members, pushes.Members());
  if (members.empty()) return pushes.Error("expected a push, found none");
  const auto& [id, push] = members.front();
  SW_ASSIGN_OR_RETURN(const Reader date, push.Field("date"));
  SW_ASSIGN_OR_RETURN(std::string user, push.String("user"));
  SW_ASSIGN_OR_RETURN(const Reader list, push.Field("changesets"));
  SW_ASSIGN_OR_RETURN(const std::vector<Reader> changesets, list.Elements());
  if (changesets.empty()) return list.Error("expected a changeset, found none");
  SW_ASSIGN_OR_RETURN(std::string comment, changesets.back().String("desc"));
  SW_ASSIGN_OR_RETURN(const std::vector<std::string> parents,
                      changesets.front().Strings("parents"));
  if (parents.empty()) {
    return changesets.front().Error("expected a parent, found none");
  }
  return PushInfo{id, date.value(), std::move(user), std::move(comment), parents.front()};
}

// The part of a push comment that a decision task repeats: what follows "try:".
std::string TryComment(const std::string& comment) {
  const size_t at = comment.find("try:");
  if (at == std::string::npos) return " ";
  return comment.substr(at, comment.find('\n', at) - at);
}

absl::Status ContextBuilder::AddHgPush() {
  SW_ASSIGN_OR_RETURN(const Value pushlog, Required(facts_.pushlog, "pushlog"));
  const absl::StatusOr<PushInfo> push = ReadPush(pushlog);
  if (!push.ok()) return Evidence(push.status());
  const std::string comment = TaskEnv(decision_.task(), "GECKO_COMMIT_MSG").value_or(" ");
  const std::string expected = TryComment(push->comment);
  if (comment != " " && comment != expected) {
    return ToStatus({.violation = Violation::kCommentMismatch,
                     .step = Step::kRebuiltDefinitions,
                     .link_name = decision_.name(),
                     .task_id = decision_.task_id().str(),
                     .message = absl::StrCat("Decision task ", decision_.name(),
                                             " comment doesn't match the push comment!\n", comment,
                                             "\n", expected),
                     .expected = expected,
                     .found = comment});
  }
  variables_.Set("push", Object{{"base_revision", push->base_revision},
                                {"revision", OrNull(env_.head_revision())},
                                {"comment", comment},
                                {"owner", push->user},
                                {"pushlog_id", push->id},
                                {"pushdate", push->date}});
  return absl::OkStatus();
}

absl::Status ContextBuilder::AddHgCron() {
  SW_RETURN_IF_ERROR(AddCron(parent_));
  SW_ASSIGN_OR_RETURN(const Value pushlog, Required(facts_.pushlog, "pushlog"));
  const absl::StatusOr<PushInfo> push = ReadPush(pushlog);
  if (!push.ok()) return Evidence(push.status());
  variables_.Set("push", Object{{"base_revision", push->base_revision},
                                {"revision", OrNull(env_.head_revision())},
                                {"comment", ""},
                                {"owner", "cron"},
                                {"pushlog_id", push->id},
                                {"pushdate", push->date}});
  return absl::OkStatus();
}

absl::Status ContextBuilder::AddHg() {
  SW_ASSIGN_OR_RETURN(const std::string project,
                      Required(facts_.project, "project in projects.yml"));
  SW_ASSIGN_OR_RETURN(const std::string level, Required(facts_.level, "level of the project"));
  Object repository{
      {"url", OrNull(env_.head_repository())}, {"level", level}, {"project", project}};
  if (tasks_for_ == TasksFor::kAction) {
    SW_RETURN_IF_ERROR(AddActionContext());
    SW_ASSIGN_OR_RETURN(const Value parameters,
                        Required(facts_.parameters, "public/parameters.yml"));
    variables_.Set("parameters", parameters);
    variables_.Set("task", Value());
    variables_.Set("repository", Value(std::move(repository)));
    return absl::OkStatus();
  }
  repository.Set("type", "hg");
  variables_.Set("repository", Value(std::move(repository)));
  if (tasks_for_ == TasksFor::kHgPush) return AddHgPush();
  if (tasks_for_ == TasksFor::kCron) return AddHgCron();
  return Unknown();
}

absl::StatusOr<RenderInput> ContextBuilder::Build() {
  if (!parent_.task().created().has_value()) {
    return Refused(Violation::kMalformedTask,
                   absl::StrCat(parent_.Label(), ": the task has no `created`"));
  }
  variables_.Set("now", parent_.task().created()->text);
  variables_.Set("tasks_for", ToString(tasks_for_));
  variables_.Set("ownTaskId", parent_.task_id().str());
  variables_.Set("taskId", Value());
  SW_RETURN_IF_ERROR(product_.type == ProductType::kHg ? AddHg() : AddGithub());
  if (tasks_for_ == TasksFor::kAction || tasks_for_ == TasksFor::kPrAction) {
    SW_ASSIGN_OR_RETURN(const Value actions, Required(facts_.actions, "public/actions.json"));
    return WrapAction(parent_, decision_, tasks_for_, variables_, actions);
  }
  RenderInput input;
  input.variables = std::move(variables_);
  input.decision_task_id = decision_.task_id().str();
  input.parent_task_id = parent_.task_id().str();
  return input;
}

}  // namespace

FactsNeeded FactsFor(TasksFor tasks_for, ProductType type) {
  const bool hg = type == ProductType::kHg;
  FactsNeeded needed;
  switch (tasks_for) {
    case TasksFor::kHgPush:
      needed.pushlog = hg;
      break;
    case TasksFor::kCron:
      needed.pushlog = hg;
      needed.projects = true;
      break;
    case TasksFor::kAction:
      needed.parameters = hg;
      needed.actions = true;
      break;
    case TasksFor::kPrAction:
      needed.actions = true;
      break;
    case TasksFor::kGithubPush:
      needed.github_commit = true;
      break;
    case TasksFor::kGithubRelease:
      needed.github_release = true;
      break;
    case TasksFor::kGithubPullRequest:
    case TasksFor::kGithubPullRequestUntrusted:
      needed.github_pull_request = true;
      break;
  }
  needed.projects = needed.projects || hg;
  return needed;
}

absl::StatusOr<RenderInput> BuildRenderInput(const Link& parent, const Link& decision,
                                             TasksFor tasks_for, const Product& product,
                                             const ContextFacts& facts) {
  return ContextBuilder(parent, decision, tasks_for, product, facts).Build();
}

}  // namespace cot
