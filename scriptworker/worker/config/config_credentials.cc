// SPDX-License-Identifier: MPL-2.0
#include "scriptworker/worker/config/config_credentials.h"

#include <optional>
#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "cot/policy/defect_list.h"
#include "scriptworker/base/environment.h"
#include "scriptworker/json/truth.h"
#include "scriptworker/json/value.h"
#include "scriptworker/json/yaml.h"
#include "scriptworker/taskcluster/credentials.h"
#include "scriptworker/worker/config/credentials_lookup.h"
#include "scriptworker/worker/config/settings.h"

namespace scriptworker::worker {
namespace {

void Parse(const json::Value& value, const std::string& source, ConfiguredCredentials& read) {
  absl::StatusOr<taskcluster::Credentials> parsed = ReadPermanentCredentials(value, source);
  if (parsed.ok()) {
    read.credentials = *std::move(parsed);
  } else {
    read.other_defects.emplace_back(parsed.status().message());
  }
}

}  // namespace

WorkerManagement ReadWorkerManagement(const Settings& settings, const json::Value& document,
                                      const ConfigPaths& paths, cot::DefectList& defects) {
  WorkerManagement management;
  management.provider = std::string(settings.String("worker_manager_provider"));
  management.secret_path = paths.Absolute(settings.String("worker_manager_secret_path"));
  if (management.enabled() == management.secret_path.empty()) {
    settings.Refuse(management.enabled() ? "worker_manager_provider" : "worker_manager_secret_path",
                    "", "worker_manager_provider and worker_manager_secret_path need each other",
                    defects);
  }
  management.remove_on_shutdown = settings.Bool("worker_manager_remove_on_shutdown");
  if (management.remove_on_shutdown && !management.enabled()) {
    settings.Refuse("worker_manager_remove_on_shutdown", "",
                    "has no effect without worker_manager_provider", defects);
  }
  if (management.enabled() && IsTruthy(document.Find("credentials"))) {
    settings.Refuse("worker_manager_provider", "",
                    "gives out what `credentials` sets; remove one of them", defects);
  }
  return management;
}

ConfiguredCredentials ReadConfiguredCredentials(const Settings& settings,
                                                const json::YamlDocument& document,
                                                const std::string& directory,
                                                const Environment& environment,
                                                cot::DefectList& defects) {
  ConfiguredCredentials read;
  if (const json::Value* value = settings.InFile("credentials"); IsTruthy(value)) {
    const std::string place = settings.PlaceOf("credentials");
    Parse(*value, absl::StrCat(document.marks.Prefix(place), cot::KeyPath(place)), read);
    read.in_file = true;
    return read;
  }
  // A defective entry has been reported; what others hold is not the answer.
  if (IsTruthy(document.value.Find("credentials"))) return read;
  const absl::StatusOr<std::optional<FoundSecret>> found =
      LookUpSecret("credentials", directory, environment, read.exposures);
  if (!found.ok()) {
    read.other_defects.emplace_back(found.status().message());
  } else if (!found->has_value()) {
    defects.AddAbsentKey("credentials",
                         "must be set, here, in ./secrets.json, in $HOME/.scriptworker or by "
                         "TASKCLUSTER_CLIENT_ID and TASKCLUSTER_ACCESS_TOKEN");
  } else {
    Parse((*found)->value, absl::StrCat((*found)->source, ": credentials"), read);
  }
  return read;
}

}  // namespace scriptworker::worker
