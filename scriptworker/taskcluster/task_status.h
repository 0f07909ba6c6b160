// SPDX-License-Identifier: MPL-2.0
#ifndef SCRIPTWORKER_TASKCLUSTER_TASK_STATUS_H_
#define SCRIPTWORKER_TASKCLUSTER_TASK_STATUS_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "scriptworker/json/json_reader.h"
#include "scriptworker/json/value.h"
#include "scriptworker/taskcluster/task_id.h"

namespace scriptworker::taskcluster {

// Of a task, or of one of its runs (which are never unscheduled).
enum class TaskState {
  kUnscheduled,
  kPending,
  kRunning,
  kCompleted,
  kFailed,
  kException,
};
std::string_view ToString(TaskState state);

constexpr RunId kMaxRunId = 1000;  // of Taskcluster's schemas

struct RunStatus {
  RunId run_id = 0;
  TaskState state = TaskState::kPending;
  std::string reason_created;   // scheduled, retry, task-retry, rerun, exception
  std::string reason_resolved;  // empty while unresolved
  std::string worker_group;     // empty while never claimed
  std::string worker_id;        // empty while never claimed
  std::optional<absl::Time> taken_until;
  std::optional<absl::Time> scheduled;
  std::optional<absl::Time> started;
  std::optional<absl::Time> resolved;
};

// The queue's answer to `status`, and to createTask and the reports.
struct TaskStatus {
  // Reads {"status": {...}}.
  static absl::StatusOr<TaskStatus> FromAnswer(const json::Reader& answer);

  TaskId task_id;
  TaskId task_group_id;
  std::string provisioner_id = {};
  std::string worker_type = {};
  std::string scheduler_id = {};
  TaskState state = TaskState::kUnscheduled;
  int64_t retries_left = 0;
  std::vector<RunStatus> runs = {};
  // The status object as received.
  json::Value raw = {};
};

}  // namespace scriptworker::taskcluster

#endif  // SCRIPTWORKER_TASKCLUSTER_TASK_STATUS_H_
