// SPDX-License-Identifier: MPL-2.0
//
// What happens to a claimed task before anything of it is run: its files are
// written and it is looked at.

#ifndef SCRIPTWORKER_WORKER_TASK_PREPARATION_H_
#define SCRIPTWORKER_WORKER_TASK_PREPARATION_H_

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "scriptworker/base/logger.h"
#include "scriptworker/taskcluster/task_claim.h"
#include "scriptworker/worker/work_dir.h"

namespace scriptworker::worker {

// Writes task.json (the definition as claimed) and current_task_info.json into
// the work folder, in the canonical JSON form. Errors: an I/O error with the
// path.
absl::Status WriteTaskFiles(const taskcluster::ClaimedTask& task, const WorkDir& dirs,
                            Logger& logger);

struct TaskLimits {
  absl::Duration max_run_time;
};

// Checks what the worker relies on. kInvalidArgument, always the task's fault:
//   - payload is an object; payload.maxRunTime, if there, is an integer;
//   - payload.upstreamArtifacts, if there, is an array of objects with a string
//     `taskId` and an array of strings `paths`, none of which cot::CheckUpstreamPath
//     refuses, or has a `*` while the entry is not optional;
//   - all other members of the definition have the types that Taskcluster
//     gives them.
// The run time is that of the payload, `task_max_timeout` at most.
absl::StatusOr<TaskLimits> CheckTask(const taskcluster::ClaimedTask& task,
                                     absl::Duration task_max_timeout);

}  // namespace scriptworker::worker

#endif  // SCRIPTWORKER_WORKER_TASK_PREPARATION_H_
