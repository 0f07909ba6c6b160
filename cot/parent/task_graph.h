// SPDX-License-Identifier: MPL-2.0
//
// A decision task's task-graph.json: the tasks that it meant to make.
#ifndef COT_PARENT_TASK_GRAPH_H_
#define COT_PARENT_TASK_GRAPH_H_

#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "cot/chain/chain.h"
#include "cot/chain/link.h"
#include "cot/chain/violation.h"
#include "scriptworker/base/logger.h"
#include "scriptworker/json/object.h"
#include "scriptworker/taskcluster/task_id.h"

namespace cot {

// The tasks of the chain that `parent` must have made: they name it as parent and
// are neither it nor decision or action tasks.
std::vector<const Link*> ChildrenOf(const Link& parent, const Chain& chain);

// Every task that is no decision or action task must have been made by exactly
// one of the chain's; finding for each that was not: kNoTaskGraph.
void CheckEveryTaskHasAGraph(const Chain& chain, std::vector<Finding>& findings);

// The entries of the tasks `wanted` in the task graph that `fd` holds (read from
// its start); all else is checked and skipped, so that memory does not grow with
// the graph. Violation: kMalformedTaskGraph.
absl::StatusOr<scriptworker::json::Object> ReadTaskGraph(int fd, const Link& parent,
                                                         const std::vector<const Link*>& wanted);

// `child` is what `entries`, of `parent`'s graph, says. `decision_task_id` is the
// target's. Findings: kTaskNotInTaskGraph, kMalformedTaskGraph,
// kDependenciesDiffer, kTaskDiffersFromTaskGraph. Pure.
void CheckAgainstGraph(const Link& child, const Link& parent,
                       const scriptworker::json::Object& entries,
                       const scriptworker::taskcluster::TaskId& decision_task_id,
                       scriptworker::Logger& logger, std::vector<Finding>& findings);

}  // namespace cot

#endif  // COT_PARENT_TASK_GRAPH_H_
