// SPDX-License-Identifier: MPL-2.0
#ifndef SCRIPTWORKER_TASKCLUSTER_TASK_DEFINITION_H_
#define SCRIPTWORKER_TASKCLUSTER_TASK_DEFINITION_H_

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "scriptworker/json/value.h"
#include "scriptworker/taskcluster/task_id.h"

namespace scriptworker::taskcluster {

// A date-time with the very text that the document has for it.
struct Timestamp {
  std::string text;
  absl::Time time;
};

struct TaskMetadata {
  std::string name;
  std::string description;
  std::string owner;
  std::string source;
};

// A typed view over a task, which keeps the document for comparison.
//
// Every member may be absent (then it is empty or nullopt), since tasks that
// are compared or rebuilt need not be complete; a member that is there has the
// right type. `payload` and `extra` are objects of unknown content.
//
// Immutable value type, cheap enough to copy; thread-compatible.
class TaskDefinition {
 public:
  // `source` says in errors where the document came from. InvalidArgument with
  // the JSON path for a wrong shape. Unknown members are kept in raw() only.
  static absl::StatusOr<TaskDefinition> FromJson(json::Value document, std::string_view source);

  // The whole document, as received.
  const json::Value& raw() const { return raw_; }

  const std::optional<TaskId>& task_group_id() const { return task_group_id_; }
  const std::string& provisioner_id() const { return provisioner_id_; }
  const std::string& worker_type() const { return worker_type_; }
  const std::string& task_queue_id() const { return task_queue_id_; }
  const std::string& scheduler_id() const { return scheduler_id_; }
  const std::vector<TaskId>& dependencies() const { return dependencies_; }
  const std::vector<std::string>& scopes() const { return scopes_; }
  const std::optional<Timestamp>& created() const { return created_; }
  const std::optional<Timestamp>& expires() const { return expires_; }
  const TaskMetadata& metadata() const { return metadata_; }
  // In the document's order.
  const std::vector<std::pair<std::string, std::string>>& tags() const { return tags_; }
  // Objects; {} if absent.
  const json::Value& payload() const { return payload_; }
  const json::Value& extra() const { return extra_; }

 private:
  TaskDefinition() = default;

  json::Value raw_;
  std::optional<TaskId> task_group_id_;
  std::string provisioner_id_;
  std::string worker_type_;
  std::string task_queue_id_;
  std::string scheduler_id_;
  std::vector<TaskId> dependencies_;
  std::vector<std::string> scopes_;
  std::optional<Timestamp> created_;
  std::optional<Timestamp> expires_;
  TaskMetadata metadata_;
  std::vector<std::pair<std::string, std::string>> tags_;
  json::Value payload_;
  json::Value extra_;
};

}  // namespace scriptworker::taskcluster

#endif  // SCRIPTWORKER_TASKCLUSTER_TASK_DEFINITION_H_
