// SPDX-License-Identifier: MPL-2.0
#include "scriptworker/worker/spawn.h"

#include <signal.h>
#include <spawn.h>
#include <unistd.h>

#include <cerrno>
#include <string>
#include <string_view>
#include <vector>

#include "absl/cleanup/cleanup.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "scriptworker/base/path.h"
#include "scriptworker/base/status_macros.h"

namespace scriptworker::worker {
namespace {

constexpr std::string_view kDefaultPath = "/usr/local/bin:/usr/bin:/bin";

std::vector<char*> Pointers(const std::vector<std::string>& texts) {
  std::vector<char*> pointers;
  pointers.reserve(texts.size() + 1);
  for (const std::string& text : texts) {
    pointers.push_back(const_cast<char*>(text.c_str()));
  }
  pointers.push_back(nullptr);
  return pointers;
}

}  // namespace

absl::StatusOr<std::string> FindProgram(const std::string& name,
                                        const std::vector<std::string>& environment) {
  if (absl::StrContains(name, '/')) return name;
  std::string_view path = kDefaultPath;
  for (const std::string_view variable : environment) {
    if (absl::StartsWith(variable, "PATH=")) path = variable.substr(5);
  }
  bool forbidden = false;
  for (const std::string_view dir : absl::StrSplit(path, ':')) {
    const std::string candidate = JoinPath(dir.empty() ? std::string_view(".") : dir, name);
    if (::access(candidate.c_str(), X_OK) == 0) return candidate;
    if (errno == EACCES) forbidden = true;
  }
  if (forbidden) {
    return absl::PermissionDeniedError(
        absl::StrCat("task_script: ", name, " in PATH (", path, ") is not executable"));
  }
  return absl::NotFoundError(
      absl::StrCat("task_script: no program ", name, " in PATH (", path, ")"));
}

absl::StatusOr<pid_t> Spawn(const SpawnOptions& options) {
  if (options.argv.empty() || options.argv[0].empty()) {
    return absl::InvalidArgumentError("task_script: expected a program");
  }
  SW_ASSIGN_OR_RETURN(const std::string program, FindProgram(options.argv[0], options.environment));

  posix_spawn_file_actions_t files;
  posix_spawnattr_t attributes;
  ::posix_spawn_file_actions_init(&files);
  ::posix_spawnattr_init(&attributes);
  const absl::Cleanup destroy = [&] {
    ::posix_spawn_file_actions_destroy(&files);
    ::posix_spawnattr_destroy(&attributes);
  };

  // The sources are all above 2 (a main file sees to that), so no step
  // overwrites the source of a later one but the credentials' own.
  int first_closed = kCredentialsFdInScript;
  ::posix_spawn_file_actions_adddup2(&files, options.stdout_fd, 1);
  ::posix_spawn_file_actions_adddup2(&files, options.stderr_fd, 2);
  if (options.credentials_fd >= 0) {
    ::posix_spawn_file_actions_adddup2(&files, options.credentials_fd, kCredentialsFdInScript);
    ++first_closed;
  }
  ::posix_spawn_file_actions_addclosefrom_np(&files, first_closed);

  sigset_t all;
  sigset_t none;
  ::sigfillset(&all);
  ::sigemptyset(&none);
  ::posix_spawnattr_setsigdefault(&attributes, &all);
  ::posix_spawnattr_setsigmask(&attributes, &none);
  ::posix_spawnattr_setflags(&attributes,
                             POSIX_SPAWN_SETSID | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK);

  const std::vector<char*> argv = Pointers(options.argv);
  const std::vector<char*> environment = Pointers(options.environment);
  pid_t pid = 0;
  const int error =
      ::posix_spawn(&pid, program.c_str(), &files, &attributes, argv.data(), environment.data());
  if (error != 0) {
    return absl::ErrnoToStatus(error, absl::StrCat("task_script: cannot start ", program));
  }
  return pid;
}

}  // namespace scriptworker::worker
