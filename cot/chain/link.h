// SPDX-License-Identifier: MPL-2.0
#ifndef COT_CHAIN_LINK_H_
#define COT_CHAIN_LINK_H_

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "cot/chain/link_id.h"
#include "cot/chain/task_type.h"
#include "cot/chain/worker_impl.h"
#include "scriptworker/taskcluster/task_definition.h"
#include "scriptworker/taskcluster/task_id.h"

namespace cot {

// One task of a chain of trust. Immutable, knows no other link. Thread-safe.
class Link {
 public:
  enum class Role {
    kTarget,    // the task whose inputs are verified
    kUpstream,  // a task that it rests on
  };

  // Finds out what kind of task it is. Violations: those of GuessTaskType and
  // GuessWorkerImpl, kMalformedTask (no payload, taskGroupId, provisionerId or workerType),
  // kMalformedParent, kContradictoryTaskQueue.
  static absl::StatusOr<Link> Create(std::string name,
                                     const scriptworker::taskcluster::TaskId& task_id,
                                     scriptworker::taskcluster::TaskDefinition task, Role role,
                                     const std::vector<std::string>& scriptworker_provisioners);

  const LinkId& id() const { return id_; }
  const std::string& name() const { return id_.name; }
  const scriptworker::taskcluster::TaskId& task_id() const { return id_.task_id; }
  const scriptworker::taskcluster::TaskDefinition& task() const { return task_; }
  Role role() const { return role_; }
  TaskType type() const { return type_; }
  WorkerImpl worker_impl() const { return worker_impl_; }
  // taskGroupId.
  const scriptworker::taskcluster::TaskId& decision_task_id() const { return decision_task_id_; }
  // extra.parent, else the decision task.
  const scriptworker::taskcluster::TaskId& parent_task_id() const { return parent_task_id_; }
  std::string worker_pool_id() const;  // provisionerId/workerType

  std::string Label() const { return id_.Label(); }

 private:
  Link(LinkId id, scriptworker::taskcluster::TaskDefinition task, Role role, TaskType type,
       WorkerImpl worker_impl, const scriptworker::taskcluster::TaskId& decision_task_id,
       const scriptworker::taskcluster::TaskId& parent_task_id);

  LinkId id_;
  scriptworker::taskcluster::TaskDefinition task_;
  Role role_;
  TaskType type_;
  WorkerImpl worker_impl_;
  scriptworker::taskcluster::TaskId decision_task_id_;
  scriptworker::taskcluster::TaskId parent_task_id_;
};

}  // namespace cot

#endif  // COT_CHAIN_LINK_H_
