// SPDX-License-Identifier: MPL-2.0

#ifndef SCRIPTWORKER_TASKCLUSTER_TESTING_TASK_ENDPOINTS_H_
#define SCRIPTWORKER_TASKCLUSTER_TESTING_TASK_ENDPOINTS_H_

#include <vector>

#include "scriptworker/taskcluster/testing/api.h"
#include "scriptworker/taskcluster/testing/queue_state.h"

namespace scriptworker::taskcluster::fake {

// The queue's endpoints about tasks as a whole: ping, task, status, tasks,
// statuses, createTask, scheduleTask, rerunTask, cancelTask, listTaskGroup,
// listDependentTasks. `state` must outlive them.
std::vector<Endpoint> TaskEndpoints(QueueState& state);

}  // namespace scriptworker::taskcluster::fake

#endif  // SCRIPTWORKER_TASKCLUSTER_TESTING_TASK_ENDPOINTS_H_
