// SPDX-License-Identifier: MPL-2.0
#include "scriptworker/worker/task_preparation.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "cot/chain/upstream_artifacts.h"
#include "scriptworker/base/file.h"
#include "scriptworker/base/status_macros.h"
#include "scriptworker/json/json_reader.h"
#include "scriptworker/json/readable_format.h"
#include "scriptworker/json/truth.h"
#include "scriptworker/taskcluster/task_claim.h"

namespace scriptworker::worker {
namespace {

absl::Status CheckUpstreamArtifacts(const json::Reader& payload) {
  SW_ASSIGN_OR_RETURN(const std::optional<json::Reader> upstream,
                      payload.OptionalField("upstreamArtifacts"));
  if (!upstream.has_value()) return absl::OkStatus();
  SW_ASSIGN_OR_RETURN(const std::vector<json::Reader> entries, upstream->Elements());
  for (const json::Reader& entry : entries) {
    SW_ASSIGN_OR_RETURN(const std::string task_id, entry.String("taskId"));
    SW_ASSIGN_OR_RETURN(const std::vector<std::string> paths, entry.Strings("paths"));
    // Not cot::IsOptional(): here the reference asks for less. What is not exactly true is
    // mandatory all the same when it is fetched.
    const bool optional = IsTruthy(entry.value().Find("optional"));
    for (const std::string& path : paths) {
      SW_RETURN_IF_ERROR(cot::CheckUpstreamPath(task_id, path));
      if (optional || !cot::IsPattern(path)) continue;
      return absl::InvalidArgumentError(absl::StrCat("upstreamArtifacts taskId ", task_id,
                                                     " has globbed path ", path,
                                                     " as a non-optional artifact!"));
    }
  }
  return absl::OkStatus();
}

// An integer in the sense of JSON Schema: 600 and 600.0 alike.
absl::StatusOr<absl::Duration> MaxRunTime(const json::Reader& field) {
  const json::Value& value = field.value();
  if (!value.is_number() || std::trunc(value.double_value()) != value.double_value()) {
    return field.Expected("an integer");
  }
  // A number beyond this is a century, and any limit is smaller.
  const double seconds = std::clamp(value.double_value(), 0.0, 4e9);
  return absl::Seconds(static_cast<int64_t>(seconds));
}

absl::Status SchemaError(const absl::Status& detail) {
  return absl::InvalidArgumentError(
      absl::StrCat("Can't validate task schema!\n", detail.message()));
}

absl::Status Write(const std::string& path, std::string_view what, const json::Value& document,
                   Logger& logger) {
  logger.Debug(absl::StrCat("Writing ", what, " to ", path, "..."));
  return WriteFile(path, json::FormatReadably(document), 0666);
}

}  // namespace

absl::Status WriteTaskFiles(const taskcluster::ClaimedTask& task, const WorkDir& dirs,
                            Logger& logger) {
  SW_RETURN_IF_ERROR(Write(dirs.task_json(), "task file", task.definition, logger));
  logger.Info(absl::StrCat("Going to run taskId ", task.task_id, " runId ", task.run_id, "!"));
  json::Object info;
  info.Set("taskId", json::Value(task.task_id.str()));
  info.Set("runId", json::Value(task.run_id));
  return Write(dirs.current_task_info(), "current task info", json::Value(info), logger);
}

absl::StatusOr<TaskLimits> CheckTask(const taskcluster::ClaimedTask& task,
                                     absl::Duration task_max_timeout) {
  const json::Reader definition(task.definition, "task");
  const absl::StatusOr<json::Reader> payload = definition.Field("payload");
  if (!payload.ok()) return SchemaError(payload.status());
  if (const absl::Status object = payload->CheckObject(); !object.ok()) {
    return SchemaError(object);
  }
  SW_RETURN_IF_ERROR(CheckUpstreamArtifacts(*payload));
  TaskLimits limits{.max_run_time = task_max_timeout};
  SW_ASSIGN_OR_RETURN(const std::optional<json::Reader> field,
                      payload->OptionalField("maxRunTime"));
  if (field.has_value()) {
    const absl::StatusOr<absl::Duration> max_run_time = MaxRunTime(*field);
    if (!max_run_time.ok()) return SchemaError(max_run_time.status());
    limits.max_run_time = std::min(*max_run_time, task_max_timeout);
  }
  SW_RETURN_IF_ERROR(task.task.status());
  return limits;
}

}  // namespace scriptworker::worker
