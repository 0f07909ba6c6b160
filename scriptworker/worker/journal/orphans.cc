// SPDX-License-Identifier: MPL-2.0
#include "scriptworker/worker/journal/orphans.h"

#include <signal.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/time/time.h"
#include "scriptworker/base/clock.h"
#include "scriptworker/base/unique_fd.h"
#include "scriptworker/worker/journal/journal_entry.h"
#include "scriptworker/worker/process/process_stat.h"

namespace scriptworker::worker {
namespace {

constexpr absl::Duration kGrace = absl::Seconds(1);
constexpr absl::Duration kPause = absl::Milliseconds(20);
// A process in the middle of an execve() shows no environment for a moment.
constexpr int kEmptyLooks = 2;

bool Contains(const std::set<pid_t>& pids, pid_t pid) { return pids.find(pid) != pids.end(); }

const ProcessStat* Find(const std::vector<ProcessStat>& processes, pid_t pid) {
  const auto found = std::find_if(processes.begin(), processes.end(),
                                  [pid](const ProcessStat& process) { return process.pid == pid; });
  return found == processes.end() ? nullptr : &*found;
}

std::set<pid_t> SelfAndAncestors(const std::vector<ProcessStat>& processes) {
  std::set<pid_t> line;
  for (pid_t pid = ::getpid(); pid > 0 && line.insert(pid).second;) {
    const ProcessStat* process = Find(processes, pid);
    if (process == nullptr) break;
    pid = process->parent;
  }
  return line;
}

// The descriptor sticks to the process, whatever becomes of its number.
void Signal(const ProcessStat& process, int signal) {
  const UniqueFd handle(static_cast<int>(::syscall(SYS_pidfd_open, process.pid, 0)));
  const std::optional<ProcessStat> now = ReadProcessStat(process.pid);
  if (!now.has_value() || now->start_time != process.start_time) return;
  if (handle.valid()) {
    ::syscall(SYS_pidfd_send_signal, handle.get(), signal, nullptr, 0);
  } else {  // a kernel before 5.3
    ::kill(process.pid, signal);
  }
}

// Whether the script's session, by its number, has a member that its worker can have known.
bool HasOldMember(const ScriptTraces& traces, const std::vector<ProcessStat>& processes) {
  return traces.leader.has_value() &&
         std::any_of(processes.begin(), processes.end(), [&](const ProcessStat& process) {
           return process.session == traces.leader->pid && AgeOf(process) >= traces.dead_for;
         });
}

}  // namespace

std::vector<ProcessStat> FindOrphans(const ScriptTraces& traces,
                                     const std::vector<ProcessStat>& processes) {
  const std::set<pid_t> spared = SelfAndAncestors(processes);
  const std::optional<ProcessMark>& mark = traces.leader;
  const bool same_numbers = mark.has_value() && mark->boot == BootId() && !mark->boot.empty() &&
                            mark->pid_ns == PidNamespace();
  const ProcessStat* leader = same_numbers ? Find(processes, mark->pid) : nullptr;
  const bool leader_lives = leader != nullptr && leader->start_time == mark->start_time;
  const bool session_lives =
      leader_lives || (same_numbers && leader == nullptr && HasOldMember(traces, processes));
  std::set<pid_t> found;
  for (const ProcessStat& process : processes) {
    if (Contains(spared, process.pid)) continue;
    const bool in_session = session_lives && process.session == mark->pid;
    if ((leader_lives && process.pid == mark->pid) || in_session ||
        HasEnvironment(process.pid, traces.environment)) {
      found.insert(process.pid);
    }
  }
  for (bool grown = true; grown;) {
    grown = false;
    for (const ProcessStat& process : processes) {
      if (!Contains(spared, process.pid) && Contains(found, process.parent)) {
        grown = found.insert(process.pid).second || grown;
      }
    }
  }
  std::vector<ProcessStat> orphans;
  for (const ProcessStat& process : processes) {
    if (!process.ended && Contains(found, process.pid)) orphans.push_back(process);
  }
  return orphans;
}

absl::StatusOr<int> EndOrphans(const ScriptTraces& traces, Clock& clock, absl::Duration patience) {
  std::set<std::pair<pid_t, uint64_t>> seen;
  const absl::Duration start = clock.Monotonic();
  bool asked = false;
  int empty_looks = 0;
  // A session that is the script's stays so, though its old members start others and end.
  ScriptTraces known = traces;
  if (HasOldMember(traces, ListProcessStats())) known.dead_for = absl::ZeroDuration();
  while (true) {
    const std::vector<ProcessStat> orphans = FindOrphans(known, ListProcessStats());
    empty_looks = orphans.empty() ? empty_looks + 1 : 0;
    if (empty_looks == kEmptyLooks) return static_cast<int>(seen.size());
    const absl::Duration waited = clock.Monotonic() - start;
    for (const ProcessStat& orphan : orphans) {
      seen.insert({orphan.pid, orphan.start_time});
      // What they start in order to tidy up may come to its end.
      if (!asked) Signal(orphan, SIGTERM);
      if (asked && waited >= kGrace) Signal(orphan, SIGKILL);
    }
    asked = asked || !orphans.empty();
    if (waited > patience && !orphans.empty()) {
      return absl::DeadlineExceededError(absl::StrCat(
          "these processes of a former script cannot be ended: ",
          absl::StrJoin(orphans, ", ", [](std::string* out, const ProcessStat& orphan) {
            absl::StrAppend(out, orphan.pid);
          })));
    }
    clock.SleepFor(kPause);
  }
}

}  // namespace scriptworker::worker
