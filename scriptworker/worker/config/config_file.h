// SPDX-License-Identifier: MPL-2.0
//
// The configuration file as a document, of which nothing is judged yet.

#ifndef SCRIPTWORKER_WORKER_CONFIG_CONFIG_FILE_H_
#define SCRIPTWORKER_WORKER_CONFIG_CONFIG_FILE_H_

#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "scriptworker/base/environment.h"
#include "scriptworker/json/yaml.h"

namespace scriptworker::worker {

struct ConfigFile {
  std::string name;       // as it was given, for messages
  std::string path;       // absolute
  std::string directory;  // what relative paths are taken from
  json::YamlDocument document;
};

// Relative paths are taken from BUILD_WORKING_DIRECTORY if the environment has it, else
// from `working_directory`, which is absolute. kNotFound: there is no such file;
// kInvalidArgument, with file and line: it is no YAML, or has a key twice.
absl::StatusOr<ConfigFile> ReadConfigFile(std::string_view name, const Environment& environment,
                                          const std::string& working_directory);

}  // namespace scriptworker::worker

#endif  // SCRIPTWORKER_WORKER_CONFIG_CONFIG_FILE_H_
