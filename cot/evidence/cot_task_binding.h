// SPDX-License-Identifier: MPL-2.0
#ifndef COT_EVIDENCE_COT_TASK_BINDING_H_
#define COT_EVIDENCE_COT_TASK_BINDING_H_

#include "scriptworker/json/json_diff.h"
#include "scriptworker/json/value.h"

namespace cot {

// What makes the task inside a chain-of-trust.json another one than the queue's:
// the differences of the two definitions, but for what the queue may rewrite or
// fill in while a task exists (projectId, priority, the two spellings of the
// task queue, members that have their default). Empty: the same task.
//
// Without this a worker's signed statement about one task could be passed off as
// one about another definition of the same id.
scriptworker::json::Differences TaskDifferences(const scriptworker::json::Value& queue_task,
                                                const scriptworker::json::Value& cot_task);

}  // namespace cot

#endif  // COT_EVIDENCE_COT_TASK_BINDING_H_
