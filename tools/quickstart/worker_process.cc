// SPDX-License-Identifier: MPL-2.0

#include "tools/quickstart/worker_process.h"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <optional>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "scriptworker/base/clock.h"

namespace scriptworker::tools {
namespace {

constexpr int kSignalBase = 128;
constexpr mode_t kOutputMode = 0644;

}  // namespace

absl::StatusOr<WorkerProcess> WorkerProcess::Start(const std::string& program,
                                                   const std::string& config,
                                                   const std::string& output_path, Clock& clock) {
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, output_path.c_str(),
                                   O_WRONLY | O_CREAT | O_TRUNC, kOutputMode);
  posix_spawn_file_actions_adddup2(&actions, STDOUT_FILENO, STDERR_FILENO);
  std::string arguments[] = {program, config};
  char* const argv[] = {arguments[0].data(), arguments[1].data(), nullptr};
  pid_t pid = -1;
  const int error = ::posix_spawn(&pid, program.c_str(), &actions, nullptr, argv, environ);
  posix_spawn_file_actions_destroy(&actions);
  if (error != 0) return absl::ErrnoToStatus(error, program);
  return WorkerProcess(pid, clock);
}

WorkerProcess::WorkerProcess(WorkerProcess&& other) noexcept
    : pid_(std::exchange(other.pid_, -1)), exit_status_(other.exit_status_), clock_(other.clock_) {}

WorkerProcess::~WorkerProcess() {
  if (pid_ < 0 || Poll().has_value()) return;
  ::kill(pid_, SIGTERM);
  if (Wait(absl::Seconds(10)).has_value()) return;
  ::kill(pid_, SIGKILL);
  Wait(absl::Seconds(10));
}

void WorkerProcess::Drain() { ::kill(pid_, SIGUSR1); }

std::optional<int> WorkerProcess::Poll() {
  if (exit_status_.has_value()) return exit_status_;
  int status = 0;
  if (::waitpid(pid_, &status, WNOHANG) != pid_) return std::nullopt;
  exit_status_ = WIFEXITED(status) ? WEXITSTATUS(status) : kSignalBase + WTERMSIG(status);
  return exit_status_;
}

std::optional<int> WorkerProcess::Wait(absl::Duration limit) {
  const absl::Duration end = clock_->Monotonic() + limit;
  while (!Poll().has_value() && clock_->Monotonic() < end) {
    clock_->SleepFor(absl::Milliseconds(20));
  }
  return exit_status_;
}

}  // namespace scriptworker::tools
