// SPDX-License-Identifier: MPL-2.0
//
// The environment variables that a script gets.

#ifndef SCRIPTWORKER_WORKER_PROCESS_SCRIPT_ENVIRONMENT_H_
#define SCRIPTWORKER_WORKER_PROCESS_SCRIPT_ENVIRONMENT_H_

#include <string>
#include <string_view>
#include <vector>

#include "scriptworker/base/environment.h"
#include "scriptworker/base/secret_string.h"
#include "scriptworker/taskcluster/task_id.h"

namespace scriptworker::worker {

// `script_env` and `script_env_allow` of the configuration.
struct EnvironmentRules {
  bool clean = false;  // else all is inherited, as in the reference
  // With `clean`: names, or beginnings of names with a `*` at the end.
  std::vector<std::string> allowed = {};
};

// What is wrong with an element of `allowed`; empty if nothing is.
std::string ObjectionToVariable(std::string_view pattern);

// What scripts may inherit of the worker's own environment. Under all rules it is
// without the worker's secrets: TASKCLUSTER_CLIENT_ID, TASKCLUSTER_ACCESS_TOKEN,
// TASKCLUSTER_CERTIFICATE, SCRIPTWORKER_GITHUB_OAUTH_TOKEN, and every variable
// whose value holds one of `secrets`.
Environment InheritedEnvironment(const Environment& own, const EnvironmentRules& rules,
                                 const std::vector<SecretString>& secrets);

// The names of those variables of `own` that the rules let through, and that are not in
// `inherited` for another reason.
std::vector<std::string> WithheldVariables(const Environment& own, const EnvironmentRules& rules,
                                           const Environment& inherited);

// `inherited` (less the worker's secrets by name, to be sure), plus
//
//   TASK_ID, RUN_ID             of the run
//   TASKCLUSTER_ROOT_URL        the configured value, byte for byte
//   TASKCLUSTER_CREDENTIALS_FD  the descriptor with the run's credentials
//
// as "NAME=value", sorted by name.
std::vector<std::string> ScriptEnvironment(const Environment& inherited,
                                           const taskcluster::TaskId& task_id,
                                           taskcluster::RunId run_id, std::string_view root_url);

}  // namespace scriptworker::worker

#endif  // SCRIPTWORKER_WORKER_PROCESS_SCRIPT_ENVIRONMENT_H_
