// SPDX-License-Identifier: MPL-2.0

#ifndef SCRIPTWORKER_TASKCLUSTER_TESTING_OBJECT_ENDPOINTS_H_
#define SCRIPTWORKER_TASKCLUSTER_TESTING_OBJECT_ENDPOINTS_H_

#include <vector>

#include "scriptworker/taskcluster/testing/api.h"
#include "scriptworker/taskcluster/testing/queue_state.h"

namespace scriptworker::taskcluster::fake {

// The object service's endpoints that uploads of `object` artifacts need:
// createUpload, finishUpload. `state` must outlive them.
std::vector<Endpoint> ObjectEndpoints(QueueState& state);

}  // namespace scriptworker::taskcluster::fake

#endif  // SCRIPTWORKER_TASKCLUSTER_TESTING_OBJECT_ENDPOINTS_H_
