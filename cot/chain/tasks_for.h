// SPDX-License-Identifier: MPL-2.0
//
// Why a decision or action task exists (`extra.tasks_for`).
#ifndef COT_CHAIN_TASKS_FOR_H_
#define COT_CHAIN_TASKS_FOR_H_

#include <string_view>

#include "absl/status/statusor.h"

namespace cot {

enum class TasksFor {
  kHgPush,
  kCron,
  kAction,
  kPrAction,
  kGithubPush,
  kGithubRelease,
  kGithubPullRequest,
  kGithubPullRequestUntrusted,
};

// As written in a task ("hg-push"). kInvalidArgument for any other text.
absl::StatusOr<TasksFor> ParseTasksFor(std::string_view text);
std::string_view ToString(TasksFor tasks_for);

// Whether it is an action on the tasks of a decision task.
bool IsOfAction(TasksFor tasks_for);

}  // namespace cot

#endif  // COT_CHAIN_TASKS_FOR_H_
