// SPDX-License-Identifier: MPL-2.0
//
// As whom the worker asks for work, as configured.

#ifndef SCRIPTWORKER_WORKER_CONFIG_CONFIG_CREDENTIALS_H_
#define SCRIPTWORKER_WORKER_CONFIG_CONFIG_CREDENTIALS_H_

#include <string>
#include <vector>

#include "cot/policy/defect_list.h"
#include "scriptworker/base/environment.h"
#include "scriptworker/json/value.h"
#include "scriptworker/json/yaml.h"
#include "scriptworker/taskcluster/credentials.h"
#include "scriptworker/worker/config/config_directories.h"
#include "scriptworker/worker/config/settings.h"

namespace scriptworker::worker {

// By whom the credentials are given out, if not by a file.
struct WorkerManagement {
  std::string provider;     // of the type `static`; empty: none
  std::string secret_path;  // absolute; set if `provider` is
  // Tells worker-manager when the worker is told to end; it cannot come back.
  bool remove_on_shutdown = false;

  bool enabled() const { return !provider.empty(); }
};

// `document` is the whole file.
WorkerManagement ReadWorkerManagement(const Settings& settings, const json::Value& document,
                                      const ConfigPaths& paths, cot::DefectList& defects);

struct ConfiguredCredentials {
  taskcluster::Credentials credentials;    // empty if there are defects
  bool in_file = false;                    // the configuration itself holds them
  std::vector<std::string> other_defects;  // of other files, whole lines
  std::vector<std::string> exposures;      // files that others can read or change
};

// Of the file, else as LookUpSecret() finds them from `directory`. Defects of the
// file, and that there are none at all, go to `defects`. Nothing quotes a secret.
ConfiguredCredentials ReadConfiguredCredentials(const Settings& settings,
                                                const json::YamlDocument& document,
                                                const std::string& directory,
                                                const Environment& environment,
                                                cot::DefectList& defects);

}  // namespace scriptworker::worker

#endif  // SCRIPTWORKER_WORKER_CONFIG_CONFIG_CREDENTIALS_H_
