// SPDX-License-Identifier: MPL-2.0
#include "cot/chain/link.h"

#include <optional>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "cot/chain/violation.h"
#include "scriptworker/base/status_macros.h"
#include "scriptworker/json/json.h"
#include "scriptworker/json/value.h"

namespace cot {
namespace {

using scriptworker::json::Value;
using scriptworker::taskcluster::TaskDefinition;
using scriptworker::taskcluster::TaskId;

absl::Status Refused(Violation violation, const std::string& name, const TaskId& task_id,
                     std::string message, std::string expected, std::string found) {
  return ToStatus({.violation = violation,
                   .link_name = name,
                   .task_id = task_id.str(),
                   .message = std::move(message),
                   .expected = std::move(expected),
                   .found = std::move(found)});
}

// The rules about a definition do not know whose it is.
absl::Status InLink(const std::string& name, const TaskId& task_id, const absl::Status& error) {
  std::optional<Finding> finding = GetFinding(error);
  if (!finding.has_value()) return error;
  finding->link_name = name;
  finding->task_id = task_id.str();
  return ToStatus(*finding);
}

// A parent that is there but is no task id must not read as "no parent": the
// task would be compared with another task graph, or with none.
absl::StatusOr<std::optional<TaskId>> Parent(const std::string& name, const TaskId& task_id,
                                             const TaskDefinition& task) {
  const Value* parent = task.extra().Find("parent");
  if (parent == nullptr) return std::nullopt;
  if (parent->is_string()) {
    absl::StatusOr<TaskId> id = TaskId::Parse(parent->string_value());
    if (id.ok()) return *std::move(id);
  }
  return Refused(Violation::kMalformedParent, name, task_id,
                 absl::StrCat(name, " ", task_id.str(), ": extra.parent is not a task id!"),
                 "a task id", scriptworker::json::FormatCompact(*parent));
}

// The queue tells the pool by two members, which must be there, and as taskQueueId; the two
// must be one.
absl::Status CheckTaskQueue(const std::string& name, const TaskId& task_id,
                            const TaskDefinition& task) {
  for (const std::string_view member : {"provisionerId", "workerType"}) {
    if (task.raw().Find(member) != nullptr) continue;
    return Refused(Violation::kMalformedTask, name, task_id,
                   absl::StrCat(name, " ", task_id.str(), ": '", member, "'"),
                   absl::StrCat("a ", member), "none");
  }
  if (task.task_queue_id().empty()) return absl::OkStatus();
  const std::string pool = absl::StrCat(task.provisioner_id(), "/", task.worker_type());
  if (pool == task.task_queue_id()) return absl::OkStatus();
  return Refused(Violation::kContradictoryTaskQueue, name, task_id,
                 absl::StrCat(name, " ", task_id.str(),
                              ": taskQueueId contradicts provisionerId and "
                              "workerType!"),
                 task.task_queue_id(), pool);
}

}  // namespace

Link::Link(LinkId id, TaskDefinition task, Role role, TaskType type, WorkerImpl worker_impl,
           const TaskId& decision_task_id, const TaskId& parent_task_id)
    : id_(std::move(id)),
      task_(std::move(task)),
      role_(role),
      type_(type),
      worker_impl_(worker_impl),
      decision_task_id_(decision_task_id),
      parent_task_id_(parent_task_id) {}

absl::StatusOr<Link> Link::Create(std::string name, const TaskId& task_id, TaskDefinition task,
                                  Role role,
                                  const std::vector<std::string>& scriptworker_provisioners) {
  if (task.raw().Find("payload") == nullptr) {
    return Refused(Violation::kMalformedTask, name, task_id,
                   absl::StrCat("Task definition for ", task_id.str(), " is empty!"), "a payload",
                   "none");
  }
  const absl::StatusOr<TaskType> type = GuessTaskType(name, task);
  if (!type.ok()) return InLink(name, task_id, type.status());
  if (!task.task_group_id().has_value()) {
    return Refused(Violation::kMalformedTask, name, task_id,
                   absl::StrCat(name, " ", task_id.str(), ": 'taskGroupId'"), "a taskGroupId",
                   "none");
  }
  SW_ASSIGN_OR_RETURN(const std::optional<TaskId> parent, Parent(name, task_id, task));
  SW_RETURN_IF_ERROR(CheckTaskQueue(name, task_id, task));
  const absl::StatusOr<WorkerImpl> impl = GuessWorkerImpl(task, scriptworker_provisioners, name);
  if (!impl.ok()) return InLink(name, task_id, impl.status());
  const TaskId decision = *task.task_group_id();
  return Link({std::move(name), task_id}, std::move(task), role, *type, *impl, decision,
              parent.value_or(decision));
}

std::string Link::worker_pool_id() const {
  return absl::StrCat(task_.provisioner_id(), "/", task_.worker_type());
}

}  // namespace cot
