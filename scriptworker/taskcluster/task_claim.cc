// SPDX-License-Identifier: MPL-2.0
#include "scriptworker/taskcluster/task_claim.h"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "scriptworker/base/status_macros.h"
#include "scriptworker/json/json_reader.h"
#include "scriptworker/json/value.h"
#include "scriptworker/taskcluster/credentials.h"
#include "scriptworker/taskcluster/task_definition.h"
#include "scriptworker/taskcluster/task_id.h"
#include "scriptworker/taskcluster/task_status.h"
#include "scriptworker/taskcluster/timestamp.h"

namespace scriptworker::taskcluster {
namespace {

// How many arrays and objects there are in each other, the value itself included.
int DepthOf(const json::Value& value) {
  int deepest = 0;
  if (value.is_array()) {
    for (const json::Value& element : value.array()) {
      deepest = std::max(deepest, DepthOf(element));
    }
  } else if (value.is_object()) {
    for (const auto& [name, member] : value.object()) deepest = std::max(deepest, DepthOf(member));
  } else {
    return 0;
  }
  return deepest + 1;
}

absl::StatusOr<TaskDefinition> ReadDefinition(const json::Value& task, const TaskId& task_id) {
  const std::string source = absl::StrCat("definition of task ", task_id);
  if (DepthOf(task) > kMaxDefinitionDepth) {
    return absl::InvalidArgumentError(
        absl::StrCat(source, ": nested deeper than ", kMaxDefinitionDepth));
  }
  return TaskDefinition::FromJson(task, source);
}

absl::StatusOr<absl::Time> ReadTakenUntil(const json::Reader& claim) {
  SW_ASSIGN_OR_RETURN(const json::Reader field, claim.Field("takenUntil"));
  SW_ASSIGN_OR_RETURN(const std::string text, field.AsString());
  absl::StatusOr<absl::Time> time = ParseTimestamp(text);
  if (!time.ok()) return field.Error(time.status().message());
  return time;
}

absl::StatusOr<RunId> ReadRunId(const json::Reader& claim) {
  SW_ASSIGN_OR_RETURN(const json::Reader field, claim.Field("runId"));
  SW_ASSIGN_OR_RETURN(const int64_t run_id, field.AsInt());
  if (run_id < 0 || run_id > kMaxRunId) {
    return field.Error("the number of a run is between 0 and 1000");
  }
  return static_cast<RunId>(run_id);
}

absl::StatusOr<Credentials> ReadCredentials(const json::Reader& claim) {
  SW_ASSIGN_OR_RETURN(const json::Reader field, claim.Field("credentials"));
  return Credentials::FromJson(field);
}

absl::StatusOr<ClaimedTask> ReadClaim(const json::Reader& claim) {
  SW_ASSIGN_OR_RETURN(const json::Reader status, claim.Field("status"));
  SW_ASSIGN_OR_RETURN(const json::Reader id_field, status.Field("taskId"));
  SW_ASSIGN_OR_RETURN(const std::string id_text, id_field.AsString());
  absl::StatusOr<TaskId> task_id = TaskId::Parse(id_text);
  if (!task_id.ok()) return id_field.Error(task_id.status().message());
  SW_ASSIGN_OR_RETURN(const RunId run_id, ReadRunId(claim));
  SW_ASSIGN_OR_RETURN(std::string worker_group, claim.String("workerGroup"));
  SW_ASSIGN_OR_RETURN(std::string worker_id, claim.String("workerId"));
  SW_ASSIGN_OR_RETURN(const absl::Time taken_until, ReadTakenUntil(claim));
  SW_ASSIGN_OR_RETURN(Credentials credentials, ReadCredentials(claim));
  SW_ASSIGN_OR_RETURN(const json::Reader task, claim.Field("task"));
  absl::StatusOr<TaskDefinition> definition = ReadDefinition(task.value(), *task_id);
  return ClaimedTask{.task_id = *std::move(task_id),
                     .run_id = run_id,
                     .worker_group = std::move(worker_group),
                     .worker_id = std::move(worker_id),
                     .taken_until = taken_until,
                     .definition = task.value(),
                     .task = std::move(definition),
                     .credentials = std::move(credentials),
                     .status = status.value(),
                     .server_time = std::nullopt};
}

}  // namespace

absl::StatusOr<std::vector<ClaimedTask>> ParseClaimedTasks(const json::Reader& answer) {
  SW_ASSIGN_OR_RETURN(const json::Reader tasks, answer.Field("tasks"));
  SW_ASSIGN_OR_RETURN(const std::vector<json::Reader> elements, tasks.Elements());
  std::vector<ClaimedTask> claims;
  for (const json::Reader& element : elements) {
    SW_ASSIGN_OR_RETURN(ClaimedTask claim, ReadClaim(element));
    claims.push_back(std::move(claim));
  }
  return claims;
}

absl::StatusOr<Reclaim> ParseReclaim(const json::Reader& answer) {
  Reclaim reclaim;
  SW_ASSIGN_OR_RETURN(reclaim.taken_until, ReadTakenUntil(answer));
  SW_ASSIGN_OR_RETURN(reclaim.credentials, ReadCredentials(answer));
  return reclaim;
}

}  // namespace scriptworker::taskcluster
