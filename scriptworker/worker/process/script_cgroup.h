// SPDX-License-Identifier: MPL-2.0
//
// A control group (cgroup v2) for the processes of one script: whatever they do,
// without rights to the groups above they stay in it, and it can be ended as a
// whole. https://docs.kernel.org/admin-guide/cgroup-v2.html

#ifndef SCRIPTWORKER_WORKER_PROCESS_SCRIPT_CGROUP_H_
#define SCRIPTWORKER_WORKER_PROCESS_SCRIPT_CGROUP_H_

#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "scriptworker/base/clock.h"
#include "scriptworker/base/unique_fd.h"

namespace scriptworker::worker {

// Move-only; thread-compatible. Linux 5.14 or later.
class ScriptCgroup {
 public:
  // Makes a new one below the group that this process is in. An error: this
  // machine has no cgroup v2, or does not let this process make groups (which is
  // what most containers do; systemd has `Delegate=yes`).
  static absl::StatusOr<ScriptCgroup> Create();

  // Ends all that lives in such groups there of this user whose worker has died, and
  // removes them: how many are gone, also if the start of another worker was quicker: what that
  // one is ending is waited for. A script of the worker's own user can hold the lock that shows
  // a living worker: such a group stays. kDeadlineExceeded names those in which something
  // lives after `patience`; kResourceExhausted: there is no descriptor to look with.
  static absl::StatusOr<int> RemoveAbandoned(Clock& clock,
                                             absl::Duration patience = absl::Seconds(10));

  ScriptCgroup(ScriptCgroup&&) = default;
  ScriptCgroup& operator=(ScriptCgroup&&) = delete;
  // Removes it if nothing lives in it; or else it counts as this process's as long as that lives.
  ~ScriptCgroup();

  // The group's folder, for CLONE_INTO_CGROUP.
  int fd() const { return dir_.get(); }
  const std::string& path() const { return path_; }

  // Whether anything lives in it or in groups below it; also if that cannot be said.
  bool populated() const;
  // SIGKILL to all at once, those that are just being started too.
  void Kill() const;

 private:
  static absl::StatusOr<ScriptCgroup> CreateIn(const std::string& above);

  ScriptCgroup(std::string path, UniqueFd dir) : path_(std::move(path)), dir_(std::move(dir)) {}

  std::string path_;
  UniqueFd dir_;  // invalid: moved from
};

}  // namespace scriptworker::worker

#endif  // SCRIPTWORKER_WORKER_PROCESS_SCRIPT_CGROUP_H_
