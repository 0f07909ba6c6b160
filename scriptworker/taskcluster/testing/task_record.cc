// SPDX-License-Identifier: MPL-2.0

#include "scriptworker/taskcluster/testing/task_record.h"

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/str_split.h"
#include "absl/time/time.h"
#include "scriptworker/base/status_macros.h"
#include "scriptworker/json/json_reader.h"
#include "scriptworker/json/value.h"
#include "scriptworker/taskcluster/task_status.h"
#include "scriptworker/taskcluster/timestamp.h"

namespace scriptworker::taskcluster::fake {
namespace {

constexpr std::string_view kPriorities[] = {"highest", "very-high", "high",  "medium",
                                            "low",     "very-low",  "lowest"};

void SetTime(json::Object& object, std::string_view key, absl::Time time) {
  if (time != absl::InfinitePast()) object.Set(key, FormatTimestamp(time));
}

json::Value RunStatusJson(const RunRecord& run, size_t run_id) {
  json::Object object;
  object.Set("runId", run_id);
  object.Set("state", ToString(run.state));
  object.Set("reasonCreated", run.reason_created);
  if (!run.reason_resolved.empty()) {
    object.Set("reasonResolved", run.reason_resolved);
  }
  if (run.claimed()) {
    object.Set("workerGroup", run.worker_group);
    object.Set("workerId", run.worker_id);
    SetTime(object, "takenUntil", run.taken_until);
  }
  SetTime(object, "scheduled", run.scheduled);
  SetTime(object, "started", run.started);
  SetTime(object, "resolved", run.resolved);
  return object;
}

absl::StatusOr<absl::Time> TimeOf(const json::Reader& reader, std::string_view key) {
  SW_ASSIGN_OR_RETURN(const std::string text, reader.String(key));
  return ParseTimestamp(text);
}

}  // namespace

absl::StatusOr<TaskRecord> TaskRecord::FromDefinition(std::string_view task_id,
                                                      const json::Value& definition) {
  const json::Reader reader(definition, "task definition");
  TaskRecord task;
  task.task_id = std::string(task_id);
  task.definition = definition;
  SW_ASSIGN_OR_RETURN(task.task_queue_id, reader.String("taskQueueId"));
  SW_ASSIGN_OR_RETURN(task.task_group_id, reader.String("taskGroupId"));
  SW_ASSIGN_OR_RETURN(task.scheduler_id, reader.String("schedulerId"));
  SW_ASSIGN_OR_RETURN(task.project_id, reader.String("projectId"));
  SW_ASSIGN_OR_RETURN(task.priority, reader.String("priority"));
  SW_ASSIGN_OR_RETURN(task.scopes, reader.Strings("scopes"));
  SW_ASSIGN_OR_RETURN(task.dependencies, reader.Strings("dependencies"));
  SW_ASSIGN_OR_RETURN(const std::string rule, reader.String("requires"));
  task.requires_completed = rule != "all-resolved";
  SW_ASSIGN_OR_RETURN(task.retries, reader.Int("retries"));
  task.retries_left = task.retries;
  SW_ASSIGN_OR_RETURN(task.deadline, TimeOf(reader, "deadline"));
  SW_ASSIGN_OR_RETURN(task.expires, TimeOf(reader, "expires"));
  return task;
}

bool TaskRecord::resolved() const {
  switch (state()) {
    case TaskState::kUnscheduled:
    case TaskState::kPending:
    case TaskState::kRunning:
      return false;
    case TaskState::kCompleted:
    case TaskState::kFailed:
    case TaskState::kException:
      return true;
  }
  return false;
}

json::Value TaskRecord::Status() const {
  const std::pair<std::string_view, std::string_view> queue =
      absl::StrSplit(task_queue_id, absl::MaxSplits('/', 1));
  json::Object object;
  object.reserve(13);
  object.Set("taskId", task_id);
  object.Set("provisionerId", queue.first);
  object.Set("workerType", queue.second);
  object.Set("taskQueueId", task_queue_id);
  object.Set("schedulerId", scheduler_id);
  object.Set("projectId", project_id);
  object.Set("taskGroupId", task_group_id);
  object.Set("priority", priority);
  SetTime(object, "deadline", deadline);
  SetTime(object, "expires", expires);
  object.Set("retriesLeft", retries_left);
  object.Set("state", ToString(state()));
  json::Array run_list;
  for (size_t i = 0; i < runs.size(); ++i) {
    run_list.push_back(RunStatusJson(runs[i], i));
  }
  object.Set("runs", std::move(run_list));
  return object;
}

int PriorityRank(std::string_view priority) {
  int rank = 0;
  for (std::string_view name : kPriorities) {
    if (name == priority) break;
    ++rank;
  }
  return rank;
}

std::vector<std::string> PrioritiesDownTo(std::string_view priority) {
  std::vector<std::string> names;
  for (std::string_view name : kPriorities) {
    names.emplace_back(name);
    if (name == priority) break;
  }
  return names;
}

}  // namespace scriptworker::taskcluster::fake
