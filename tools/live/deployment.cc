// SPDX-License-Identifier: MPL-2.0
#include "tools/live/deployment.h"

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "scriptworker/base/environment.h"
#include "scriptworker/base/status_macros.h"
#include "scriptworker/worker/config/credentials_lookup.h"

namespace scriptworker::tools {

absl::StatusOr<std::optional<Deployment>> FindDeployment(const Environment& environment,
                                                         const std::string& directory) {
  constexpr std::string_view kKey = "integration_credentials";
  std::vector<std::string> exposures;  // the tester's own affair
  SW_ASSIGN_OR_RETURN(const std::optional<worker::FoundSecret> found,
                      worker::LookUpSecret(kKey, directory, environment, exposures));
  if (!found.has_value()) return std::nullopt;
  SW_ASSIGN_OR_RETURN(
      taskcluster::Credentials credentials,
      worker::ReadPermanentCredentials(found->value, absl::StrCat(found->source, ": ", kKey)));
  return Deployment{
      .root_url =
          environment.GetOr("TASKCLUSTER_ROOT_URL", "https://firefox-ci-tc.services.mozilla.com"),
      .credentials = std::move(credentials),
      .provisioner_id = environment.GetOr("LIVE_PROVISIONER_ID", "test-dummy-provisioner"),
      .scheduler_id = environment.GetOr("LIVE_SCHEDULER_ID", "test-dummy-scheduler")};
}

}  // namespace scriptworker::tools
