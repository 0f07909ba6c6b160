// SPDX-License-Identifier: MPL-2.0
//
// Where the queue has what a finding is about: sources of findings, redacted. Empty if that cannot
// be told. Nothing is asked. Thread-safe.
#ifndef COT_EVIDENCE_QUEUE_PLACES_H_
#define COT_EVIDENCE_QUEUE_PLACES_H_

#include <string>
#include <string_view>

#include "scriptworker/taskcluster/queue.h"
#include "scriptworker/taskcluster/task_id.h"

namespace cot {

// Of the task's latest run; without the signature of what is private.
std::string ArtifactPlace(scriptworker::taskcluster::TaskReader& queue,
                          const scriptworker::taskcluster::TaskId& task_id, std::string_view name);

std::string DefinitionPlace(scriptworker::taskcluster::TaskReader& queue,
                            const scriptworker::taskcluster::TaskId& task_id);

}  // namespace cot

#endif  // COT_EVIDENCE_QUEUE_PLACES_H_
