// SPDX-License-Identifier: MPL-2.0
//
// What scripts of this worker may not do; docs/script_box.md.

#ifndef SCRIPTWORKER_WORKER_SANDBOX_H_
#define SCRIPTWORKER_WORKER_SANDBOX_H_

#include <sys/types.h>

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "scriptworker/base/environment.h"
#include "scriptworker/worker/config/sandbox_config.h"
#include "scriptworker/worker/process/restrictions.h"
#include "scriptworker/worker/work_dir.h"

namespace scriptworker::worker {

// Immutable; thread-compatible.
class Sandbox {
 public:
  // Tries out, in a process of its own, whether the machine can do what is
  // configured, and whether `secrets` (files of the worker's: the signing key, the
  // credentials) can be read in it. What the kernel lacks is left out, and, like a
  // secret that can be read and a hidden path that is not there, goes to `warnings`;
  // with `required` it is an error.
  // So is, in any case, what cannot be done at all: an unknown user, a user's
  // change without the right to do so, a limit above the hard one.
  static absl::StatusOr<Sandbox> Create(SandboxConfig config, std::vector<std::string> secrets,
                                        std::vector<std::string>& warnings);

  // For one run, whose folders exist. With a script's user, work_dir and
  // artifact_dir become that user's, with all that lies in them but the logs.
  absl::StatusOr<Restrictions> Prepare(const WorkDir& dirs) const;

  // With a script's user: HOME, USER and LOGNAME become that user's.
  void AdaptEnvironment(Environment& environment) const;

 private:
  struct User {
    Restrictions::User ids = {};
    std::string name = {};
    std::string home = {};
  };

  Sandbox(SandboxConfig config, std::vector<std::string> secrets)
      : config_(std::move(config)), secrets_(std::move(secrets)) {}

  static absl::StatusOr<User> FindUser(const std::string& name_or_number);
  absl::StatusOr<Restrictions> MakeRestrictions(std::vector<std::string> writable) const;
  absl::Status TryOut(std::vector<std::string>& warnings) const;
  absl::Status GiveFolders(const WorkDir& dirs) const;

  SandboxConfig config_;
  std::vector<std::string> secrets_;
  std::optional<User> user_;
};

}  // namespace scriptworker::worker

#endif  // SCRIPTWORKER_WORKER_SANDBOX_H_
