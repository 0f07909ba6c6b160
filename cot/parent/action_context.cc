// SPDX-License-Identifier: MPL-2.0
#include "cot/parent/action_context.h"

#include <string>
#include <string_view>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "cot/chain/link_id.h"
#include "cot/chain/task_env.h"
#include "cot/chain/violation.h"
#include "cot/evidence/control_files.h"
#include "scriptworker/base/status_macros.h"
#include "scriptworker/json/array.h"
#include "scriptworker/jsone/context.h"
#include "scriptworker/jsone/render.h"

namespace cot {
namespace {

using scriptworker::json::Object;
using scriptworker::json::Value;

absl::Status Refused(const Link& parent, Violation violation, std::string message) {
  return ToStatus(About(parent.id(), Step::kRebuiltDefinitions,
                        {.violation = violation,
                         .message = std::move(message),
                         .source = std::string(kActionsName)}));
}

std::string Text(const Value* value, std::string_view absent) {
  return value != nullptr && value->is_string() ? std::string(value->string_value())
                                                : std::string(absent);
}

const Value* FindPath(const Value& value, std::initializer_list<std::string_view> keys) {
  const Value* at = &value;
  for (std::string_view key : keys) {
    at = at->Find(key);
    if (at == nullptr) return nullptr;
  }
  return at;
}

absl::StatusOr<Value> FindAction(const Link& parent, const Value& actions) {
  const std::string callback = TaskEnv(parent.task(), "ACTION_CALLBACK").value_or("");
  const Value* list = actions.Find("actions");
  if (list == nullptr || !list->is_array()) {
    return Refused(parent, Violation::kMalformedEvidence,
                   absl::StrCat(kActionsName, " has no list `actions`"));
  }
  for (const Value& action : list->array()) {
    const Value* name = FindPath(action, {"hookPayload", "decision", "action", "cb_name"});
    const std::string kind = Text(action.Find("kind"), "<MISSING>");
    if (name == nullptr) {
      // An old-style action, which has no hook, can still be the one meant.
      const Value* old_name = FindPath(action, {"task", "payload", "env", "ACTION_CALLBACK"});
      if (callback.empty() || Text(old_name, "") != callback) continue;
    } else if (callback.empty() || Text(name, "") != callback) {
      continue;
    }
    if (kind != "hook") {
      return Refused(parent, Violation::kUnknownActionKind,
                     absl::StrCat("Unknown action kind `", kind, "` for action `",
                                  Text(action.Find("name"), "<MISSING>"), "`."));
    }
    return action;
  }
  return Refused(parent, Violation::kActionNotFound,
                 absl::StrCat("No action with ", callback, " callback found."));
}

std::string Permission(const Value& action, std::string_view callback) {
  const Value* permission = FindPath(action, {"extra", "actionPerm"});
  if (permission == nullptr || permission->is_null()) {
    permission = action.Find("actionPerm");
  }
  if (permission != nullptr && !permission->is_null()) {
    return Text(permission, "");
  }
  const std::string hook = Text(action.Find("hookId"), "generic/");
  return absl::StrContains(hook, "generic/") ? "generic" : std::string(callback);
}

Value Eval(std::string_view expression) { return Value(Object({{"$eval", Value(expression)}})); }

// The hook's template around .taskcluster.yml.
Value ActionLet(TasksFor tasks_for, std::string_view permission) {
  const std::string_view reason = ToString(tasks_for);
  Object action;
  for (const std::string_view key :
       {"name", "title", "description", "taskGroupId", "symbol", "cb_name"}) {
    action.Set(key, Value(absl::StrCat("${payload.decision.action.", key, "}")));
  }
  action.Set("repo_scope", Value(absl::StrCat("assume:repo:${payload.decision.repository.url[8:]}:",
                                              reason, ":", permission)));
  action.Set("action_perm", Value(permission));
  Object let;
  let.Set("tasks_for", Value(reason));
  let.Set("action", Value(std::move(action)));
  let.Set("push", Eval("payload.decision.push"));
  let.Set("repository", Eval("payload.decision.repository"));
  let.Set("input", Eval("payload.user.input"));
  let.Set("parameters", Eval("payload.decision['parameters']"));
  let.Set("taskId", Eval("payload.user.taskId"));
  let.Set("taskGroupId", Eval("payload.user.taskGroupId"));
  let.Set("ownTaskId", Eval("taskId"));
  return Value(std::move(let));
}

Value ValueOrNull(const Object& variables, std::string_view key) {
  const Value* value = variables.Find(key);
  return value == nullptr ? Value() : *value;
}

}  // namespace

absl::StatusOr<RenderInput> WrapAction(const Link& parent, const Link& decision, TasksFor tasks_for,
                                       const Object& variables, const Value& actions,
                                       scriptworker::jsone::Budget& budget) {
  SW_ASSIGN_OR_RETURN(const Value action, FindAction(parent, actions));
  const Value* payload = action.Find("hookPayload");
  const std::string callback = TaskEnv(parent.task(), "ACTION_CALLBACK").value_or("");
  if (payload == nullptr) {
    return Refused(parent, Violation::kMalformedEvidence, "the action has no hookPayload");
  }
  if (!variables.contains("input")) {
    return Refused(parent, Violation::kMalformedTask,
                   absl::StrCat(parent.Label(), ": extra.action.context has no input"));
  }
  scriptworker::jsone::Context context(absl::UnixEpoch());
  context.Set("now", ValueOrNull(variables, "now"));
  context.Set("input", ValueOrNull(variables, "input"));
  context.Set("parameters", ValueOrNull(variables, "parameters"));
  context.Set("taskGroupId", Value(parent.decision_task_id().str()));
  context.Set("taskId", ValueOrNull(variables, "taskId"));
  const absl::StatusOr<Value> rendered = scriptworker::jsone::Render(*payload, context, budget);
  if (!rendered.ok()) {
    return Refused(parent, Violation::kJsoneError, JsoneErrorText(parent, rendered.status()));
  }
  RenderInput input;
  input.variables.Set("payload", *rendered);
  input.variables.Set("taskId", Value(parent.task_id().str()));
  input.variables.Set("now", ValueOrNull(variables, "now"));
  input.variables.Set("clientId", ValueOrNull(variables, "clientId"));
  input.action_let = ActionLet(tasks_for, Permission(action, callback));
  input.decision_task_id = decision.task_id().str();
  input.parent_task_id = parent.task_id().str();
  return input;
}

}  // namespace cot
