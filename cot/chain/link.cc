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

absl::Status Refused(const LinkId& id, Finding finding) {
  return ToStatus(About(id, Step::kBuildChain, std::move(finding)));
}

// The rules about a definition do not know whose it is.
absl::Status InLink(const LinkId& id, const absl::Status& error) {
  std::optional<Finding> finding = GetFinding(error);
  return finding.has_value() ? Refused(id, *std::move(finding)) : error;
}

Finding Lacks(std::string message, std::string_view member) {
  return {.violation = Violation::kMalformedTask,
          .message = std::move(message),
          .expected = absl::StrCat("a ", member),
          .found = "none"};
}

// A parent that is there but is no task id must not read as "no parent": the
// task would be compared with another task graph, or with none.
absl::StatusOr<std::optional<TaskId>> Parent(const LinkId& id, const TaskDefinition& task) {
  const Value* parent = task.extra().Find("parent");
  if (parent == nullptr) return std::nullopt;
  if (parent->is_string()) {
    absl::StatusOr<TaskId> parsed = TaskId::Parse(parent->string_value());
    if (parsed.ok()) return *std::move(parsed);
  }
  return Refused(id, {.violation = Violation::kMalformedParent,
                      .message = absl::StrCat(id.Label(), ": extra.parent is not a task id!"),
                      .expected = "a task id",
                      .found = scriptworker::json::FormatCompact(*parent)});
}

// The queue tells the pool by two members, which must be there, and as taskQueueId; the two
// must be one.
absl::Status CheckTaskQueue(const LinkId& id, const TaskDefinition& task) {
  for (const std::string_view member : {"provisionerId", "workerType"}) {
    if (task.raw().Find(member) != nullptr) continue;
    return Refused(id, Lacks(absl::StrCat(id.Label(), ": '", member, "'"), member));
  }
  if (task.task_queue_id().empty()) return absl::OkStatus();
  const std::string pool = absl::StrCat(task.provisioner_id(), "/", task.worker_type());
  if (pool == task.task_queue_id()) return absl::OkStatus();
  return Refused(id, {.violation = Violation::kContradictoryTaskQueue,
                      .message = absl::StrCat(
                          id.Label(), ": taskQueueId contradicts provisionerId and workerType!"),
                      .expected = task.task_queue_id(),
                      .found = pool});
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
  LinkId id{std::move(name), task_id};
  if (task.raw().Find("payload") == nullptr) {
    return Refused(
        id, Lacks(absl::StrCat("Task definition for ", task_id.str(), " is empty!"), "payload"));
  }
  const absl::StatusOr<TaskType> type = GuessTaskType(id.name, task);
  if (!type.ok()) return InLink(id, type.status());
  if (!task.task_group_id().has_value()) {
    return Refused(id, Lacks(absl::StrCat(id.Label(), ": 'taskGroupId'"), "taskGroupId"));
  }
  SW_ASSIGN_OR_RETURN(const std::optional<TaskId> parent, Parent(id, task));
  SW_RETURN_IF_ERROR(CheckTaskQueue(id, task));
  const absl::StatusOr<WorkerImpl> impl = GuessWorkerImpl(task, scriptworker_provisioners, id.name);
  if (!impl.ok()) return InLink(id, impl.status());
  const TaskId decision = *task.task_group_id();
  return Link(std::move(id), std::move(task), role, *type, *impl, decision,
              parent.value_or(decision));
}

std::string Link::worker_pool_id() const {
  return absl::StrCat(task_.provisioner_id(), "/", task_.worker_type());
}

}  // namespace cot
