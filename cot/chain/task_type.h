// SPDX-License-Identifier: MPL-2.0
#ifndef COT_CHAIN_TASK_TYPE_H_
#define COT_CHAIN_TASK_TYPE_H_

#include <optional>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "scriptworker/taskcluster/task_definition.h"

namespace cot {

// What a task of a chain does, which says how it is checked.
enum class TaskType {
  kScriptworker,
  kBalrog,
  kBeetmover,
  kBouncer,
  kBuild,
  kL10n,
  kRepackage,
  kAction,
  kDecision,
  kDockerImage,
  kPushapk,
  kShipit,
  kSigning,
  kPartials,
};

std::string_view ToString(TaskType type);
std::optional<TaskType> ParseTaskType(std::string_view text);
absl::Span<const TaskType> AllTaskTypes();  // sorted by name
std::string TaskTypeNames();                // "action, balrog, ...", for messages

// By the last component of a link's name ("signing:build" -> kBuild); "parent"
// is kAction or kDecision, depending on the task. Violation: kInvalidTaskType.
absl::StatusOr<TaskType> GuessTaskType(std::string_view link_name,
                                       const scriptworker::taskcluster::TaskDefinition& task);

// Whether the task was made by an action: env ACTION_CALLBACK or extra.action.
bool IsAction(const scriptworker::taskcluster::TaskDefinition& task);

bool IsDecisionOrAction(TaskType type);

// Whether all that is asked of such a task, as of its type, is that a scriptworker ran it.
bool HasOnlyScriptworkerCheck(TaskType type);

}  // namespace cot

#endif  // COT_CHAIN_TASK_TYPE_H_
