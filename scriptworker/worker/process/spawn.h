// SPDX-License-Identifier: MPL-2.0
//
// Starts a script with nothing of the worker's but what it is meant to have.

#ifndef SCRIPTWORKER_WORKER_PROCESS_SPAWN_H_
#define SCRIPTWORKER_WORKER_PROCESS_SPAWN_H_

#include <sys/types.h>

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "scriptworker/worker/process/restrictions.h"

namespace scriptworker::worker {

// The number that the credentials' descriptor has in every script.
inline constexpr int kCredentialsFdInScript = 3;

struct SpawnOptions {
  // Executed directly, no shell. A program without a slash is looked up in the
  // PATH of `environment`.
  std::vector<std::string> argv = {};
  std::vector<std::string> environment = {};  // "NAME=value"
  int stdout_fd = -1;
  int stderr_fd = -1;
  int credentials_fd = -1;                     // -1: none
  const Restrictions* restrictions = nullptr;  // null: none
  // A control group to start in, if the kernel lets it; -1: the worker's own.
  int cgroup_fd = -1;
};

// What Spawn() executes for argv[0]: `name` itself if it has a slash, else the
// first executable file of the name in PATH. kNotFound, kPermissionDenied.
absl::StatusOr<std::string> FindProgram(const std::string& name,
                                        const std::vector<std::string>& environment);

// The new process is killed when the thread that called Spawn ends, unless it
// changes its user by a set-user-ID program. It leads a session and a process group of its own, has
// default signal handling and mask, inherits the working directory and stdin, and no other
// descriptor than those above. It is under the restrictions before it runs anything of the
// script's. Errors name the program and what failed: kNotFound, kPermissionDenied, ... For one
// thread at a time (exec_clone.h). Linux only.
absl::StatusOr<pid_t> Spawn(const SpawnOptions& options);

}  // namespace scriptworker::worker

#endif  // SCRIPTWORKER_WORKER_PROCESS_SPAWN_H_
