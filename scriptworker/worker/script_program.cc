// SPDX-License-Identifier: MPL-2.0
#include "scriptworker/worker/script_program.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "scriptworker/base/environment.h"
#include "scriptworker/base/status_macros.h"
#include "scriptworker/worker/config/config_script.h"
#include "scriptworker/worker/process/script_environment.h"
#include "scriptworker/worker/process/spawn.h"

namespace scriptworker::worker {

absl::StatusOr<std::string> FindScriptProgram(const Script& script,
                                              const Environment& environment) {
  const Environment inherited = InheritedEnvironment(environment, script.environment, {});
  std::vector<std::string> path;
  if (const std::optional<std::string> value = inherited.Get("PATH"); value.has_value()) {
    path.push_back(absl::StrCat("PATH=", *value));
  }
  SW_ASSIGN_OR_RETURN(std::string program, FindProgram(script.argv.front(), path));
  struct stat info = {};
  if (::stat(program.c_str(), &info) != 0) {
    return absl::ErrnoToStatus(errno, absl::StrCat("task_script: ", program));
  }
  if (!S_ISREG(info.st_mode) || ::faccessat(AT_FDCWD, program.c_str(), X_OK, AT_EACCESS) != 0) {
    return absl::PermissionDeniedError(
        absl::StrCat("task_script: ", program, ": no program that can be executed"));
  }
  return program;
}

}  // namespace scriptworker::worker
