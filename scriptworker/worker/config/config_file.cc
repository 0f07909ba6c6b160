// SPDX-License-Identifier: MPL-2.0
#include "scriptworker/worker/config/config_file.h"

#include <string>
#include <string_view>
#include <utility>

#include "absl/status/statusor.h"
#include "scriptworker/base/environment.h"
#include "scriptworker/base/file.h"
#include "scriptworker/base/path.h"
#include "scriptworker/base/status_macros.h"
#include "scriptworker/json/yaml.h"

namespace scriptworker::worker {

absl::StatusOr<ConfigFile> ReadConfigFile(std::string_view name, const Environment& environment,
                                          const std::string& working_directory) {
  ConfigFile file;
  file.name = std::string(name);
  file.directory = environment.GetOr("BUILD_WORKING_DIRECTORY", working_directory);
  file.path = IsAbsolute(name) ? file.name : JoinPath(file.directory, name);
  SW_ASSIGN_OR_RETURN(const std::string text, ReadFile(file.path));
  SW_ASSIGN_OR_RETURN(
      file.document,
      json::ParseYamlWithMarks(text, {.source = name,
                                      .allow_duplicate_keys = false,
                                      .other_keys = json::YamlOptions::OtherKeys::kAsJsonText}));
  return file;
}

}  // namespace scriptworker::worker
