// SPDX-License-Identifier: MPL-2.0
#ifndef COT_CHAIN_WORKER_IMPL_H_
#define COT_CHAIN_WORKER_IMPL_H_

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "scriptworker/taskcluster/task_definition.h"

namespace cot {

// The program that ran (or runs) a task; it decides whose key signs.
enum class WorkerImpl { kDockerWorker, kGenericWorker, kScriptworker };

std::string_view ToString(WorkerImpl impl);
std::optional<WorkerImpl> FindWorkerImpl(std::string_view name);  // nullopt: no such one

// From payload, provisioner, tag and scopes; all signs must agree. Violations:
// kUnknownWorkerImplementation (none, or a tag that names no known one),
// kAmbiguousWorkerImplementation. `link_name` is for messages.
absl::StatusOr<WorkerImpl> GuessWorkerImpl(
    const scriptworker::taskcluster::TaskDefinition& task,
    const std::vector<std::string>& scriptworker_provisioners, std::string_view link_name);

}  // namespace cot

#endif  // COT_CHAIN_WORKER_IMPL_H_
