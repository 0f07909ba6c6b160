// SPDX-License-Identifier: MPL-2.0

#ifndef SCRIPTWORKER_TASKCLUSTER_TESTING_AUTH_ENDPOINTS_H_
#define SCRIPTWORKER_TASKCLUSTER_TESTING_AUTH_ENDPOINTS_H_

#include <vector>

#include "scriptworker/taskcluster/testing/api.h"
#include "scriptworker/taskcluster/testing/authenticator.h"

namespace scriptworker::taskcluster::fake {

// The auth service's endpoints that a client can test itself with: currentScopes,
// authenticateHawk, testAuthenticate, testAuthenticateGet (the last two for their
// own client, `tester` with the access token `no-secret`). `authenticator` must
// outlive them.
std::vector<Endpoint> AuthEndpoints(const Authenticator& authenticator);

}  // namespace scriptworker::taskcluster::fake

#endif  // SCRIPTWORKER_TASKCLUSTER_TESTING_AUTH_ENDPOINTS_H_
