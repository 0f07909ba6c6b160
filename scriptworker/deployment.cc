// SPDX-License-Identifier: MPL-2.0
#include "scriptworker/deployment.h"

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "scriptworker/base/environment.h"
#include "scriptworker/base/status_macros.h"
#include "scriptworker/worker/config/credentials_lookup.h"

namespace scriptworker {
namespace {

constexpr char kDefaultRootUrl[] = "https://firefox-ci-tc.services.mozilla.com/";

}  // namespace

absl::StatusOr<Deployment> FindDeployment(const Environment& environment,
                                          const std::string& working_directory) {
  Deployment deployment = {.root_url = environment.GetOr("TASKCLUSTER_ROOT_URL", kDefaultRootUrl)};
  SW_ASSIGN_OR_RETURN(const auto found, worker::LookUpSecret("credentials", working_directory,
                                                             environment, deployment.warnings));
  if (found.has_value()) {
    SW_ASSIGN_OR_RETURN(deployment.credentials,
                        worker::ReadPermanentCredentials(
                            found->value, absl::StrCat(found->source, ": credentials")));
  }
  return deployment;
}

}  // namespace scriptworker
