// SPDX-License-Identifier: MPL-2.0

#ifndef SCRIPTWORKER_DEPLOYMENT_H_
#define SCRIPTWORKER_DEPLOYMENT_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "scriptworker/base/environment.h"
#include "scriptworker/taskcluster/credentials.h"

namespace scriptworker {

// Which Taskcluster a program speaks to, and as whom.
struct Deployment {
  std::string root_url;
  std::optional<taskcluster::Credentials> credentials = std::nullopt;
  std::vector<std::string> warnings = {};  // of files that others can read
};

// For a program without a configuration file: TASKCLUSTER_ROOT_URL, else Firefox's;
// the credentials that worker/config/credentials_lookup.h finds. Errors name the file.
absl::StatusOr<Deployment> FindDeployment(const Environment& environment,
                                          const std::string& working_directory);

}  // namespace scriptworker

#endif  // SCRIPTWORKER_DEPLOYMENT_H_
