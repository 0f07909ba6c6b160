// SPDX-License-Identifier: MPL-2.0
//
// The variables that .taskcluster.yml is rendered with, per reason for a task
// (tasks_for): from what the tasks say, and facts fetched from hg and GitHub.
#ifndef COT_PARENT_JSONE_CONTEXT_H_
#define COT_PARENT_JSONE_CONTEXT_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "cot/chain/link.h"
#include "cot/chain/tasks_for.h"
#include "cot/policy/policy.h"
#include "cot/policy/source_hosts.h"
#include "scriptworker/json/object.h"
#include "scriptworker/json/value.h"
#include "scriptworker/jsone/limits.h"
#include "scriptworker/vcs/github_objects.h"
#include "scriptworker/vcs/pushlog.h"

namespace cot {

// Which facts a context needs. The verifier fetches just these.
struct FactsNeeded {
  bool pushlog = false;     // hg-push, hg cron
  bool projects = false;    // hg (all), git cron
  bool parameters = false;  // hg action: the decision's parameters.yml
  bool actions = false;     // action, pr-action: the decision's actions.json
  bool github_release = false;
  bool github_pull_request = false;  // with the repository's definition
  bool github_commit = false;
};
FactsNeeded FactsFor(TasksFor tasks_for, ProductType type);

// What was fetched; absent what was not needed. Parameters and actions are as the task
// wrote them, read with care: a wrong shape is kMalformedEvidence.
struct ContextFacts {
  std::optional<scriptworker::vcs::Push> push;
  // Project name and level, from projects.yml, of the decision's source.
  std::optional<std::string> project;
  std::optional<std::string> level;
  std::optional<scriptworker::json::Value> parameters;
  std::optional<scriptworker::json::Value> actions;
  std::optional<scriptworker::vcs::GithubRelease> release;
  std::optional<scriptworker::vcs::GithubPullRequest> pull_request;
  std::optional<scriptworker::vcs::GithubCommit> commit;
};

// What json-e gets: variables, the template wrapped for an action, and which ids
// `as_slugid` gives.
struct RenderInput {
  scriptworker::json::Object variables;
  // For actions: {"$let": ..., "in": <the template>}; the reference's wrapping.
  std::optional<scriptworker::json::Value> action_let;
  std::string decision_task_id;  // as_slugid("decision")
  std::string parent_task_id;    // as_slugid(anything else)
};

// Violations: kMalformedEvidence, kCommentMismatch, kTasksForNotAllowed,
// kActionNotFound, kUnknownActionKind, kMalformedTask, kSourceMissing, kJsoneError (of an
// action's payload). Renders within `budget`, that of all definitions of the chain. Else pure.
absl::StatusOr<RenderInput> BuildRenderInput(const Link& parent, const Link& decision,
                                             TasksFor tasks_for, const Product& product,
                                             const ContextFacts& facts, const SourceHosts& hosts,
                                             scriptworker::jsone::Budget& budget);

// What kJsoneError says about a task that could not be rebuilt.
std::string JsoneErrorText(const Link& parent, const absl::Status& error);

}  // namespace cot

#endif  // COT_PARENT_JSONE_CONTEXT_H_
