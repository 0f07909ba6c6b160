// SPDX-License-Identifier: MPL-2.0
#include "cot/parent/jsone_context.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status_matchers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "cot/chain/tasks_for.h"
#include "cot/policy/policy.h"
#include "cot/testing/links.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "scriptworker/json/json.h"
#include "scriptworker/json/json_reader.h"
#include "scriptworker/json/value.h"
#include "scriptworker/jsone/limits.h"
#include "scriptworker/vcs/github_objects.h"
#include "scriptworker/vcs/pushlog.h"

namespace cot {
namespace {

using ::absl_testing::IsOk;
using ::scriptworker::json::Value;
using ::scriptworker::vcs::GithubCommit;
using ::scriptworker::vcs::GithubPullRequest;
using ::scriptworker::vcs::GithubRelease;
using ::scriptworker::vcs::Push;

constexpr TasksFor kAll[] = {TasksFor::kHgPush,
                             TasksFor::kCron,
                             TasksFor::kAction,
                             TasksFor::kPrAction,
                             TasksFor::kGithubPush,
                             TasksFor::kGithubRelease,
                             TasksFor::kGithubPullRequest,
                             TasksFor::kGithubPullRequestUntrusted};

std::string Show(const FactsNeeded& needed) {
  std::vector<std::string_view> names;
  if (needed.pushlog) names.push_back("pushlog");
  if (needed.projects) names.push_back("projects");
  if (needed.parameters) names.push_back("parameters");
  if (needed.actions) names.push_back("actions");
  if (needed.github_release) names.push_back("release");
  if (needed.github_pull_request) names.push_back("pull");
  if (needed.github_commit) names.push_back("commit");
  return absl::StrJoin(names, " ");
}

TEST(FactsForTest, NothingIsAskedThatIsNotNeeded) {
  EXPECT_EQ(Show(FactsFor(TasksFor::kHgPush, ProductType::kHg)), "pushlog projects");
  EXPECT_EQ(Show(FactsFor(TasksFor::kCron, ProductType::kHg)), "pushlog projects");
  EXPECT_EQ(Show(FactsFor(TasksFor::kAction, ProductType::kHg)), "projects parameters actions");
  EXPECT_EQ(Show(FactsFor(TasksFor::kCron, ProductType::kGithub)), "projects");
  EXPECT_EQ(Show(FactsFor(TasksFor::kAction, ProductType::kGithub)), "actions");
  EXPECT_EQ(Show(FactsFor(TasksFor::kPrAction, ProductType::kGithub)), "actions");
  EXPECT_EQ(Show(FactsFor(TasksFor::kGithubPush, ProductType::kGithub)), "commit");
  EXPECT_EQ(Show(FactsFor(TasksFor::kGithubRelease, ProductType::kGithub)), "release");
  EXPECT_EQ(Show(FactsFor(TasksFor::kGithubPullRequest, ProductType::kGithub)), "pull");
  EXPECT_EQ(Show(FactsFor(TasksFor::kGithubPullRequestUntrusted, ProductType::kGithub)), "pull");
}

constexpr std::string_view kGithubDecision = R"({
  "provisionerId": "p", "payload": {"image": "d", "env": {
    "ADHOC_HEAD_REPOSITORY": "https://github.com/mozilla-releng/adhoc-signing",
    "ADHOC_HEAD_REV": "head", "ADHOC_BASE_REV": "base", "ADHOC_HEAD_REF": "refs/heads/main",
    "ADHOC_BASE_REF": "refs/heads/base", "ADHOC_PUSH_DATE_TIME": "pushed"}},
  "extra": {"cron": "{\"job\": 1}"}})";
constexpr std::string_view kHgDecision = R"({
  "provisionerId": "p", "payload": {"image": "d", "env": {
    "GECKO_HEAD_REPOSITORY": "https://hg.mozilla.org/mozilla-central",
    "GECKO_HEAD_REV": "head", "GECKO_COMMIT_MSG": "try: a"}},
  "extra": {"cron": "{\"job\": 2}"}})";
constexpr std::string_view kHash = "0123456789abcdef0123456789abcdef01234567";

// What a host answers, with more `members`, as it is read.
template <typename T>
T Read(std::string_view members) {
  const Value answer = Json(absl::StrCat("{", members, "}"));
  return T::FromJson(scriptworker::json::Reader(answer, "GitHub")).value();
}
GithubCommit Commit(std::string_view members) {
  return Read<GithubCommit>(absl::StrCat(R"("sha": ")", kHash, "\", ", members));
}
GithubRelease Release(std::string_view members) {
  return Read<GithubRelease>(
      absl::StrCat(R"("tag_name": "v1", "target_commitish": "main", )", members));
}
GithubPullRequest PullRequest(std::string_view user) {
  return Read<GithubPullRequest>(absl::StrCat(R"("number": 5, "head": {"sha": ")", kHash,
                                              R"(", "user": )", user,
                                              R"(}, "base": {"sha": "new", "ref": "main",
                                  "repo": {"name": "r", "full_name": "o/r"}})"));
}

// All that hosts could say.
ContextFacts AllFacts() {
  return {.push = Push{.id = "77",
                       .date = 5,
                       .user = "pusher",
                       .comment = "second try: a\nmore",
                       .base_revision = "before",
                       .changesets = {}},
          .project = "the-project",
          .level = "3",
          .parameters = Json(R"({"p": 1})"),
          .actions = Json(R"({"actions": []})"),
          .release = Release(R"("published_at": "then", "author": {"login": "releaser"})"),
          .pull_request = PullRequest(R"({"login": "contributor"})"),
          .commit = Commit(R"("committer": {"login": "c"}, "author": {"login": "a"})")};
}

absl::StatusOr<RenderInput> Build(TasksFor tasks_for, std::string_view product,
                                  std::string_view task, const ContextFacts& facts = AllFacts()) {
  const Link decision = MakeLink("signing:decision", kDecisionId, task);
  scriptworker::jsone::Budget budget{scriptworker::jsone::Limits()};
  return BuildRenderInput(decision, decision, tasks_for, BuiltInProduct(product), facts,
                          BuiltInPolicy().source_hosts, budget);
}

// The JSON at a pointer into the variables; "absent".
std::string At(const absl::StatusOr<RenderInput>& input, std::string_view key,
               const std::vector<std::string_view>& path = {}) {
  if (!input.ok()) return std::string(input.status().message());
  const Value* value = input->variables.Find(key);
  for (const std::string_view member : path) {
    value = value == nullptr ? nullptr : value->Find(member);
  }
  return value == nullptr ? "absent" : scriptworker::json::FormatCompact(*value);
}

TEST(GithubContextTest, APush) {
  const auto input = Build(TasksFor::kGithubPush, "adhoc", kGithubDecision);
  ASSERT_THAT(input, IsOk());
  EXPECT_EQ(At(input, "tasks_for"), R"("github-push")");
  EXPECT_EQ(At(input, "ownTaskId"), absl::StrCat("\"", kDecisionId, "\""));
  EXPECT_EQ(At(input, "taskId"), "null");
  EXPECT_EQ(At(input, "now"), R"("2026-05-01T10:00:00.000Z")");
  EXPECT_EQ(
      At(input, "event"),
      R"({"before":"base","after":"head","pusher":{"email":"nobody@example.com"},)"
      R"("base_ref":"refs/heads/base","ref":"refs/heads/main","repository":{)"
      R"("full_name":"mozilla-releng/adhoc-signing",)"
      R"("ssh_url":"git@github.com:mozilla-releng/adhoc-signing.git",)"
      R"("html_url":"https://github.com/mozilla-releng/adhoc-signing","name":"adhoc-signing",)"
      R"("pushed_at":"pushed"},"sender":{"login":"c"}})");
}

TEST(GithubContextTest, ThePusherIsWhoeverTheCommitNames) {
  const std::pair<std::string_view, std::string_view> cases[] = {
      {R"("committer": {"login": "c"}, "author": {"login": "a"})", R"("c")"},
      {R"("committer": {"login": "web-flow"}, "author": {"login": "a"})", R"("a")"},
      {R"("committer": null, "author": {"login": "a"})", R"("a")"},
      {R"("committer": null, "author": null, "commit": {"author": {"login": "i"}})", R"("i")"},
      {R"("committer": {"login": ""}, "author": null, "commit": {"author": {}})",
       R"("@@@unknown@@@")"},
  };
  for (const auto& [commit, login] : cases) {
    ContextFacts facts = AllFacts();
    facts.commit = Commit(commit);
    EXPECT_EQ(At(Build(TasksFor::kGithubPush, "adhoc", kGithubDecision, facts), "event",
                 {"sender", "login"}),
              login)
        << commit;
  }
}

TEST(GithubContextTest, ARelease) {
  const auto input = Build(TasksFor::kGithubRelease, "adhoc", kGithubDecision);
  EXPECT_EQ(At(input, "event", {"action"}), R"("published")");
  EXPECT_EQ(At(input, "event", {"repository", "clone_url"}),
            R"("https://github.com/mozilla-releng/adhoc-signing.git")");
  EXPECT_EQ(At(input, "event", {"release"}),
            R"({"tag_name":"head","target_commitish":"main","published_at":"then"})");
  EXPECT_EQ(At(input, "event", {"sender", "login"}), R"("releaser")");
}

TEST(GithubContextTest, APullRequestIsTheOneOfThenNotOfNow) {
  for (const TasksFor tasks_for :
       {TasksFor::kGithubPullRequest, TasksFor::kGithubPullRequestUntrusted}) {
    const auto input = Build(tasks_for, "adhoc", kGithubDecision);
    EXPECT_EQ(At(input, "event", {"pull_request", "head", "sha"}), R"("head")");
    EXPECT_EQ(At(input, "event", {"pull_request", "head", "updated_at"}), R"("pushed")");
    EXPECT_EQ(At(input, "event", {"pull_request", "base", "sha"}), R"("base")");
    EXPECT_EQ(At(input, "event", {"pull_request", "number"}), "5");
    EXPECT_EQ(At(input, "event", {"repository"}), R"({"name":"r","full_name":"o/r"})");
    EXPECT_EQ(At(input, "event", {"sender", "login"}), R"("contributor")");
  }
}

TEST(GithubContextTest, ACronJob) {
  const auto input = Build(TasksFor::kCron, "adhoc", kGithubDecision);
  EXPECT_EQ(At(input, "cron"), R"({"job":1})");
  EXPECT_EQ(At(input, "event", {"sender", "login"}), R"("TaskclusterHook")");
  // Without .git, other than for a release.
  EXPECT_EQ(At(input, "event", {"repository", "clone_url"}),
            R"("https://github.com/mozilla-releng/adhoc-signing")");
  EXPECT_EQ(At(input, "repository"), R"({"url":"https://github.com/mozilla-releng/adhoc-signing",)"
                                     R"("project":"adhoc-signing","level":"3","type":"git"})");
  EXPECT_EQ(At(input, "push"), R"({"revision":"head","branch":"refs/heads/main"})");
}

TEST(HgContextTest, APush) {
  const auto input = Build(TasksFor::kHgPush, "firefox", kHgDecision);
  EXPECT_EQ(At(input, "push"), R"({"base_revision":"before","revision":"head","comment":"try: a",)"
                               R"("owner":"pusher","pushlog_id":"77","pushdate":5})");
  EXPECT_EQ(At(input, "repository"),
            R"({"url":"https://hg.mozilla.org/mozilla-central","level":"3",)"
            R"("project":"the-project","type":"hg"})");
}

TEST(HgContextTest, TheCommentIsThatOfThePushOrABlank) {
  const auto build = [](std::string_view comment, std::string_view description) {
    ContextFacts facts = AllFacts();
    facts.push->comment = std::string(description);
    return Build(TasksFor::kHgPush, "firefox",
                 absl::StrCat(R"({"provisionerId": "p", "payload": {"image": "d", "env": {
                     "GECKO_HEAD_REPOSITORY": "https://hg.mozilla.org/mozilla-central",
                     "GECKO_HEAD_REV": "head", "GECKO_COMMIT_MSG": ")",
                              comment, R"("}}})"),
                 facts);
  };
  EXPECT_THAT(build(" ", "fix"), IsOk());
  EXPECT_THAT(build(" ", "try: -b o"), IsOk());
  EXPECT_THAT(build("try: -b o", "fix try: -b o\nmore"), IsOk());
  EXPECT_THAT(build("try: -b o", "fix"), IsViolation(Violation::kCommentMismatch));
  EXPECT_THAT(build("try: -b", "try: -b o"), IsViolation(Violation::kCommentMismatch));
  EXPECT_THAT(build("", "fix"), IsViolation(Violation::kCommentMismatch));
}

TEST(HgContextTest, ACronJob) {
  const auto input = Build(TasksFor::kCron, "firefox", kHgDecision);
  EXPECT_EQ(At(input, "cron"), R"({"job":2})");
  EXPECT_EQ(At(input, "push", {"owner"}), R"("cron")");
  EXPECT_EQ(At(input, "push", {"comment"}), R"("")");
}

TEST(JsoneContextTest, ReasonsOfTheOtherKindOfProductAreRefused) {
  EXPECT_THAT(Build(TasksFor::kHgPush, "adhoc", kGithubDecision),
              IsViolation(Violation::kTasksForNotAllowed));
  for (const TasksFor tasks_for : {TasksFor::kGithubPush, TasksFor::kGithubRelease,
                                   TasksFor::kGithubPullRequest, TasksFor::kPrAction}) {
    EXPECT_FALSE(Build(tasks_for, "firefox", kHgDecision).ok());
  }
}

TEST(JsoneContextTest, AFactThatIsNotThereIsAViolation) {
  for (const TasksFor tasks_for : kAll) {
    for (const std::string_view product : {"firefox", "adhoc"}) {
      const auto input =
          Build(tasks_for, product, product == "adhoc" ? kGithubDecision : kHgDecision, {});
      EXPECT_TRUE(GetFinding(input.status()).has_value())
          << product << " " << ToString(tasks_for) << " " << input.status();
    }
  }
}

TEST(JsoneContextTest, AnswersThatLackWhatIsNeededAreMalformedEvidence) {
  ContextFacts facts = AllFacts();
  for (const std::string_view members :
       {R"("published_at": "then", "author": null)", R"("author": {"login": "releaser"})"}) {
    facts.release = Release(members);
    EXPECT_THAT(Build(TasksFor::kGithubRelease, "adhoc", kGithubDecision, facts),
                IsViolation(Violation::kMalformedEvidence))
        << members;
  }
  for (const std::string_view user : {"null", "{}", R"({"login": null})"}) {
    facts.pull_request = PullRequest(user);
    EXPECT_THAT(Build(TasksFor::kGithubPullRequest, "adhoc", kGithubDecision, facts),
                IsViolation(Violation::kMalformedEvidence))
        << user;
  }
}

struct TaskCase {
  TasksFor tasks_for;
  std::string_view changes;
  Violation violation;
};

TEST(JsoneContextTest, TasksThatDoNotSayEnoughAreRefused) {
  const TaskCase cases[] = {
      {TasksFor::kGithubPush, R"({"provisionerId": "p", "payload": {"image": "d"}})",
       Violation::kSourceMissing},
      {TasksFor::kGithubPush, R"({"provisionerId": "p", "payload": {"image": "d", "env": {
           "ADHOC_HEAD_REPOSITORY": "https://gitlab.com/a/b"}}})",
       Violation::kUnsupportedVcs},
      {TasksFor::kCron, R"({"provisionerId": "p", "payload": {"image": "d", "env": {
           "ADHOC_HEAD_REPOSITORY": "https://github.com/a/b"}}, "extra": {"cron": {}}})",
       Violation::kMalformedTask},
      {TasksFor::kCron, R"({"provisionerId": "p", "payload": {"image": "d", "env": {
           "ADHOC_HEAD_REPOSITORY": "https://github.com/a/b"}}, "extra": {"cron": "{"}})",
       Violation::kMalformedTask},
      {TasksFor::kAction, R"({"provisionerId": "p", "payload": {"image": "d"}, "extra": {}})",
       Violation::kMalformedTask},
  };
  for (const TaskCase& c : cases) {
    EXPECT_THAT(Build(c.tasks_for, "adhoc", c.changes), IsViolation(c.violation)) << c.changes;
  }
}

}  // namespace
}  // namespace cot
