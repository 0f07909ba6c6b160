// SPDX-License-Identifier: MPL-2.0
#include "scriptworker/worker/script_environment.h"

#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "absl/strings/str_cat.h"
#include "scriptworker/base/environment.h"
#include "scriptworker/worker/spawn.h"

namespace scriptworker::worker {
namespace {

constexpr std::array<std::string_view, 4> kOwnSecrets = {
    "TASKCLUSTER_CLIENT_ID",
    "TASKCLUSTER_ACCESS_TOKEN",
    "TASKCLUSTER_CERTIFICATE",
    "SCRIPTWORKER_GITHUB_OAUTH_TOKEN",
};

}  // namespace

std::vector<std::string> ScriptEnvironment(const Environment& own,
                                           const taskcluster::TaskId& task_id,
                                           taskcluster::RunId run_id, std::string_view root_url) {
  Environment::Variables variables = own.variables();
  for (const std::string_view secret : kOwnSecrets) {
    if (const auto found = variables.find(secret); found != variables.end()) {
      variables.erase(found);
    }
  }
  variables["TASK_ID"] = task_id.str();
  variables["RUN_ID"] = absl::StrCat(run_id);
  variables["TASKCLUSTER_ROOT_URL"] = std::string(root_url);
  variables["TASKCLUSTER_CREDENTIALS_FD"] = absl::StrCat(kCredentialsFdInScript);
  std::vector<std::string> result;
  result.reserve(variables.size());
  for (const auto& [name, value] : variables) {
    result.push_back(absl::StrCat(name, "=", value));
  }
  return result;
}

}  // namespace scriptworker::worker
