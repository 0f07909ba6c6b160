// SPDX-License-Identifier: MPL-2.0
//
// Which Taskcluster the live tests ask, and as whom.

#ifndef TOOLS_LIVE_DEPLOYMENT_H_
#define TOOLS_LIVE_DEPLOYMENT_H_

#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "scriptworker/base/environment.h"
#include "scriptworker/taskcluster/credentials.h"

namespace scriptworker::tools {

struct Deployment {
  std::string root_url;
  taskcluster::Credentials credentials;
  std::string provisioner_id;
  std::string scheduler_id;
};

// TASKCLUSTER_ROOT_URL, LIVE_PROVISIONER_ID and LIVE_SCHEDULER_ID of
// `environment` (by default those that the reference's integration tests use),
// and the key `integration_credentials` of secrets.json in `directory` or of
// $HOME/.scriptworker. nullopt: nobody has such credentials. Errors name the
// file, and quote no secret.
absl::StatusOr<std::optional<Deployment>> FindDeployment(const Environment& environment,
                                                         const std::string& directory);

}  // namespace scriptworker::tools

#endif  // TOOLS_LIVE_DEPLOYMENT_H_
