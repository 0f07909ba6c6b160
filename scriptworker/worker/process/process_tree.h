// SPDX-License-Identifier: MPL-2.0
//
// All processes that come from one script, however they detach themselves: this
// process becomes their subreaper, so that whoever loses its parent becomes its
// child; and where the machine allows it they are in a control group of their
// own.

#ifndef SCRIPTWORKER_WORKER_PROCESS_PROCESS_TREE_H_
#define SCRIPTWORKER_WORKER_PROCESS_PROCESS_TREE_H_

#include <sys/types.h>

#include <atomic>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "scriptworker/worker/process/process_stat.h"
#include "scriptworker/worker/process/script_cgroup.h"

namespace scriptworker::worker {

// Everything that descends from this process, or is in the control group, counts
// as the script's, except the children that exist at Create() and those whose end
// sends no signal (the signer), with what descends from them. Hence one tree at a
// time, and no other child is started while it lives. Linux only. Thread-compatible.
class ProcessTree {
 public:
  // Call it before the script starts.
  static absl::StatusOr<ProcessTree> Create();

  // All scripts from now on, without a control group: what a tree of one of them
  // could not end is in this one still. Never fails.
  static ProcessTree OfAllScripts();

  // For Spawn, which puts the script into it; -1: there is none.
  int cgroup_fd() const { return cgroup_.has_value() ? cgroup_->fd() : -1; }

  // Whether a wait for the leader can reap the adopted processes that end meanwhile.
  bool ReapsAdopted() const;
  // Blocks until the child `leader` has ended, and leaves it to be waited for. `reap_adopted`: see
  // ReapsAdopted; none is reaped any more once `given_up`. False: it was not there to be
  // waited for, as where SIGCHLD is ignored (KeepEndedChildren()); its number may be
  // another's. Needs no tree, since it may last longer: a process can hang in the kernel.
  [[nodiscard]] static bool AwaitLeader(pid_t leader, bool reap_adopted,
                                        const std::atomic<bool>& given_up);

  // Whether processes of the tree are alive; one that has ended and was not yet
  // waited for is not.
  bool AnyAlive() const;

  // SIGKILL to all of them, once; reaps none. For a leader whose end is not seen,
  // as one of them traces it: AwaitLeader returns when the tracer has ended.
  void Kill() const;

  // Ends all of them with SIGKILL and reaps them, again and again until there
  // is none: also those that start new ones meanwhile. kDeadlineExceeded names
  // those that are there after `patience` (in real time). REQUIRES: the leader
  // was waited for, or nobody asks for its exit status any more.
  absl::Status KillAll(absl::Duration patience) const;

 private:
  ProcessTree(std::vector<pid_t> exempt, std::optional<ScriptCgroup> cgroup)
      : exempt_(std::move(exempt)), cgroup_(std::move(cgroup)) {}
  static bool HasNoChildren();
  static std::vector<pid_t> OwnChildren();
  std::vector<ProcessStat> Descendants() const;
  // Kills what is in the control group and `tree`.
  void KillOnce(const std::vector<ProcessStat>& tree) const;
  static std::string Numbers(const std::vector<ProcessStat>& tree);

  std::vector<pid_t> exempt_;  // children that are not the script's
  std::optional<ScriptCgroup> cgroup_;
};

}  // namespace scriptworker::worker

#endif  // SCRIPTWORKER_WORKER_PROCESS_PROCESS_TREE_H_
