// SPDX-License-Identifier: MPL-2.0
// Steps 6 and 7: rebuilt definitions, and the repositories that tasks come from.
#include <algorithm>
#include <string>
#include <utility>

#include "absl/log/check.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "cot/testing/chain_defects.h"
#include "cot/testing/json_edit.h"
#include "scriptworker/json/array.h"
#include "scriptworker/json/json.h"
#include "scriptworker/json/object.h"

namespace cot {
namespace {

using scriptworker::json::Array;
using scriptworker::json::Value;

ChainDescription Gadget(std::string_view tasks_for) {
  return {.product = "gadget", .tasks_for = std::string(tasks_for), .worker = "generic-worker"};
}

const ChainDescription kHgAction = {.tasks_for = "action", .worker = "generic-worker"};

// The page whose URL ends with, or has in it, that text; there must be one.
GeneratedPage& PageOf(GeneratedChain& chain, std::string_view part) {
  const auto found = std::find_if(chain.pages.begin(), chain.pages.end(), [&](const auto& page) {
    return absl::StrContains(page.first, part);
  });
  CHECK(found != chain.pages.end()) << "no page of " << part;
  return found->second;
}

void ReplaceInPage(GeneratedChain& chain, std::string_view part, std::string_view from,
                   std::string_view to) {
  std::string& text = PageOf(chain, part).text;
  CHECK(absl::StrContains(text, from)) << from << " is not in " << part;
  text = absl::StrReplaceAll(text, {{from, to}});
}

// A page that is answered with 404.
void RemovePage(GeneratedChain& chain, std::string_view part) {
  const size_t removed = std::erase_if(
      chain.pages, [&](const auto& page) { return absl::StrContains(page.first, part); });
  CHECK_GT(removed, size_t{0}) << part;
}

void ReplaceInDefinition(GeneratedChain& chain, std::string_view role, std::string_view from,
                         std::string_view to) {
  Value& definition = DefinitionOf(chain, role);
  definition = *scriptworker::json::Parse(
      absl::StrReplaceAll(scriptworker::json::FormatCompact(definition), {{from, to}}));
}

void ReplaceInActions(GeneratedChain& chain, std::string_view from, std::string_view to) {
  std::string& actions = chain.tasks.find("decision")->second.artifacts["public/actions.json"];
  CHECK(absl::StrContains(actions, from)) << from;
  actions = absl::StrReplaceAll(actions, {{from, to}});
}

// All tasks come from a server that is neither hg nor GitHub; nothing privileged is done.
void MoveToAnotherServer(GeneratedChain& chain) {
  for (const auto& [role, task] : chain.tasks) {
    ReplaceInDefinition(chain, role, "https://hg.example.com/", "https://git.example.org/");
  }
  Define(chain, "target", "/scopes", Array());
  GeneratedPages moved;
  for (const auto& [url, page] : chain.pages) {
    GeneratedPage& there = moved[absl::StrReplaceAll(url, {{"hg.example.com", "git.example.org"}})];
    there = page;
    there.text = absl::StrReplaceAll(page.text, {{"hg.example.com", "git.example.org"}});
  }
  chain.pages = std::move(moved);
}

// The earlier push that made the image was one to another repository.
void TakeTheImageFromElsewhere(GeneratedChain& chain) {
  const std::string& repo = chain.facts().product.repository;
  const std::string elsewhere = "https://hg.example.com/users/somebody";
  for (const char* role : {"image", "old-decision"}) {
    ReplaceInDefinition(chain, role, repo, elsewhere);
    ReplaceInDefinition(chain, role, repo.substr(8), elsewhere.substr(8));
    ReplaceInDefinition(chain, role, "desktop-main", "somebodys");
  }
  GeneratedPages moved;
  for (const auto& [url, page] : chain.pages) {
    GeneratedPage& there = moved[absl::StrReplaceAll(url, {{repo, elsewhere}})];
    there = page;
    // The template names the repository that everything is based on.
    there.text = absl::StrReplaceAll(page.text, {{repo, elsewhere}});
  }
  moved.erase(std::string(kGeneratedProjectsUrl));
  chain.pages.merge(moved);
  absl::StrAppend(&PageOf(chain, "projects.yml").text, "somebodys:\n  repo: ", elsewhere,
                  "\n  repo_type: hg\n  access: scm_level_3\n");
  chain.MakeGraphs();
}

ChainDefect WithPage(std::string name, Violation violation, const ChainDescription& description,
                     std::string part, std::string from, std::string to) {
  return {.name = std::move(name),
          .violations = {violation},
          .description = description,
          .tasks = [part, from, to](GeneratedChain& c) { ReplaceInPage(c, part, from, to); }};
}

ChainDefect WithoutPage(std::string name, Violation violation, const ChainDescription& description,
                        std::string part) {
  return {.name = std::move(name),
          .violations = {violation},
          .description = description,
          .tasks = [part](GeneratedChain& c) { RemovePage(c, part); }};
}

std::vector<ChainDefect> DefectsOfActions() {
  return {
      {.name = "AnActionIsNotListed",
       .violations = {Violation::kActionNotFound},
       .description = kHgAction,
       .tasks =
           [](GeneratedChain& c) {
             ReplaceInActions(c, "\"cb_name\": \"promote\"", "\"cb_name\": \"demote\"");
           }},
      {.name = "AnActionIsNoHook",
       .violations = {Violation::kUnknownActionKind},
       .description = kHgAction,
       .tasks = [](GeneratedChain& c) { ReplaceInActions(c, "\"hook\"", "\"task\""); }},
      {.name = "AnActionIsMeantForAnotherTaskGroup",
       .violations = {Violation::kActionTaskGroupId},
       .description = kHgAction,
       .tasks =
           [](GeneratedChain& c) {
             const std::string stranger = c.facts().TaskId("a stranger");
             ReplaceInPage(c, ".taskcluster.yml", "ACTION_TASK_GROUP_ID: ${ownTaskId}",
                           "ACTION_TASK_GROUP_ID: " + stranger);
             Define(c, "action", "/payload/env/ACTION_TASK_GROUP_ID", stranger);
           }},
      {.name = "AnActionRanForAnotherTaskGroup",
       .violations = {Violation::kActionTaskGroupId},
       .description = kHgAction,
       .tasks =
           [](GeneratedChain& c) {
             Define(c, "action", "/payload/env/ACTION_TASK_GROUP_ID",
                    c.facts().TaskId("a stranger"));
           }},
      {.name = "AnActionHasAnotherInputThanItsHookWasGiven",
       .violations = {Violation::kRebuiltDefinitionDiffers},
       .description = kHgAction,
       .tasks =
           [](GeneratedChain& c) {
             Define(c, "action", "/payload/env/ACTION_INPUT", R"({"build_number":2})");
           }},
      {.name = "AnActionHasOtherParametersThanItsDecisionTask",
       .violations = {Violation::kRebuiltDefinitionDiffers},
       .description = kHgAction,
       .tasks =
           [](GeneratedChain& c) {
             std::string& text =
                 c.tasks.find("decision")->second.artifacts["public/parameters.yml"];
             text = absl::StrReplaceAll(text, {{"desktop-main", "another"}});
           }},
  };
}

}  // namespace

std::vector<ChainDefect> DefectsOfDefinitions() {
  const ChainDescription push = {.worker = "generic-worker"};
  std::vector<ChainDefect> defects = {
      {.name = "TheProductDoesNotKnowSuchTasks",
       .violations = {Violation::kTasksForNotAllowed},
       .description = push,
       .tasks =
           [](GeneratedChain& c) {
             SetAt(c.policy, "/products/desktop/valid_tasks_for", Array{"cron"});
           }},
      {.name = "TheServerIsNeitherHgNorGithub",
       .violations = {Violation::kUnsupportedVcs},
       .description = push,
       .tasks = MoveToAnotherServer},
      WithoutPage("TheTemplateDoesNotExist", Violation::kTemplateMissing, push, ".taskcluster.yml"),
      WithPage("TheTemplateIsNoYaml", Violation::kMalformedTemplate, push, ".taskcluster.yml",
               "version: 1", "version: ]["),
      WithPage("TheTemplateMakesNoList", Violation::kMalformedTemplate, push, ".taskcluster.yml",
               "tasks:", "jobs:"),
      WithPage(
          "TheTemplateIsABomb", Violation::kMalformedTemplate, push, ".taskcluster.yml",
          "version: 1",
          "a: &a [x, x, x, x, x, x, x, x, x]\nb: &b [*a, *a, *a, *a, *a, *a, *a, *a, *a]\n"
          "c: &c [*b, *b, *b, *b, *b, *b, *b, *b, *b]\nd: &d [*c, *c, *c, *c, *c, *c, *c, *c]\n"
          "e: &e [*d, *d, *d, *d, *d, *d, *d, *d]\nf: &f [*e, *e, *e, *e, *e, *e, *e, *e]\n"
          "g: &g [*f, *f, *f, *f, *f, *f, *f, *f]\nh: &h [*g, *g, *g, *g, *g, *g, *g, *g]\n"
          "version: 1"),
      WithPage("TheTemplateTakesTooMuchWork", Violation::kJsoneError, push, ".taskcluster.yml",
               "version: 1",
               "version: {$map: {$eval: 'range(0, 3000)'}, 'each(x)': {$map: {$eval: "
               "'range(0, 3000)'}, 'each(y)': '${x}${y}'}}"),
      WithPage("TheTemplateNamesWhatThereIsNot", Violation::kJsoneError, push, ".taskcluster.yml",
               "${head.rev}", "${head.revision}"),
      WithPage("ThePushlogHasNoPush", Violation::kMalformedEvidence, push, "json-pushes",
               "\"pushes\":", "\"pulls\":"),
      {.name = "ThePushDoesNotHoldTheRevision",
       .violations = {Violation::kMalformedEvidence},
       .description = push,
       .tasks =
           [](GeneratedChain& c) {
             ReplaceInPage(c, "json-pushes", absl::StrCat("\"node\":\"", c.facts().revision),
                           "\"node\":\"0");
           }},
      WithPage("AnotherUserHasPushed", Violation::kRebuiltDefinitionDiffers, push, "json-pushes",
               "pusher@example.org", "somebody@example.org"),
      WithoutPage("ThePushlogDoesNotKnowTheRevision", Violation::kEvidenceMissing, push,
                  "json-pushes"),
      WithPage("TheProjectIsNotListed", Violation::kUnknownProject, push, "projects.yml",
               "hg.example.com/desktop/main", "hg.example.com/desktop/old"),
      WithPage("TheProjectHasAnotherLevel", Violation::kRebuiltDefinitionDiffers, push,
               "projects.yml", "scm_level_3", "scm_level_1"),
      {.name = "TheCommentIsNotThatOfThePush",
       .violations = {Violation::kCommentMismatch},
       .description = push,
       .tasks =
           [](GeneratedChain& c) {
             Define(c, "decision", "/payload/env/GECKO_COMMIT_MSG", "try: -b do -p all");
           }},
      {.name = "ADecisionTaskRanAnotherCommand",
       .violations = {Violation::kRebuiltDefinitionDiffers},
       .description = push,
       .tasks =
           [](GeneratedChain& c) { Define(c, "decision", "/payload/command/0", "run-backdoor"); }},
      {.name = "ADecisionTaskHasAnotherImage",
       .violations = {Violation::kRebuiltDefinitionDiffers},
       .description = push,
       .tasks =
           [](GeneratedChain& c) { Define(c, "decision", "/payload/image", "example/other:1"); }},
      {.name = "ADecisionTaskHasAMemberMore",
       .violations = {Violation::kRebuiltDefinitionDiffers},
       .description = push,
       .tasks =
           [](GeneratedChain& c) {
             Define(c, "decision", "/payload/env/LD_PRELOAD", "/backdoor.so");
           }},
      {.name = "ADecisionTaskNamesNoRevision",
       .violations = {Violation::kSourceMissing},
       .description = push,
       .tasks =
           [](GeneratedChain& c) {
             RemoveAt(DefinitionOf(c, "decision"), "/payload/env/DESKTOP_HEAD_REV");
           }},
      WithPage("AnotherUserHasCommitted", Violation::kRebuiltDefinitionDiffers,
               Gadget("github-push"), "/commits/", "\"login\":\"pusher\"", "\"login\":\"other\""),
      WithPage("TheCommitIsAnother", Violation::kMalformedEvidence, Gadget("github-push"),
               "/commits/", "\"sha\":\"", "\"sha\":\"0"),
      WithPage("TheReleaseIsOfAnotherTag", Violation::kMalformedEvidence, Gadget("github-release"),
               "/releases/", "\"tag_name\":\"v7.1.0\"", "\"tag_name\":\"v7.0.0\""),
      WithPage("AnotherUserHasReleased", Violation::kRebuiltDefinitionDiffers,
               Gadget("github-release"), "/releases/", "releaser", "somebody"),
      WithPage("ThePullRequestHasAnotherTitle", Violation::kRebuiltDefinitionDiffers,
               Gadget("github-pull-request"), "/pulls/", "Mend it", "Break it"),
      WithoutPage("ThePullRequestDoesNotExist", Violation::kEvidenceMissing,
                  Gadget("github-pull-request"), "/pulls/"),
      WithoutPage("TheReleaseDoesNotExist", Violation::kEvidenceMissing, Gadget("github-release"),
                  "/releases/"),
      {.name = "ThePrivateRepositoryIsReadWithoutItsToken",
       .violations = {Violation::kTemplateMissing, Violation::kEvidenceMissing},
       .description = {.product = "vault", .tasks_for = "github-push", .worker = "generic-worker"},
       .tasks =
           [](GeneratedChain& c) {
             for (const char* part : {".taskcluster.yml", "/repos/"}) RemovePage(c, part);
           }},
  };
  for (ChainDefect& defect : DefectsOfActions()) defects.push_back(std::move(defect));
  return defects;
}

std::vector<ChainDefect> DefectsOfSources() {
  const ChainDescription push = {.worker = "generic-worker"};
  const std::string scope = "project:desktop:signing:*";
  return {
      {.name = "ATaskHasNoSource",
       .violations = {Violation::kSourceMissing},
       .description = push,
       .tasks =
           [](GeneratedChain& c) {
             RemoveAt(DefinitionOf(c, "build"), "/metadata/source");
             c.MakeGraphs();
           }},
      {.name = "ASourceIsNotInTheTasksRepository",
       .violations = {Violation::kSourceMismatch},
       .description = push,
       .tasks =
           [](GeneratedChain& c) {
             Define(c, "build", "/metadata/source", "https://hg.example.com/desktop/maintained");
           }},
      {.name = "ASourcesSpellingIsAmbiguous",
       .violations = {Violation::kSourceMismatch},
       .description = push,
       .tasks =
           [](GeneratedChain& c) {
             Define(c, "build", "/metadata/source", "HTTPS://hg.example.com/desktop/main/file/1");
           }},
      {.name = "TwoRestrictedScopesMatchOne",
       .violations = {Violation::kAmbiguousRestrictedScope},
       .description = push,
       .tasks =
           [scope](GeneratedChain& c) {
             SetAt(c.policy, absl::StrCat("/products/desktop/cot_restricted_scopes/", scope),
                   "release");
           }},
      {.name = "TheRepositoryMayNotHoldTheScope",
       .violations = {Violation::kRepoNotAllowedForScope},
       .description = push,
       .tasks =
           [](GeneratedChain& c) {
             SetAt(c.policy, "/products/desktop/cot_restricted_trees/release",
                   Array{"/desktop/release"});
           }},
      {.name = "ATaskOfTheGroupIsFromAnotherRepository",
       .violations = {Violation::kRepoDiffersFromTarget},
       .description = push,
       .tasks =
           [](GeneratedChain& c) {
             ReplaceInDefinition(c, "build", "hg.example.com/desktop/main",
                                 "hg.example.com/desktop/release");
             SetAt(c.policy, "/products/desktop/trusted_vcs_rules/0/path_regexes",
                   Array{"^(?P<path>/desktop/(main|release))(/|$)"});
             c.MakeGraphs();
           }},
      {.name = "TheImageIsFromAnUntrustedRepository",
       .violations = {Violation::kUntrustedRepo},
       .description = {.cached_image = true},
       .tasks = TakeTheImageFromElsewhere},
      {.name = "ACommitHasNotLanded",
       .violations = {Violation::kTryOrPullRequest},
       .description = Gadget("github-push"),
       .tasks = [](GeneratedChain& c) { PageOf(c, "/branch_commits/").text = "\n\n"; }},
      {.name = "ATaskIsOfATryPush",
       .violations = {Violation::kTryOrPullRequest},
       .description = push,
       .tasks = [](GeneratedChain& c) { Define(c, "build", "/payload/env/MH_BRANCH", "try"); }},
      {.name = "APullRequestHasAPrivilegedScope",
       .violations = {Violation::kRepoNotAllowedForScope, Violation::kTryOrPullRequest},
       .description = Gadget("github-pull-request"),
       .tasks =
           [](GeneratedChain& c) {
             Define(c, "target", "/scopes", Array{"project:gadget:signing:cert:release"});
           }},
  };
}

}  // namespace cot
