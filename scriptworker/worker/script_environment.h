// SPDX-License-Identifier: MPL-2.0
//
// The environment variables that a script gets.

#ifndef SCRIPTWORKER_WORKER_SCRIPT_ENVIRONMENT_H_
#define SCRIPTWORKER_WORKER_SCRIPT_ENVIRONMENT_H_

#include <string>
#include <string_view>
#include <vector>

#include "scriptworker/base/environment.h"
#include "scriptworker/taskcluster/task_id.h"

namespace scriptworker::worker {

// The worker's own environment, as the reference passes it on, less the
// worker's secrets (TASKCLUSTER_CLIENT_ID, TASKCLUSTER_ACCESS_TOKEN,
// TASKCLUSTER_CERTIFICATE, SCRIPTWORKER_GITHUB_OAUTH_TOKEN), plus
//
//   TASK_ID, RUN_ID             of the run
//   TASKCLUSTER_ROOT_URL        the configured value, byte for byte
//   TASKCLUSTER_CREDENTIALS_FD  the descriptor with the run's credentials
//
// as "NAME=value", sorted by name.
std::vector<std::string> ScriptEnvironment(const Environment& own,
                                           const taskcluster::TaskId& task_id,
                                           taskcluster::RunId run_id, std::string_view root_url);

}  // namespace scriptworker::worker

#endif  // SCRIPTWORKER_WORKER_SCRIPT_ENVIRONMENT_H_
