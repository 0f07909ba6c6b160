// SPDX-License-Identifier: MPL-2.0
#include "scriptworker/taskcluster/task_status.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "scriptworker/base/status_macros.h"
#include "scriptworker/json/json_reader.h"
#include "scriptworker/json/value.h"
#include "scriptworker/taskcluster/task_id.h"
#include "scriptworker/taskcluster/timestamp.h"

namespace scriptworker::taskcluster {
namespace {

constexpr TaskState kStates[] = {
    TaskState::kUnscheduled, TaskState::kPending, TaskState::kRunning,
    TaskState::kCompleted,   TaskState::kFailed,  TaskState::kException,
};

absl::StatusOr<TaskState> ReadState(const json::Reader& object) {
  SW_ASSIGN_OR_RETURN(const json::Reader field, object.Field("state"));
  SW_ASSIGN_OR_RETURN(const std::string text, field.AsString());
  for (const TaskState state : kStates) {
    if (text == ToString(state)) return state;
  }
  return field.Error("not a state of a task");
}

absl::StatusOr<TaskId> ReadTaskId(const json::Reader& object, std::string_view key) {
  SW_ASSIGN_OR_RETURN(const json::Reader field, object.Field(key));
  SW_ASSIGN_OR_RETURN(const std::string text, field.AsString());
  absl::StatusOr<TaskId> id = TaskId::Parse(text);
  if (!id.ok()) return field.Error(id.status().message());
  return id;
}

absl::StatusOr<std::optional<absl::Time>> ReadTime(const json::Reader& object,
                                                   std::string_view key) {
  SW_ASSIGN_OR_RETURN(const std::optional<json::Reader> field, object.OptionalField(key));
  if (!field.has_value()) return std::nullopt;
  SW_ASSIGN_OR_RETURN(const std::string text, field->AsString());
  const absl::StatusOr<absl::Time> time = ParseTimestamp(text);
  if (!time.ok()) return field->Error(time.status().message());
  return *time;
}

absl::StatusOr<RunStatus> ReadRun(const json::Reader& reader) {
  RunStatus run;
  SW_ASSIGN_OR_RETURN(const json::Reader run_id_field, reader.Field("runId"));
  SW_ASSIGN_OR_RETURN(const int64_t run_id, run_id_field.AsInt());
  if (run_id < 0 || run_id > kMaxRunId) {
    return run_id_field.Error(absl::StrCat("expected a run's number, 0 to ", kMaxRunId));
  }
  run.run_id = static_cast<RunId>(run_id);
  SW_ASSIGN_OR_RETURN(run.state, ReadState(reader));
  SW_ASSIGN_OR_RETURN(run.reason_created, reader.StringOr("reasonCreated", ""));
  SW_ASSIGN_OR_RETURN(run.reason_resolved, reader.StringOr("reasonResolved", ""));
  SW_ASSIGN_OR_RETURN(run.worker_group, reader.StringOr("workerGroup", ""));
  SW_ASSIGN_OR_RETURN(run.worker_id, reader.StringOr("workerId", ""));
  SW_ASSIGN_OR_RETURN(run.taken_until, ReadTime(reader, "takenUntil"));
  SW_ASSIGN_OR_RETURN(run.scheduled, ReadTime(reader, "scheduled"));
  SW_ASSIGN_OR_RETURN(run.started, ReadTime(reader, "started"));
  SW_ASSIGN_OR_RETURN(run.resolved, ReadTime(reader, "resolved"));
  return run;
}

}  // namespace

std::string_view ToString(TaskState state) {
  switch (state) {
    case TaskState::kUnscheduled:
      return "unscheduled";
    case TaskState::kPending:
      return "pending";
    case TaskState::kRunning:
      return "running";
    case TaskState::kCompleted:
      return "completed";
    case TaskState::kFailed:
      return "failed";
    case TaskState::kException:
      return "exception";
  }
  return "";
}

absl::StatusOr<TaskStatus> TaskStatus::FromAnswer(const json::Reader& answer) {
  SW_ASSIGN_OR_RETURN(const json::Reader reader, answer.Field("status"));
  SW_ASSIGN_OR_RETURN(TaskId task_id, ReadTaskId(reader, "taskId"));
  SW_ASSIGN_OR_RETURN(TaskId task_group_id, ReadTaskId(reader, "taskGroupId"));
  TaskStatus status{.task_id = std::move(task_id), .task_group_id = std::move(task_group_id)};
  SW_ASSIGN_OR_RETURN(status.provisioner_id, reader.StringOr("provisionerId", ""));
  SW_ASSIGN_OR_RETURN(status.worker_type, reader.StringOr("workerType", ""));
  SW_ASSIGN_OR_RETURN(status.scheduler_id, reader.StringOr("schedulerId", ""));
  SW_ASSIGN_OR_RETURN(status.state, ReadState(reader));
  SW_ASSIGN_OR_RETURN(status.retries_left, reader.IntOr("retriesLeft", 0));
  SW_ASSIGN_OR_RETURN(const json::Reader runs, reader.Field("runs"));
  SW_ASSIGN_OR_RETURN(const std::vector<json::Reader> elements, runs.Elements());
  for (const json::Reader& element : elements) {
    SW_ASSIGN_OR_RETURN(RunStatus run, ReadRun(element));
    status.runs.push_back(std::move(run));
  }
  status.raw = reader.value();
  return status;
}

}  // namespace scriptworker::taskcluster
