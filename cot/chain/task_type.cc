// SPDX-License-Identifier: MPL-2.0
#include "cot/chain/task_type.h"

#include <array>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "cot/chain/task_env.h"
#include "cot/chain/violation.h"
#include "scriptworker/json/value.h"

namespace cot {
namespace {

using scriptworker::json::Value;
using scriptworker::taskcluster::TaskDefinition;

constexpr std::array kAllTaskTypes = {
    TaskType::kAction,   TaskType::kBalrog,   TaskType::kBeetmover,   TaskType::kBouncer,
    TaskType::kBuild,    TaskType::kDecision, TaskType::kDockerImage, TaskType::kL10n,
    TaskType::kPartials, TaskType::kPushapk,  TaskType::kRepackage,   TaskType::kScriptworker,
    TaskType::kShipit,   TaskType::kSigning};

}  // namespace

std::string_view ToString(TaskType type) {
  switch (type) {
    case TaskType::kScriptworker:
      return "scriptworker";
    case TaskType::kBalrog:
      return "balrog";
    case TaskType::kBeetmover:
      return "beetmover";
    case TaskType::kBouncer:
      return "bouncer";
    case TaskType::kBuild:
      return "build";
    case TaskType::kL10n:
      return "l10n";
    case TaskType::kRepackage:
      return "repackage";
    case TaskType::kAction:
      return "action";
    case TaskType::kDecision:
      return "decision";
    case TaskType::kDockerImage:
      return "docker-image";
    case TaskType::kPushapk:
      return "pushapk";
    case TaskType::kShipit:
      return "shipit";
    case TaskType::kSigning:
      return "signing";
    case TaskType::kPartials:
      return "partials";
  }
  return "";
}

absl::Span<const TaskType> AllTaskTypes() { return kAllTaskTypes; }

std::string TaskTypeNames() {
  return absl::StrJoin(kAllTaskTypes, ", ",
                       [](std::string* out, TaskType type) { out->append(ToString(type)); });
}

std::optional<TaskType> ParseTaskType(std::string_view text) {
  for (const TaskType type : kAllTaskTypes) {
    if (ToString(type) == text) return type;
  }
  return std::nullopt;
}

bool IsAction(const TaskDefinition& task) {
  if (!TaskEnv(task, "ACTION_CALLBACK").value_or("").empty()) return true;
  const Value* action = task.extra().Find("action");
  return action != nullptr && !action->is_null();
}

bool IsDecisionOrAction(TaskType type) {
  return type == TaskType::kDecision || type == TaskType::kAction;
}

bool HasOnlyScriptworkerCheck(TaskType type) {
  switch (type) {
    case TaskType::kScriptworker:
    case TaskType::kBalrog:
    case TaskType::kBeetmover:
    case TaskType::kBouncer:
    case TaskType::kPushapk:
    case TaskType::kShipit:
    case TaskType::kSigning:
      return true;
    case TaskType::kBuild:
    case TaskType::kL10n:
    case TaskType::kRepackage:
    case TaskType::kAction:
    case TaskType::kDecision:
    case TaskType::kDockerImage:
    case TaskType::kPartials:
      return false;
  }
  return false;
}

absl::StatusOr<TaskType> GuessTaskType(std::string_view link_name, const TaskDefinition& task) {
  const size_t colon = link_name.rfind(':');
  const std::string_view last =
      colon == std::string_view::npos ? link_name : link_name.substr(colon + 1);
  if (last == "parent") {
    return IsAction(task) ? TaskType::kAction : TaskType::kDecision;
  }
  if (const std::optional<TaskType> type = ParseTaskType(last)) return *type;
  return ToStatus({.violation = Violation::kInvalidTaskType,
                   .link_name = std::string(link_name),
                   .message = absl::StrCat("Invalid task type for ", link_name, "!"),
                   .found = std::string(last)});
}

}  // namespace cot
