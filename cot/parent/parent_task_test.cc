// SPDX-License-Identifier: MPL-2.0
#include "cot/parent/parent_task.h"

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status_matchers.h"
#include "absl/strings/str_cat.h"
#include "cot/chain/tasks_for.h"
#include "cot/chain/violation.h"
#include "cot/policy/policy.h"
#include "cot/testing/links.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "scriptworker/json/json.h"
#include "scriptworker/jsone/limits.h"

namespace cot {
namespace {

using ::absl_testing::IsOk;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr std::string_view kActionId = "ActionAAQACAAAAAAAAAAA";

std::string Env(std::string_view repo, std::string_view revision = "abc") {
  return absl::StrCat(
      R"({"provisionerId": "p", "payload": {"image": "d", "env": {"X_HEAD_REPOSITORY": ")", repo,
      R"(", "X_HEAD_REV": ")", revision, R"("}}})");
}

absl::StatusOr<TemplateLocation> Find(std::string_view task, bool have_token = false,
                                      bool is_private = false) {
  Product product = BuiltInProduct("adhoc");
  product.source_env_prefix = "X";
  product.trusted_vcs_rules.front().require_secret = is_private;
  return FindTemplate(MakeLink("signing:parent", kDecisionId, task), product,
                      {.hg_host = "hg.example",
                       .hg_url = "http://127.0.0.1:1/hg",
                       .github_host = "git.example",
                       .github_url = "https://git.example",
                       .github_api_url = "https://api.git.example",
                       .github_raw_url = "https://raw.git.example"},
                      have_token);
}

TEST(FindTemplateTest, LiesWhereThePolicySaysThatTheHostIs) {
  const std::pair<std::string, std::string_view> cases[] = {
      {Env("https://git.example/o/r"), "https://raw.git.example/o/r/abc/.taskcluster.yml"},
      {Env("https://git.example/o/r.git/"), "https://raw.git.example/o/r/abc/.taskcluster.yml"},
      {Env("ssh://git@git.example/o/r", "v1.2/x"), ""},  // a user: another netloc
      {Env("ssh://git.example/o/r", "v1.2/x"),
       "https://raw.git.example/o/r/v1.2/x/.taskcluster.yml"},
      {Env("https://hg.example/a/b"), "http://127.0.0.1:1/hg/a/b/raw-file/abc/.taskcluster.yml"},
      {Env("http://hg.example/a/b"), ""},
      {Env("ssh://hg.example/a/b"), ""},
      {Env("https://git.example/o"), ""},
      {Env("https://git.example.evil/o/r"), ""},
      {Env("https://github.com/o/r"), ""},
      {Env("https://git.example/o/r", "a?b"), ""},
      {Env("https://git.example/o/r", "a b"), ""},
      {Env("https://git.example/o/r", "a/../../../evil/x/b"), ""},
      {Env("https://git.example/o/r%3F"), ""},
      // What follows would be a query, and any file of the repository the template.
      {Env("https://hg.example/a/b%3F"), ""},
      {Env("https://hg.example/a/raw-file/r/dir/any.yml%3F"), ""},
      {Env("https://hg.example/a/b%23"), ""},
      {Env("https://hg.example/a/b?x"), ""},
      {Env("https://hg.example/a/b#x"), ""},
      {Env("https://hg.example/a/b", "a?b"), ""},
      // A folder of the revision r.
      {Env("https://hg.example/a/b", "r/d"), ""},
      {Env("https://hg.example/a/b/"), "http://127.0.0.1:1/hg/a/b/raw-file/abc/.taskcluster.yml"},
      {Env("https://hg.example/"), ""},
      {Env("nonsense"), ""},
  };
  for (const auto& [task, url] : cases) {
    const auto found = Find(task);
    if (url.empty()) {
      EXPECT_THAT(found, IsViolation(Violation::kUnsupportedVcs)) << task;
    } else {
      ASSERT_THAT(found, IsOk()) << task;
      EXPECT_EQ(found->url.ToString(), url);
      EXPECT_FALSE(found->with_token);
    }
  }
}

TEST(FindTemplateTest, ATaskThatNamesNoSourceIsRefused) {
  EXPECT_THAT(Find(R"({"provisionerId": "p", "payload": {"image": "d"}})"),
              IsViolation(Violation::kSourceMissing));
  EXPECT_THAT(Find(Env("https://git.example/o/r", "")), IsViolation(Violation::kSourceMissing));
}

TEST(FindTemplateTest, TheTokenIsForPrivateRepositories) {
  EXPECT_FALSE(Find(Env("https://git.example/o/r"), /*have_token=*/true)->with_token);
  EXPECT_TRUE(Find(Env("ssh://git.example/o/r"), /*have_token=*/true)->with_token);
  EXPECT_TRUE(
      Find(Env("https://git.example/o/r"), /*have_token=*/true, /*is_private=*/true)->with_token);
  EXPECT_FALSE(Find(Env("ssh://git.example/o/r"), /*have_token=*/false)->with_token);
  EXPECT_FALSE(Find(Env("https://hg.example/a/b"), /*have_token=*/true)->with_token);
}

TEST(TasksForOfTest, MustBeOneOfTheProducts) {
  const auto of = [](std::string_view text) {
    return TasksForOf(MakeLink("signing:parent", kDecisionId,
                               absl::StrCat(R"({"extra": {"tasks_for": )", text, "}}")),
                      BuiltInProduct("adhoc"));
  };
  EXPECT_THAT(of(R"("github-push")"), absl_testing::IsOkAndHolds(TasksFor::kGithubPush));
  for (const std::string_view text : {R"("hg-push")", R"("cron")", R"("frobnicate")", "7", "{}"}) {
    EXPECT_THAT(of(text), IsViolation(Violation::kTasksForNotAllowed)) << text;
  }
}

TEST(ParseTemplateTest, WhatIsNoYamlIsAViolationWithItsPlace) {
  EXPECT_THAT(ParseTemplate("version: 1\ntasks: []", "https://h/x"), IsOk());
  const auto bad = ParseTemplate("a: b\nc: [", "https://h/x");
  EXPECT_THAT(bad, IsViolation(Violation::kMalformedTemplate));
  EXPECT_THAT(bad.status().message(), HasSubstr("https://h/x:"));
}

TEST(ComparableDefinitionTest, LeavesOutWhatIsEmptyAndFillsInWhatTheQueueDoes) {
  const std::pair<std::string_view, std::string_view> cases[] = {
      {R"({"provisionerId": "p", "workerType": "w"})",
       R"({"projectId":"none","taskQueueId":"p/w"})"},
      {R"({"taskQueueId": "a/b", "provisionerId": "p", "workerType": "w", "projectId": "q"})",
       R"({"taskQueueId":"a/b","projectId":"q"})"},
      // One level only: what becomes empty by that stays.
      {R"({"taskQueueId": "a/b", "projectId": "q", "x": {"y": {"z": {}}}})",
       R"({"taskQueueId":"a/b","projectId":"q","x":{"y":{}}})"},
      {R"({"taskQueueId": "a/b", "projectId": "q", "a": [], "b": null, "c": "null", "d": {},
           "e": [null, 1, {}, [], "null"]})",
       R"({"taskQueueId":"a/b","projectId":"q","e":[1]})"},
      {R"({"taskQueueId": "a/b", "projectId": "q", "a": "", "b": 0, "c": false})",
       R"({"taskQueueId":"a/b","projectId":"q","a":"","b":0,"c":false})"},
      {"7", "7"},
      {"{}", R"({"projectId":"none","taskQueueId":"/"})"},
  };
  for (const auto& [task, expected] : cases) {
    EXPECT_EQ(scriptworker::json::FormatCompact(ComparableDefinition(Json(task))), expected)
        << task;
  }
}

// Rebuilds `task` from a template that has `tasks` as JSON.
std::vector<Finding> Check(std::string_view task, std::string_view tasks, TasksFor tasks_for,
                           scriptworker::jsone::Budget& budget) {
  const Link parent = MakeLink("signing:action", kActionId, task);
  const Link decision = MakeLink("signing:parent", kDecisionId);
  RenderInput input;
  input.variables.Set("pool", "p");
  input.decision_task_id = kDecisionId;
  input.parent_task_id = kActionId;
  std::vector<Finding> findings;
  CheckRebuiltDefinition(parent, decision, tasks_for,
                         Json(absl::StrCat(R"({"tasks": )", tasks, "}")), input, budget, findings);
  return findings;
}

std::vector<Finding> Check(std::string_view task, std::string_view tasks,
                           TasksFor tasks_for = TasksFor::kGithubPush) {
  scriptworker::jsone::Budget budget{scriptworker::jsone::Limits()};
  return Check(task, tasks, tasks_for, budget);
}

// The whole definition of a task, with changes, as a template's text.
std::string Definition(std::string_view changes) {
  return scriptworker::json::FormatCompact(TaskJson(changes));
}

// Each of the fifty templates stays within what one rendering may use.
TEST(CheckRebuiltDefinitionTest, AllDefinitionsOfAChainHaveOneBudget) {
  const std::string good = absl::StrCat("[", Definition("{}"), "]");
  const std::string evil = absl::StrCat(
      R"j({"$let": {"waste": {"$eval": "len(range(0, 300000))"}}, "in": )j", good, "}");
  scriptworker::jsone::Budget budget{scriptworker::jsone::Limits()};
  int passed = 0;
  for (int i = 0; i < 50; ++i) {
    const std::vector<Finding> findings = Check("{}", evil, TasksFor::kGithubPush, budget);
    if (findings.empty()) {
      ++passed;
      continue;
    }
    ASSERT_THAT(ViolationsOf(findings), ElementsAre(Violation::kJsoneError));
    EXPECT_THAT(findings[0].message, AllOf(HasSubstr("the limit max_nodes of 2000000"),
                                           HasSubstr("count for all definitions of a chain")));
  }
  EXPECT_EQ(passed, 6);
  EXPECT_THAT(ViolationsOf(Check("{}", good, TasksFor::kGithubPush, budget)),
              ElementsAre(Violation::kJsoneError));
  EXPECT_THAT(Check("{}", good), IsEmpty());
}

TEST(CheckRebuiltDefinitionTest, OneOfTheTasksMustBeIt) {
  const std::string good = Definition("{}");
  const std::string other = Definition(R"({"payload": {"maxRunTime": 601}})");
  EXPECT_THAT(Check("{}", absl::StrCat("[", good, "]")), IsEmpty());
  EXPECT_THAT(Check("{}", absl::StrCat("[", other, ",", good, "]")), IsEmpty());
  const std::vector<Finding> findings = Check("{}", absl::StrCat("[7,", other, "]"));
  ASSERT_THAT(ViolationsOf(findings), ElementsAre(Violation::kRebuiltDefinitionDiffers));
  EXPECT_THAT(findings[0].diff, HasSubstr("/payload/maxRunTime"));
  EXPECT_THAT(findings[0].diff, HasSubstr("601"));
  EXPECT_THAT(ViolationsOf(Check("{}", "[]")), ElementsAre(Violation::kRebuiltDefinitionDiffers));
}

TEST(CheckRebuiltDefinitionTest, TheNearestTaskIsShown) {
  const std::string near = Definition(R"({"payload": {"maxRunTime": 601}})");
  const std::string far =
      Definition(R"({"payload": {"maxRunTime": 602}, "retries": 1, "priority": "high"})");
  const std::vector<Finding> findings = Check("{}", absl::StrCat("[", far, ",", near, "]"));
  ASSERT_EQ(findings.size(), 1);
  EXPECT_THAT(findings[0].diff, HasSubstr("601"));
}

TEST(CheckRebuiltDefinitionTest, TheIdsAreTheDecisionTasksAndTheTasksOwn) {
  const std::string changes =
      absl::StrCat(R"({"payload": {"a": ")", kDecisionId, R"(", "b": ")", kActionId, R"("}})");
  const std::string rendered =
      Definition(R"({"payload": {"a": "${as_slugid('decision')}", "b": "${as_slugid('x')}"}})");
  EXPECT_THAT(Check(changes, absl::StrCat("[", rendered, "]")), IsEmpty());
}

TEST(CheckRebuiltDefinitionTest, ATemplateThatCannotBeRenderedIsAViolation) {
  EXPECT_THAT(ViolationsOf(Check("{}", R"([{"$eval": "nothing"}])")),
              ElementsAre(Violation::kJsoneError));
  EXPECT_THAT(ViolationsOf(Check("{}", R"({"a": 1})")), ElementsAre(Violation::kMalformedTemplate));
}

std::string GroupOf(std::string_view id) {
  return absl::StrCat(R"({"payload": {"env": {"ACTION_TASK_GROUP_ID": ")", id, R"("}}})");
}

TEST(CheckRebuiltDefinitionTest, AnActionsGroupIsItsOwnOrTheDecisionTasks) {
  for (const std::string_view rebuilt : {kActionId, kDecisionId}) {
    for (const std::string_view runtime : {kActionId, kDecisionId}) {
      EXPECT_THAT(Check(GroupOf(runtime), absl::StrCat("[", Definition(GroupOf(rebuilt)), "]"),
                        TasksFor::kAction),
                  IsEmpty())
          << rebuilt << " " << runtime;
    }
    EXPECT_THAT(
        ViolationsOf(Check(GroupOf(kBuildId), absl::StrCat("[", Definition(GroupOf(rebuilt)), "]"),
                           TasksFor::kPrAction)),
        testing::Contains(Violation::kActionTaskGroupId));
  }
  EXPECT_THAT(
      ViolationsOf(Check(GroupOf(kActionId), absl::StrCat("[", Definition(GroupOf(kBuildId)), "]"),
                         TasksFor::kAction)),
      testing::Contains(Violation::kActionTaskGroupId));
  EXPECT_THAT(ViolationsOf(Check("{}", "[]", TasksFor::kAction)),
              testing::Contains(Violation::kActionTaskGroupId));
}

}  // namespace
}  // namespace cot
