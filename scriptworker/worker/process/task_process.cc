// SPDX-License-Identifier: MPL-2.0
#include "scriptworker/worker/process/task_process.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "scriptworker/base/cancellation.h"
#include "scriptworker/base/clock.h"
#include "scriptworker/base/status_macros.h"
#include "scriptworker/base/unique_fd.h"
#include "scriptworker/worker/process/leader_watch.h"
#include "scriptworker/worker/process/output_pump.h"
#include "scriptworker/worker/process/process_tree.h"
#include "scriptworker/worker/process/spawn.h"

namespace scriptworker::worker {
namespace {

using Cause = ProcessOutcome::Cause;

constexpr absl::Duration kGrace = absl::Seconds(1);
// A wait does not count the time that the machine sleeps; the clock does. So no wait for
// the end of the time limit is longer than this.
constexpr absl::Duration kLook = absl::Seconds(10);
// Within which the end of what was killed is seen, as a rule.
constexpr absl::Duration kUsualEnd = absl::Milliseconds(500);
// Between the end of a script and that of its worker, if one hand ends both.
constexpr absl::Duration kSameMoment = absl::Milliseconds(500);

struct Pipe {
  UniqueFd reader, writer;
};

absl::StatusOr<Pipe> MakePipe() {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) {
    return absl::ErrnoToStatus(errno, "cannot make a pipe for the script");
  }
  return Pipe{UniqueFd(ends[0]), UniqueFd(ends[1])};
}

// What the waiting thread and the cancelling ones tell each other.
class Events {
 public:
  // `seen`: the leader is there to be waited for, so its number is nobody else's.
  void SetEnded(bool seen) {
    absl::MutexLock lock(&mutex_);
    ended_ = true;
    unseen_ = !seen;
  }
  void SetStop() {
    absl::MutexLock lock(&mutex_);
    stop_ = true;
  }
  void SetAtOnce() {
    absl::MutexLock lock(&mutex_);
    stop_ = true;
    at_once_ = true;
  }

  // Both return whether the script has ended. `deadline`: on the monotonic clock.
  bool AwaitEndOrStop(Clock& clock, absl::Duration deadline, bool* stopped) {
    absl::MutexLock lock(&mutex_);
    while (!EndedOrStop()) {
      const absl::Duration left = deadline - clock.Monotonic();
      if (left <= absl::ZeroDuration()) break;
      clock.AwaitWithTimeout(mutex_, absl::Condition(this, &Events::EndedOrStop),
                             std::min(left, kLook));
    }
    *stopped = stop_;
    return ended_;
  }
  bool AwaitEndOrAtOnce(Clock& clock, absl::Duration timeout) {
    absl::MutexLock lock(&mutex_);
    clock.AwaitWithTimeout(mutex_, absl::Condition(this, &Events::EndedOrAtOnce), timeout);
    return ended_;
  }
  // In real time, since it is the system that ends processes.
  bool AwaitEnd(absl::Duration timeout) {
    absl::MutexLock lock(&mutex_);
    mutex_.AwaitWithTimeout(absl::Condition(&ended_), timeout);
    return ended_;
  }
  bool ended_unseen() {
    absl::MutexLock lock(&mutex_);
    return unseen_;
  }
  // Waits for the second TERM alone.
  void AwaitAtOnce(Clock& clock, absl::Duration timeout) {
    absl::MutexLock lock(&mutex_);
    clock.AwaitWithTimeout(mutex_, absl::Condition(&at_once_), timeout);
  }

 private:
  bool EndedOrStop() const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) { return ended_ || stop_; }
  bool EndedOrAtOnce() const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) { return ended_ || at_once_; }

  absl::Mutex mutex_;
  bool ended_ ABSL_GUARDED_BY(mutex_) = false;
  bool unseen_ ABSL_GUARDED_BY(mutex_) = false;
  bool stop_ ABSL_GUARDED_BY(mutex_) = false;
  bool at_once_ ABSL_GUARDED_BY(mutex_) = false;
};

// Whether the child is there to be waited for.
bool HasEnded(pid_t leader) {
  siginfo_t info = {};
  constexpr int kLookOnly = WEXITED | WNOHANG | WNOWAIT;
  return ::waitid(P_PID, static_cast<id_t>(leader), &info, kLookOnly) == 0 && info.si_pid == leader;
}

// nullopt: there is no such child.
std::optional<int> ReturnCode(pid_t leader) {
  int status = 0;
  pid_t found = -1;
  do {
    found = ::waitpid(leader, &status, 0);
  } while (found < 0 && errno == EINTR);
  if (found != leader) return std::nullopt;
  return WIFSIGNALED(status) ? -WTERMSIG(status) : WEXITSTATUS(status);
}

std::string WhyStopped(const ProcessOutcome& outcome, absl::Duration time_limit) {
  if (outcome.cause == Cause::kTimedOut) {
    return absl::StrCat("Exceeded max run time of ", absl::ToInt64Seconds(time_limit), " seconds");
  }
  return absl::IsCancelled(outcome.reason)
             ? "Worker is shutting down, but a task is running. Terminating task"
             : absl::StrCat("Stopping the script: ", outcome.reason.message());
}

// A group without a leader to be waited for may be another's by now.
void KillGroup(pid_t leader, Events& events) {
  if (!events.ended_unseen()) ::kill(-leader, SIGKILL);
}

// TERM to the group, up to a second, KILL to the group. The leader is not yet
// waited for, so its number still names the group.
void StopGroup(pid_t leader, const ProcessTree& tree, Events& events, Clock& clock) {
  const absl::Duration start = clock.Monotonic();
  ::kill(-leader, SIGTERM);
  const auto left = [&] {
    return std::max(kGrace - (clock.Monotonic() - start), absl::ZeroDuration());
  };
  if (events.AwaitEndOrAtOnce(clock, left()) && tree.AnyAlive()) {
    // The rest of the second is for those that the leader left behind.
    events.AwaitAtOnce(clock, left());
  }
  KillGroup(leader, events);
}

// Whoever stops the worker may have stopped the script in the same moment, as a supervisor does
// that signals all of them: a script that has failed is not to blame then. The news of it may
// come a little later than the end of a script that died of it.
bool WasStoppedFromOutside(const ProcessOutcome& outcome, const CancellationToken& stop,
                           Clock& clock) {
  if (outcome.return_code == 0) return false;
  return outcome.return_code == -SIGTERM ? !SleepUnlessCancelled(clock, kSameMoment, stop)
                                         : stop.cancelled();
}

}  // namespace

absl::StatusOr<ProcessOutcome> RunTaskProcess(const TaskCommand& command,
                                              const TaskSurroundings& surroundings,
                                              const StopTokens& tokens) {
  Clock& clock = surroundings.clock;
  Logger& logger = surroundings.logger;
  SW_ASSIGN_OR_RETURN(Pipe out, MakePipe());
  SW_ASSIGN_OR_RETURN(Pipe err, MakePipe());
  SW_ASSIGN_OR_RETURN(const ProcessTree tree, ProcessTree::Create());
  // All that the machine may refuse is there before the script, which may leave it nothing.
  Events events;
  SW_ASSIGN_OR_RETURN(const std::unique_ptr<OutputPump> pump,
                      OutputPump::Create(std::move(out.reader), std::move(err.reader),
                                         surroundings.task_log, logger, surroundings.redactor));
  SW_ASSIGN_OR_RETURN(std::unique_ptr<LeaderWatch> watch,
                      LeaderWatch::Create(tree, [&events](bool seen) { events.SetEnded(seen); }));
  const absl::Duration start = clock.Monotonic();
  SW_ASSIGN_OR_RETURN(const pid_t leader, Spawn({.argv = command.argv,
                                                 .environment = command.environment,
                                                 .stdout_fd = out.writer.get(),
                                                 .stderr_fd = err.writer.get(),
                                                 .credentials_fd = command.credentials_fd,
                                                 .restrictions = command.restrictions,
                                                 .cgroup_fd = tree.cgroup_fd()}));
  out.writer.reset();
  err.writer.reset();
  watch->Watch(leader);
  if (command.on_started != nullptr) command.on_started(leader);

  ProcessOutcome outcome;
  bool ended = false;   // by itself
  bool buried = false;  // the leader, by the system
  {
    const CancellationCallback on_stop(tokens.stop, [&events] { events.SetStop(); });
    const CancellationCallback on_at_once(tokens.at_once, [&events] { events.SetAtOnce(); });
    bool stopped = false;
    ended = events.AwaitEndOrStop(clock, start + command.time_limit, &stopped);
    if (stopped) {
      outcome.cause = Cause::kCancelled;
      outcome.reason = tokens.stop.cancelled() ? tokens.stop.reason() : tokens.at_once.reason();
    } else if (!ended) {
      outcome.cause = Cause::kTimedOut;
    }
    if (!ended) StopGroup(leader, tree, events, clock);
    KillGroup(leader, events);  // what is left of it in any case
    buried = events.AwaitEnd(kUsualEnd);
    // The sum of the waits: the time that the machine sleeps is not the script's.
    for (absl::Duration waited; !buried && waited < command.patience; waited += kUsualEnd) {
      tree.Kill();  // a process of another session that traces the leader hides its end
      buried = events.AwaitEnd(kUsualEnd);
    }
    if (!buried) {
      watch->GiveUp();  // it hangs in the kernel
      // Unless it has ended in between, when nobody was told any more.
      buried = HasEnded(leader);
    }
    watch.reset();
  }
  const std::optional<int> return_code = buried ? ReturnCode(leader) : std::nullopt;
  outcome.return_code = return_code.value_or(0);
  if (outcome.cause == Cause::kExited && outcome.return_code < 0) {
    outcome.cause = Cause::kSignaled;
  }
  const absl::Status killed = tree.KillAll(buried ? command.patience : absl::ZeroDuration());
  // Not earlier: a log that hangs lets nothing of the script live.
  if (!ended) logger.Warning(WhyStopped(outcome, command.time_limit));
  pump->Finish();
  if (outcome.cause != Cause::kCancelled && outcome.cause != Cause::kTimedOut &&
      WasStoppedFromOutside(outcome, tokens.stop, clock)) {
    outcome.cause = Cause::kCancelled;
    outcome.reason = tokens.stop.reason();
  }
  if (return_code.has_value()) {
    const std::string exit_line = ExitLine(outcome);
    surroundings.task_log.Write(absl::StrCat(exit_line, "\n"));
    logger.Info(exit_line);
  }
  if (!killed.ok()) return absl::InternalError(killed.message());
  if (return_code.has_value()) return outcome;
  return absl::InternalError("the script's end was not seen: nothing is known of its exit status");
}

}  // namespace scriptworker::worker
