// SPDX-License-Identifier: MPL-2.0
//
// Where the worker says how it is, as configured.

#ifndef SCRIPTWORKER_WORKER_CONFIG_CONFIG_WATCHING_H_
#define SCRIPTWORKER_WORKER_CONFIG_CONFIG_WATCHING_H_

#include <string>

#include "absl/status/statusor.h"
#include "cot/policy/defect_list.h"
#include "scriptworker/base/environment.h"
#include "scriptworker/worker/config/config_directories.h"
#include "scriptworker/worker/config/config_file.h"
#include "scriptworker/worker/config/settings.h"

namespace scriptworker::worker {

struct Watching {
  std::string status_socket = {};   // absolute path, or empty: none
  std::string health_address = {};  // as http::Listener takes it, or empty: none
};

Watching ReadWatching(const Settings& settings, const ConfigPaths& paths, cot::DefectList& defects);

// The status_socket alone, for who only asks: whatever else is wrong with the file, or
// missing (the credentials), does not matter. kFailedPrecondition: it names none;
// kInvalidArgument: what it names can be none.
absl::StatusOr<std::string> StatusSocketOf(const ConfigFile& file, const Environment& environment);

}  // namespace scriptworker::worker

#endif  // SCRIPTWORKER_WORKER_CONFIG_CONFIG_WATCHING_H_
