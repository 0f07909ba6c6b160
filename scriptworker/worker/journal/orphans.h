// SPDX-License-Identifier: MPL-2.0
//
// What a script leaves behind when its worker dies before it.

#ifndef SCRIPTWORKER_WORKER_JOURNAL_ORPHANS_H_
#define SCRIPTWORKER_WORKER_JOURNAL_ORPHANS_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "scriptworker/base/clock.h"
#include "scriptworker/worker/journal/journal_entry.h"
#include "scriptworker/worker/process/process_stat.h"

namespace scriptworker::worker {

// How a script's processes are recognized.
struct ScriptTraces {
  std::optional<ProcessMark> leader = {};
  // For how long its worker is dead at least.
  absl::Duration dead_for = absl::ZeroDuration();
  // What the script was started with: "TASK_ID=...", "RUN_ID=...". Never empty.
  std::vector<std::string> environment = {};
};

// Finds, in `processes`,
//   - the leader: its number and start time (and boot and PID namespace);
//   - the members of its session, which keep the session's number from being
//     given to anybody else: unless a process that is not the leader has it, or
//     there is no leader and none of them is as old as the worker's death, since
//     they may be what the next owner of the number has left;
//   - whatever has the environment;
//   - what descends from any of these.
// This process and its ancestors are never among them. A process that has left
// the session, wiped its environment and lost its parent is not found.
std::vector<ProcessStat> FindOrphans(const ScriptTraces& traces,
                                     const std::vector<ProcessStat>& processes);

// SIGTERM to those that are there, up to a second, then SIGKILL to whatever is
// there, until none is found, twice in a row; returns how many there were. A number that was given
// to another process meanwhile gets no signal. kDeadlineExceeded names those that are alive after
// `patience`.
absl::StatusOr<int> EndOrphans(const ScriptTraces& traces, Clock& clock,
                               absl::Duration patience = absl::Seconds(10));

}  // namespace scriptworker::worker

#endif  // SCRIPTWORKER_WORKER_JOURNAL_ORPHANS_H_
