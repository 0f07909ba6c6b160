// SPDX-License-Identifier: MPL-2.0
#include "cot/parent/jsone_context.h"

#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "cot/chain/violation.h"
#include "cot/evidence/control_files.h"
#include "cot/parent/action_context.h"
#include "cot/parent/context_source.h"
#include "cot/parent/github_context.h"
#include "cot/parent/hg_context.h"
#include "scriptworker/base/status_macros.h"

namespace cot {

using scriptworker::json::Object;
using scriptworker::json::Value;

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

std::string JsoneErrorText(const Link& parent, const absl::Status& error) {
  return absl::StrCat("JSON-e error while rebuilding ", parent.name(),
                      " task definition: ", error.message(),
                      // It may be another task's template that has used it up.
                      absl::IsResourceExhausted(error)
                          ? " (steps, nodes and text count for all definitions of a chain)"
                          : "");
}

absl::StatusOr<RenderInput> BuildRenderInput(const Link& parent, const Link& decision,
                                             TasksFor tasks_for, const Product& product,
                                             const ContextFacts& facts, const SourceHosts& hosts,
                                             scriptworker::jsone::Budget& budget) {
  const ContextSource source{parent, decision, tasks_for, product, facts, hosts};
  if (!parent.task().created().has_value()) {
    return source.Refused(Violation::kMalformedTask,
                          absl::StrCat(parent.Label(), ": the task has no `created`"));
  }
  Object variables{{"now", parent.task().created()->text},
                   {"tasks_for", ToString(tasks_for)},
                   {"ownTaskId", parent.task_id().str()},
                   {"taskId", Value()}};
  SW_RETURN_IF_ERROR(product.type == ProductType::kHg ? AddHgContext(source, variables)
                                                      : AddGithubContext(source, variables));
  if (IsOfAction(tasks_for)) {
    SW_ASSIGN_OR_RETURN(const Value actions, source.Required(facts.actions, kActionsName));
    return WrapAction(parent, decision, tasks_for, variables, actions, budget);
  }
  RenderInput input;
  input.variables = std::move(variables);
  input.decision_task_id = decision.task_id().str();
  input.parent_task_id = parent.task_id().str();
  return input;
}

}  // namespace cot
