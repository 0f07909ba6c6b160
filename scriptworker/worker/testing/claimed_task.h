// SPDX-License-Identifier: MPL-2.0

#ifndef SCRIPTWORKER_WORKER_TESTING_CLAIMED_TASK_H_
#define SCRIPTWORKER_WORKER_TESTING_CLAIMED_TASK_H_

#include "absl/status/status.h"
#include "scriptworker/taskcluster/task_claim.h"
#include "scriptworker/taskcluster/task_id.h"

namespace scriptworker::worker {

// A claim for tests that look at nothing but its id.
inline taskcluster::ClaimedTask MakeClaimedTask(int run_id = 0) {
  return {.task_id = taskcluster::TaskId::Parse("ckDskRdWQnyhF92JxCLL4w").value(),
          .run_id = run_id,
          .worker_group = "group",
          .worker_id = "id",
          .taken_until = {},
          .definition = {},
          .task = absl::InvalidArgumentError("no definition"),
          .credentials = {},
          .status = {},
          .server_time = {}};
}

}  // namespace scriptworker::worker

#endif  // SCRIPTWORKER_WORKER_TESTING_CLAIMED_TASK_H_
