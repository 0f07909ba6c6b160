// SPDX-License-Identifier: MPL-2.0
#include "tools/bench/process_runner.h"

#include <fcntl.h>
#include <spawn.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <iostream>
#include <string>
#include <utility>
#include <vector>

#include "absl/log/check.h"
#include "absl/strings/str_cat.h"
#include "scriptworker/base/file.h"

namespace scriptworker::tools {
namespace {

// What goes through the pipes.
struct Answer {
  int status = 0;
  ProcessCost cost = {};
};
constexpr char kEndOfWord = '\0';
constexpr char kEndOfRequest = '\n';

}  // namespace

ProcessRunner::ProcessRunner() {
  int to_child[2], from_child[2];
  CHECK_EQ(pipe2(to_child, O_CLOEXEC), 0);
  CHECK_EQ(pipe2(from_child, O_CLOEXEC), 0);
  child_ = fork();
  CHECK_GE(child_, 0);
  if (child_ == 0) {
    close(to_child[1]);
    Serve(to_child[0], from_child[1]);
  }
  close(to_child[0]);
  close(from_child[1]);
  requests_ = to_child[1];
  answers_ = from_child[0];
}

ProcessRunner::~ProcessRunner() {
  close(requests_);
  waitpid(child_, nullptr, 0);
  close(answers_);
}

void ProcessRunner::Serve(int requests, int answers) {
  std::vector<std::string> words = {""};
  char c = 0;
  while (read(requests, &c, 1) == 1) {
    if (c == kEndOfWord) {
      words.emplace_back();
    } else if (c == kEndOfRequest) {
      words.pop_back();
      Answer answer;
      answer.cost = RunHere(words, answer.status);
      if (write(answers, &answer, sizeof(answer)) != sizeof(answer)) break;
      words = {""};
    } else {
      words.back().push_back(c);
    }
  }
  _exit(0);
}

ProcessCost ProcessRunner::RunHere(std::vector<std::string> words, int& status) {
  const std::string output = words.back();
  words.pop_back();
  std::vector<char*> argv;
  for (std::string& word : words) argv.push_back(word.data());
  argv.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  CHECK_EQ(posix_spawn_file_actions_init(&actions), 0);
  for (int fd : {STDOUT_FILENO, STDERR_FILENO}) {
    CHECK_EQ(posix_spawn_file_actions_addopen(&actions, fd, output.c_str(),
                                              O_WRONLY | O_CREAT | O_APPEND, 0644),
             0);
  }
  const auto start = std::chrono::steady_clock::now();
  pid_t child = 0;
  CHECK_EQ(posix_spawnp(&child, argv[0], &actions, nullptr, argv.data(), environ), 0) << argv[0];
  posix_spawn_file_actions_destroy(&actions);
  rusage usage = {};
  CHECK_EQ(wait4(child, &status, 0, &usage), child);
  const std::chrono::duration<double, std::milli> wall = std::chrono::steady_clock::now() - start;
  const auto ms = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) * 1e3 + static_cast<double>(time.tv_usec) / 1e3;
  };
  return {.cpu_ms = ms(usage.ru_utime) + ms(usage.ru_stime),
          .wall_ms = wall.count(),
          .peak_mib = static_cast<double>(usage.ru_maxrss) / 1024};
}

ProcessCost ProcessRunner::Run(const std::vector<std::string>& words,
                               const std::string& output) const {
  std::string request;
  for (const std::string& word : words) absl::StrAppend(&request, word, std::string(1, kEndOfWord));
  absl::StrAppend(&request, output, std::string(1, kEndOfWord), std::string(1, kEndOfRequest));
  CHECK_OK(WriteAll(requests_, request, "the runner"));
  Answer answer;
  CHECK_EQ(read(answers_, &answer, sizeof(answer)), static_cast<ssize_t>(sizeof(answer)));
  if (answer.status == 0) return answer.cost;
  std::cerr << ReadFile(output, 1 << 20).value_or("") << "\n"
            << words[0] << " ended with wait status " << answer.status << "\n";
  std::exit(2);
}

}  // namespace scriptworker::tools
