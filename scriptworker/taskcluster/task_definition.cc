// SPDX-License-Identifier: MPL-2.0
#include "scriptworker/taskcluster/task_definition.h"

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "scriptworker/base/status_macros.h"
#include "scriptworker/json/json_reader.h"
#include "scriptworker/json/value.h"
#include "scriptworker/taskcluster/scope.h"
#include "scriptworker/taskcluster/task_id.h"
#include "scriptworker/taskcluster/timestamp.h"

namespace scriptworker::taskcluster {
namespace {

absl::StatusOr<TaskId> ReadTaskId(const json::Reader& reader) {
  SW_ASSIGN_OR_RETURN(const std::string text, reader.AsString());
  absl::StatusOr<TaskId> id = TaskId::Parse(text);
  if (!id.ok()) return reader.Error(id.status().message());
  return id;
}

absl::StatusOr<std::optional<Timestamp>> ReadTimestamp(const json::Reader& task,
                                                       std::string_view key) {
  SW_ASSIGN_OR_RETURN(const std::optional<json::Reader> field, task.OptionalField(key));
  if (!field.has_value()) return std::nullopt;
  Timestamp timestamp;
  SW_ASSIGN_OR_RETURN(timestamp.text, field->AsString());
  const absl::StatusOr<absl::Time> time = ParseTimestamp(timestamp.text);
  if (!time.ok()) return field->Error(time.status().message());
  timestamp.time = *time;
  return timestamp;
}

absl::StatusOr<json::Value> ReadObject(const json::Reader& task, std::string_view key) {
  SW_ASSIGN_OR_RETURN(const std::optional<json::Reader> field, task.OptionalField(key));
  if (!field.has_value()) return json::Value(json::Object());
  SW_RETURN_IF_ERROR(field->CheckObject());
  return field->value();
}

absl::StatusOr<TaskMetadata> ReadMetadata(const json::Reader& task) {
  TaskMetadata metadata;
  SW_ASSIGN_OR_RETURN(const std::optional<json::Reader> field, task.OptionalField("metadata"));
  if (!field.has_value()) return metadata;
  SW_RETURN_IF_ERROR(field->CheckObject());
  SW_ASSIGN_OR_RETURN(metadata.name, field->StringOr("name", ""));
  SW_ASSIGN_OR_RETURN(metadata.description, field->StringOr("description", ""));
  SW_ASSIGN_OR_RETURN(metadata.owner, field->StringOr("owner", ""));
  SW_ASSIGN_OR_RETURN(metadata.source, field->StringOr("source", ""));
  return metadata;
}

absl::StatusOr<std::vector<TaskId>> ReadDependencies(const json::Reader& task) {
  std::vector<TaskId> dependencies;
  SW_ASSIGN_OR_RETURN(const std::optional<json::Reader> field, task.OptionalField("dependencies"));
  if (!field.has_value()) return dependencies;
  SW_ASSIGN_OR_RETURN(const std::vector<json::Reader> elements, field->Elements());
  for (const json::Reader& element : elements) {
    SW_ASSIGN_OR_RETURN(TaskId id, ReadTaskId(element));
    dependencies.push_back(std::move(id));
  }
  return dependencies;
}

absl::StatusOr<std::vector<std::string>> ReadScopes(const json::Reader& task) {
  std::vector<std::string> scopes;
  SW_ASSIGN_OR_RETURN(const std::optional<json::Reader> field, task.OptionalField("scopes"));
  if (!field.has_value()) return scopes;
  SW_ASSIGN_OR_RETURN(const std::vector<json::Reader> elements, field->Elements());
  for (const json::Reader& element : elements) {
    SW_ASSIGN_OR_RETURN(std::string scope, element.AsString());
    if (!IsValidScope(scope)) {
      return element.Error("a scope consists of printable ASCII");
    }
    scopes.push_back(std::move(scope));
  }
  return scopes;
}

absl::StatusOr<std::vector<std::pair<std::string, std::string>>> ReadTags(
    const json::Reader& task) {
  std::vector<std::pair<std::string, std::string>> tags;
  SW_ASSIGN_OR_RETURN(const std::optional<json::Reader> field, task.OptionalField("tags"));
  if (!field.has_value()) return tags;
  SW_ASSIGN_OR_RETURN(const auto members, field->Members());
  for (const auto& [key, value] : members) {
    SW_ASSIGN_OR_RETURN(std::string text, value.AsString());
    tags.emplace_back(key, std::move(text));
  }
  return tags;
}

// Those that have a type, but nobody asks for.
absl::Status CheckOtherMembers(const json::Reader& task) {
  for (const std::string_view key : {"projectId", "priority", "requires"}) {
    SW_RETURN_IF_ERROR(task.StringOr(key, "").status());
  }
  SW_RETURN_IF_ERROR(task.StringsOr("routes", {}).status());
  SW_RETURN_IF_ERROR(ReadTimestamp(task, "deadline").status());
  SW_ASSIGN_OR_RETURN(const std::optional<json::Reader> retries, task.OptionalField("retries"));
  return retries.has_value() ? retries->AsInt().status() : absl::OkStatus();
}

}  // namespace

absl::StatusOr<TaskDefinition> TaskDefinition::FromJson(json::Value document,
                                                        std::string_view source) {
  TaskDefinition task;
  task.raw_ = std::move(document);
  const json::Reader reader(task.raw_, source);
  SW_RETURN_IF_ERROR(reader.CheckObject());
  SW_ASSIGN_OR_RETURN(const std::optional<json::Reader> group, reader.OptionalField("taskGroupId"));
  if (group.has_value()) {
    SW_ASSIGN_OR_RETURN(task.task_group_id_, ReadTaskId(*group));
  }
  const std::pair<std::string_view, std::string*> strings[] = {
      {"provisionerId", &task.provisioner_id_},
      {"workerType", &task.worker_type_},
      {"taskQueueId", &task.task_queue_id_},
      {"schedulerId", &task.scheduler_id_},
  };
  for (const auto& [key, member] : strings) {
    SW_ASSIGN_OR_RETURN(*member, reader.StringOr(key, ""));
  }
  SW_ASSIGN_OR_RETURN(task.dependencies_, ReadDependencies(reader));
  SW_ASSIGN_OR_RETURN(task.scopes_, ReadScopes(reader));
  SW_ASSIGN_OR_RETURN(task.created_, ReadTimestamp(reader, "created"));
  SW_ASSIGN_OR_RETURN(task.expires_, ReadTimestamp(reader, "expires"));
  SW_ASSIGN_OR_RETURN(task.metadata_, ReadMetadata(reader));
  SW_ASSIGN_OR_RETURN(task.tags_, ReadTags(reader));
  SW_ASSIGN_OR_RETURN(task.payload_, ReadObject(reader, "payload"));
  SW_ASSIGN_OR_RETURN(task.extra_, ReadObject(reader, "extra"));
  SW_RETURN_IF_ERROR(CheckOtherMembers(reader));
  return task;
}

}  // namespace scriptworker::taskcluster
