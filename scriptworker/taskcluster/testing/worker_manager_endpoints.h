// SPDX-License-Identifier: MPL-2.0

#ifndef SCRIPTWORKER_TASKCLUSTER_TESTING_WORKER_MANAGER_ENDPOINTS_H_
#define SCRIPTWORKER_TASKCLUSTER_TESTING_WORKER_MANAGER_ENDPOINTS_H_

#include <vector>

#include "absl/time/time.h"
#include "scriptworker/taskcluster/testing/api.h"
#include "scriptworker/taskcluster/testing/credential_issuer.h"
#include "scriptworker/taskcluster/testing/fake_taskcluster_options.h"

namespace scriptworker::taskcluster::fake {

// worker-manager's registerWorker and reregisterWorker for workers that were
// created beforehand, in the real service's words and order of checks. The
// credentials are good for `registration`. `issuer` must outlive them.
std::vector<Endpoint> WorkerManagerEndpoints(const std::vector<StaticWorker>& workers,
                                             absl::Duration registration, CredentialIssuer& issuer);

}  // namespace scriptworker::taskcluster::fake

#endif  // SCRIPTWORKER_TASKCLUSTER_TESTING_WORKER_MANAGER_ENDPOINTS_H_
