// SPDX-License-Identifier: MPL-2.0
#include "scriptworker/worker/process/process_tree.h"

#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <chrono>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "scriptworker/worker/process/process_stat.h"
#include "scriptworker/worker/process/script_cgroup.h"

namespace scriptworker::worker {
namespace {

// A child whose end sends no signal: the signer, whom HasNoChildren() does not count. An orphan of
// the script that comes to its subreaper is none, as the kernel gives it SIGCHLD.
bool IsSilentChild(pid_t pid) {
  siginfo_t info = {};
  constexpr int kOptions = WEXITED | WNOHANG | WNOWAIT | static_cast<int>(__WCLONE);
  return ::waitid(P_PID, static_cast<id_t>(pid), &info, kOptions) == 0;
}

// Whether the system reaps this process's children by itself.
bool EndedChildrenVanish() {
  struct sigaction action = {};
  return ::sigaction(SIGCHLD, nullptr, &action) == 0 &&
         (action.sa_handler == SIG_IGN || (action.sa_flags & SA_NOCLDWAIT) != 0);
}

}  // namespace

absl::StatusOr<ProcessTree> ProcessTree::Create() {
  if (::prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) != 0) {
    return absl::ErrnoToStatus(errno, "cannot become a subreaper");
  }
  // In most containers there is none to be had; the rest does without.
  absl::StatusOr<ScriptCgroup> cgroup = ScriptCgroup::Create();
  return ProcessTree(OwnChildren(),
                     cgroup.ok() ? std::make_optional(*std::move(cgroup)) : std::nullopt);
}

ProcessTree ProcessTree::OfAllScripts() { return ProcessTree(OwnChildren(), std::nullopt); }

std::vector<pid_t> ProcessTree::OwnChildren() {
  std::vector<pid_t> children;
  if (HasNoChildren()) return children;
  for (const ProcessStat& process : ListProcessStats()) {
    if (process.parent == ::getpid()) children.push_back(process.pid);
  }
  return children;
}

bool ProcessTree::HasNoChildren() {
  siginfo_t info;
  return ::waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT) != 0 && errno == ECHILD;
}

// With a child of somebody else's among them, waiting for "any" could return
// that one for ever; and where none is kept, it lasts until the last has ended.
bool ProcessTree::ReapsAdopted() const { return exempt_.empty() && !EndedChildrenVanish(); }

bool ProcessTree::AwaitLeader(pid_t leader, bool reap_adopted, const std::atomic<bool>& given_up) {
  while (true) {
    siginfo_t info = {};
    const int result = reap_adopted
                           ? ::waitid(P_ALL, 0, &info, WEXITED | WNOWAIT)
                           : ::waitid(P_PID, static_cast<id_t>(leader), &info, WEXITED | WNOWAIT);
    if (result != 0 && errno == EINTR) continue;
    if (result != 0) return false;
    if (info.si_pid == leader) return true;
    if (given_up) return false;  // it may be the next script's
    ::waitpid(info.si_pid, nullptr, WNOHANG);
  }
}

std::vector<ProcessStat> ProcessTree::Descendants() const {
  const std::vector<ProcessStat> all = ListProcessStats();
  std::vector<ProcessStat> found;
  std::vector<pid_t> parents = {::getpid()};
  while (!parents.empty()) {
    std::vector<pid_t> next;
    for (const ProcessStat& process : all) {
      if (std::find(parents.begin(), parents.end(), process.parent) == parents.end() ||
          std::find(exempt_.begin(), exempt_.end(), process.pid) != exempt_.end() ||
          (process.parent == ::getpid() && IsSilentChild(process.pid))) {
        continue;
      }
      found.push_back(process);
      next.push_back(process.pid);
    }
    parents = std::move(next);
  }
  return found;
}

bool ProcessTree::AnyAlive() const {
  if (cgroup_.has_value() && cgroup_->populated()) return true;
  if (HasNoChildren()) return false;
  const std::vector<ProcessStat> tree = Descendants();
  return std::any_of(tree.begin(), tree.end(),
                     [](const ProcessStat& process) { return !process.ended; });
}

void ProcessTree::KillOnce(const std::vector<ProcessStat>& tree) const {
  if (cgroup_.has_value()) cgroup_->Kill();
  // Stopped first, none can start another while its siblings are killed.
  for (const ProcessStat& process : tree) {
    if (!process.ended) ::kill(process.pid, SIGSTOP);
  }
  for (const ProcessStat& process : tree) {
    if (!process.ended) ::kill(process.pid, SIGKILL);
  }
}

// Those that are alive; or else the ended ones, of which somebody who traces them has not heard.
std::string ProcessTree::Numbers(const std::vector<ProcessStat>& tree) {
  const bool any_alive = std::any_of(tree.begin(), tree.end(),
                                     [](const ProcessStat& process) { return !process.ended; });
  std::vector<pid_t> numbers;
  for (const ProcessStat& process : tree) {
    if (process.ended != any_alive) numbers.push_back(process.pid);
  }
  return absl::StrJoin(numbers, ", ");
}

void ProcessTree::Kill() const { KillOnce(Descendants()); }

absl::Status ProcessTree::KillAll(absl::Duration patience) const {
  const auto start = std::chrono::steady_clock::now();
  absl::Duration pause = absl::Microseconds(200);
  while (true) {
    const bool grouped = cgroup_.has_value() && cgroup_->populated();
    if (!grouped && HasNoChildren()) break;
    const std::vector<ProcessStat> tree = Descendants();
    if (!grouped && tree.empty() && !exempt_.empty()) break;
    KillOnce(tree);
    for (const ProcessStat& process : tree) {
      if (process.ended && process.parent == ::getpid()) {
        ::waitpid(process.pid, nullptr, WNOHANG);
      }
    }
    if (absl::FromChrono(std::chrono::steady_clock::now() - start) > patience) {
      return absl::DeadlineExceededError(
          absl::StrCat("these processes of the script cannot be ended: ",
                       tree.empty() ? "unknown ones (is /proc there?)" : Numbers(tree)));
    }
    absl::SleepFor(pause);
    pause = std::min(pause * 2, absl::Milliseconds(10));
  }
  return absl::OkStatus();
}

}  // namespace scriptworker::worker
