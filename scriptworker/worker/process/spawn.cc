// SPDX-License-Identifier: MPL-2.0
#include "scriptworker/worker/process/spawn.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "scriptworker/base/path.h"
#include "scriptworker/base/status_macros.h"
#include "scriptworker/base/unique_fd.h"
#include "scriptworker/worker/process/exec_clone.h"
#include "scriptworker/worker/process/restrictions.h"

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

// Why the new process did not become the script.
struct Failure {
  char step[64] = {};
  int error = 0;
};

// Everything that the new process needs, made ready beforehand.
struct Plan {
  const char* program = nullptr;
  char* const* argv = nullptr;
  char* const* environment = nullptr;
  int stdout_fd = -1;
  int stderr_fd = -1;
  int credentials_fd = -1;
  int failure_fd = -1;  // above all that are replaced
  pid_t worker = 0;
  const Restrictions* restrictions = nullptr;
};

[[noreturn]] void Fail(int failure_fd, std::string_view step, int error) {
  Failure failure;
  step.copy(failure.step, sizeof(failure.step) - 1);
  failure.error = error;
  ::syscall(SYS_write, failure_fd, &failure, sizeof(failure));
  ::_exit(127);
}

void ResetSignals() {
  // All zeros: SIG_DFL, no flags, empty mask, however the kernel lays it out.
  const uint64_t zeros[8] = {};
  for (int signal = 1; signal <= 64; ++signal) {
    ::syscall(SYS_rt_sigaction, signal, zeros, nullptr, sizeof(uint64_t));
  }
  ::syscall(SYS_rt_sigprocmask, SIG_SETMASK, zeros, nullptr, sizeof(uint64_t));
}

// Between clone and exec, in the memory of a process that has other threads: nothing
// but system calls, and those not through the C library where that would take a
// lock or speak of its threads.
[[noreturn]] void BecomeScript(const Plan& plan) {
  ::syscall(SYS_setsid);
  if (plan.restrictions != nullptr) {
    const RestrictionFailure failure = ApplyRestrictions(*plan.restrictions);
    if (failure.error != 0) Fail(plan.failure_fd, failure.step, failure.error);
  }
  // A worker that is killed takes its script along. What else the script has
  // started is for the next worker to end (orphans.h). After the restrictions,
  // since a change of the user undoes it.
  ::syscall(SYS_prctl, PR_SET_PDEATHSIG, SIGKILL, 0UL, 0UL, 0UL);
  if (::syscall(SYS_getppid) != plan.worker) ::_exit(127);  // it was killed before that
  // The sources are all above 2 (a main file sees to that), so no step
  // overwrites the source of a later one but the credentials' own.
  int next = kCredentialsFdInScript;
  bool connected = ::syscall(SYS_dup3, plan.stdout_fd, 1, 0) == 1 &&
                   ::syscall(SYS_dup3, plan.stderr_fd, 2, 0) == 2;
  if (plan.credentials_fd == next) {
    connected = connected && ::syscall(SYS_fcntl, next, F_SETFD, 0) == 0;
    ++next;
  } else if (plan.credentials_fd >= 0) {
    connected = connected && ::syscall(SYS_dup3, plan.credentials_fd, next, 0) == next;
    ++next;
  }
  if (!connected || ::syscall(SYS_dup3, plan.failure_fd, next, O_CLOEXEC) != next) {
    Fail(plan.failure_fd, "cannot connect the descriptors", errno);
  }
  ::closefrom(next + 1);
  ResetSignals();
  ::syscall(SYS_execve, plan.program, plan.argv, plan.environment);
  Fail(next, "", errno);
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
    struct stat info;
    if (::stat(candidate.c_str(), &info) == 0 && !S_ISREG(info.st_mode)) continue;
    if (::access(candidate.c_str(), X_OK) == 0) return candidate;
    // EACCES may also be that of a folder that this user may not enter.
    if (errno == EACCES && ::access(candidate.c_str(), F_OK) == 0) forbidden = true;
  }
  if (forbidden) {
    return absl::PermissionDeniedError(
        absl::StrCat("task_script: ", name, ": not executable in PATH (", path, ")"));
  }
  return absl::NotFoundError(
      absl::StrCat("task_script: ", name, ": not found in PATH (", path, ")"));
}

absl::StatusOr<pid_t> Spawn(const SpawnOptions& options) {
  if (options.argv.empty() || options.argv[0].empty()) {
    return absl::InvalidArgumentError("task_script: expected a program");
  }
  SW_ASSIGN_OR_RETURN(const std::string program, FindProgram(options.argv[0], options.environment));

  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) return absl::ErrnoToStatus(errno, "cannot make a pipe");
  const UniqueFd reader(ends[0]);
  UniqueFd low_writer(ends[1]);
  UniqueFd writer(::fcntl(low_writer.get(), F_DUPFD_CLOEXEC, 10));
  low_writer.reset();
  if (!writer.valid()) return absl::ErrnoToStatus(errno, "cannot make a pipe");

  const std::vector<char*> argv = Pointers(options.argv);
  const std::vector<char*> environment = Pointers(options.environment);
  const Plan plan{.program = program.c_str(),
                  .argv = argv.data(),
                  .environment = environment.data(),
                  .stdout_fd = options.stdout_fd,
                  .stderr_fd = options.stderr_fd,
                  .credentials_fd = options.credentials_fd,
                  .failure_fd = writer.get(),
                  .worker = ::getpid(),
                  .restrictions = options.restrictions};
  const pid_t pid =
      ExecClone([](const void* argument) { BecomeScript(*static_cast<const Plan*>(argument)); },
                &plan, options.cgroup_fd);
  if (pid < 0) {
    return absl::ErrnoToStatus(errno, absl::StrCat("task_script: cannot start ", program));
  }
  writer.reset();
  Failure failure;
  ssize_t got = 0;
  do {
    got = ::read(reader.get(), &failure, sizeof(failure));
  } while (got < 0 && errno == EINTR);
  if (got == 0) return pid;  // closed by exec
  while (::waitpid(pid, nullptr, 0) < 0 && errno == EINTR) {
  }
  const std::string_view step = failure.step;
  return absl::ErrnoToStatus(failure.error, absl::StrCat("task_script: cannot start ", program,
                                                         step.empty() ? "" : ": ", step));
}

}  // namespace scriptworker::worker
