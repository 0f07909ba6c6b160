// SPDX-License-Identifier: MPL-2.0

#ifndef SCRIPTWORKER_TASKCLUSTER_TESTING_TASK_RECORD_H_
#define SCRIPTWORKER_TASKCLUSTER_TESTING_TASK_RECORD_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "scriptworker/json/value.h"
#include "scriptworker/taskcluster/task_status.h"

namespace scriptworker::taskcluster::fake {

struct RunRecord {
  TaskState state = TaskState::kPending;
  std::string reason_created;
  std::string reason_resolved;
  std::string worker_group;  // empty while never claimed
  std::string worker_id;
  absl::Time taken_until = absl::InfinitePast();
  absl::Time scheduled;
  absl::Time started = absl::InfinitePast();
  absl::Time resolved = absl::InfinitePast();

  bool claimed() const { return !worker_group.empty(); }
};

// A task as the queue stores it.
struct TaskRecord {
  // From a definition that passed createTask's checks, with its defaults.
  // InvalidArgument for a member of the wrong type or an impossible time.
  static absl::StatusOr<TaskRecord> FromDefinition(std::string_view task_id,
                                                   const json::Value& definition);

  TaskState state() const { return runs.empty() ? TaskState::kUnscheduled : runs.back().state; }
  // Neither unscheduled, pending nor running.
  bool resolved() const;

  // The `status` structure of the queue's answers.
  json::Value Status() const;

  std::string task_id;
  json::Value definition;
  std::string task_queue_id;
  std::string task_group_id;
  std::string scheduler_id;
  std::string project_id;
  std::string priority;
  std::vector<std::string> scopes;
  std::vector<std::string> dependencies;
  bool requires_completed = true;  // else: resolved in any way
  int64_t retries = 0;
  absl::Time deadline;
  absl::Time expires;

  int64_t retries_left = 0;
  int64_t order = 0;  // of creation
  std::vector<RunRecord> runs;
};

// 0 for "highest" to 6 for "lowest"; 7 for anything else.
int PriorityRank(std::string_view priority);
// The priorities from "highest" down to `priority`.
std::vector<std::string> PrioritiesDownTo(std::string_view priority);

}  // namespace scriptworker::taskcluster::fake

#endif  // SCRIPTWORKER_TASKCLUSTER_TESTING_TASK_RECORD_H_
