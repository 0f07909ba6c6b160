// SPDX-License-Identifier: MPL-2.0
//
// The part of --check-config that asks Taskcluster: whether it is there, whether
// the clocks agree, whether the credentials are good for this worker's queue.

#ifndef SCRIPTWORKER_WORKER_CHECK_DEPLOYMENT_CHECK_H_
#define SCRIPTWORKER_WORKER_CHECK_DEPLOYMENT_CHECK_H_

#include <optional>
#include <vector>

#include "scriptworker/base/clock.h"
#include "scriptworker/http/transport.h"
#include "scriptworker/taskcluster/credentials.h"
#include "scriptworker/worker/check/check.h"
#include "scriptworker/worker/config/config.h"

namespace scriptworker::worker {

// Two requests that change nothing: the queue's `ping`, whose Date header shows
// the clock, and the auth service's `currentScopes`, signed with `credentials`.
// Each is tried three times. Claims nothing.
// Without `credentials`, which worker-manager then gives out when the worker
// registers, that service's `ping` takes the place of the second.
std::vector<Check> CheckDeployment(const QueueIdentity& queue,
                                   const std::optional<taskcluster::Credentials>& credentials,
                                   http::Transport& transport, Clock& clock);

}  // namespace scriptworker::worker

#endif  // SCRIPTWORKER_WORKER_CHECK_DEPLOYMENT_CHECK_H_
