// SPDX-License-Identifier: MPL-2.0
#include "tools/worker_site/running_worker.h"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/log/check.h"
#include "absl/time/time.h"
#include "scriptworker/base/testing/await.h"
#include "scriptworker/base/testing/test_file.h"

namespace scriptworker::tools {

RunningWorker::RunningWorker(std::vector<std::string> arguments, const std::string& output_path,
                             std::vector<std::string> variables, std::string_view program) {
  std::string path =
      program.empty() ? TestFilePath("scriptworker/scriptworker") : std::string(program);
  std::vector<char*> argv = {path.data()};
  for (std::string& argument : arguments) argv.push_back(argument.data());
  argv.push_back(nullptr);
  std::vector<char*> environment;
  for (char** variable = environ; *variable != nullptr; ++variable) {
    environment.push_back(*variable);
  }
  for (std::string& variable : variables) environment.push_back(variable.data());
  environment.push_back(nullptr);
  posix_spawn_file_actions_t files;
  posix_spawn_file_actions_init(&files);
  posix_spawn_file_actions_addopen(&files, 0, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_addopen(&files, 1, output_path.c_str(), O_WRONLY | O_CREAT | O_APPEND,
                                   0600);
  posix_spawn_file_actions_adddup2(&files, 1, 2);
  // Whatever this program was started under (nohup).
  sigset_t hup;
  sigemptyset(&hup);
  sigaddset(&hup, SIGHUP);
  posix_spawnattr_t attributes;
  posix_spawnattr_init(&attributes);
  posix_spawnattr_setsigdefault(&attributes, &hup);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGDEF);
  CHECK_EQ(posix_spawn(&pid_, path.c_str(), &files, &attributes, argv.data(), environment.data()),
           0)
      << path;
  posix_spawnattr_destroy(&attributes);
  posix_spawn_file_actions_destroy(&files);
}

RunningWorker::RunningWorker(RunningWorker&& other) noexcept
    : pid_(std::exchange(other.pid_, -1)), status_(other.status_) {}

RunningWorker& RunningWorker::operator=(RunningWorker&& other) noexcept {
  if (this != &other) {
    End();
    pid_ = std::exchange(other.pid_, -1);
    status_ = other.status_;
  }
  return *this;
}

RunningWorker::~RunningWorker() { End(); }

void RunningWorker::End() {
  if (pid_ < 0 || status_.has_value()) return;
  ::kill(pid_, SIGKILL);
  ::waitpid(pid_, nullptr, 0);
}

void RunningWorker::Signal(int signal) const {
  CHECK(!status_.has_value());
  CHECK_EQ(::kill(pid_, signal), 0);
}

std::optional<int> RunningWorker::Poll() {
  int status = 0;
  if (!status_.has_value() && ::waitpid(pid_, &status, WNOHANG) == pid_) {
    status_ = WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
  }
  return status_;
}

std::optional<int> RunningWorker::Wait(absl::Duration limit) {
  AwaitTrue([this] { return Poll().has_value(); }, limit);
  return status_;
}

}  // namespace scriptworker::tools
