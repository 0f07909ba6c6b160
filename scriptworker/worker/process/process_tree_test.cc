// SPDX-License-Identifier: MPL-2.0
#include "scriptworker/worker/process/process_tree.h"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <string>
#include <thread>

#include "absl/status/status.h"
#include "absl/status/status_matchers.h"
#include "absl/status/statusor.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "scriptworker/base/file.h"
#include "scriptworker/base/testing/await.h"
#include "scriptworker/base/testing/temp_dir.h"
#include "scriptworker/base/unique_fd.h"

namespace scriptworker::worker {
namespace {

using ::absl_testing::IsOk;
using ::absl_testing::StatusIs;
using ::testing::HasSubstr;

constexpr absl::Duration kPatience = absl::Seconds(20);

pid_t StartBash(const std::string& script) {
  std::string program = "bash", option = "-c", text = script;
  char* argv[] = {program.data(), option.data(), text.data(), nullptr};
  pid_t pid = 0;
  EXPECT_EQ(::posix_spawnp(&pid, "bash", nullptr, nullptr, argv, environ), 0);
  return pid;
}

// The number that a process writes to a file of its own accord.
pid_t AwaitPid(const std::string& path) {
  pid_t pid = -1;
  EXPECT_TRUE(AwaitTrue([&] {
    const std::string text = ReadFile(path).value_or("");
    return text.ends_with('\n') && absl::SimpleAtoi(text, &pid);
  })) << path
      << " never held a process id";
  return pid;
}

bool AwaitLeader(const ProcessTree& tree, pid_t leader) {
  const std::atomic<bool> given_up = false;
  return ProcessTree::AwaitLeader(leader, tree.ReapsAdopted(), given_up);
}

bool Exists(pid_t pid) { return ::kill(pid, 0) == 0; }

class ProcessTreeTest : public testing::Test {
 protected:
  void Reap(const ProcessTree& tree, pid_t leader) {
    ASSERT_TRUE(AwaitLeader(tree, leader));
    ASSERT_EQ(::waitpid(leader, nullptr, 0), leader);
  }

  const TempDir temp_;
  const std::string pid_file_ = temp_.Path("pid");
};

TEST_F(ProcessTreeTest, AScriptAloneLeavesNothing) {
  absl::StatusOr<ProcessTree> tree = ProcessTree::Create();
  ASSERT_THAT(tree, IsOk());
  Reap(*tree, StartBash("exit 3"));
  EXPECT_FALSE(tree->AnyAlive());
  EXPECT_THAT(tree->KillAll(kPatience), IsOk());
}

TEST_F(ProcessTreeTest, ALeaderThatCannotBeWaitedForIsNotAwaited) {
  absl::StatusOr<ProcessTree> tree = ProcessTree::Create();
  ASSERT_THAT(tree, IsOk());
  const pid_t leader = StartBash("exit 3");
  ASSERT_EQ(::waitpid(leader, nullptr, 0), leader);
  EXPECT_FALSE(AwaitLeader(*tree, leader));
}

TEST_F(ProcessTreeTest, EndsAProcessThatDoubleForkedIntoItsOwnSession) {
  absl::StatusOr<ProcessTree> tree = ProcessTree::Create();
  ASSERT_THAT(tree, IsOk());
  Reap(*tree, StartBash(absl::StrCat("(setsid bash -c 'echo $$ > ", pid_file_,
                                     "; exec sleep 1000' </dev/null >/dev/null 2>&1 &)")));
  const pid_t daemon = AwaitPid(pid_file_);
  EXPECT_TRUE(tree->AnyAlive());
  EXPECT_THAT(tree->KillAll(kPatience), IsOk());
  EXPECT_FALSE(Exists(daemon));
  EXPECT_FALSE(tree->AnyAlive());
}

TEST_F(ProcessTreeTest, EndsProcessesThatIgnoreSignalsAndThoseBelowThem) {
  absl::StatusOr<ProcessTree> tree = ProcessTree::Create();
  ASSERT_THAT(tree, IsOk());
  Reap(*tree, StartBash(absl::StrCat("trap '' TERM HUP INT; (bash -c 'echo $$ > ", pid_file_,
                                     "; exec sleep 1000' & wait) &")));
  const pid_t grandchild = AwaitPid(pid_file_);
  EXPECT_THAT(tree->KillAll(kPatience), IsOk());
  EXPECT_FALSE(Exists(grandchild));
}

TEST_F(ProcessTreeTest, EndsProcessesThatKeepStartingOthers) {
  absl::StatusOr<ProcessTree> tree = ProcessTree::Create();
  ASSERT_THAT(tree, IsOk());
  Reap(*tree, StartBash(absl::StrCat("(setsid bash -c 'echo $$ > ", pid_file_,
                                     "; while true; do (sleep 1000 &); done' &)")));
  AwaitPid(pid_file_);
  EXPECT_THAT(tree->KillAll(kPatience), IsOk());
  EXPECT_FALSE(tree->AnyAlive());
}

// /proc calls it a zombie then, but its other threads go on.
TEST_F(ProcessTreeTest, EndsAProcessWhoseFirstThreadHasEnded) {
  absl::StatusOr<ProcessTree> tree = ProcessTree::Create();
  ASSERT_THAT(tree, IsOk());
  const pid_t process = ::fork();
  if (process == 0) {
    std::thread([] {
      while (true) ::pause();
    }).detach();
    ::syscall(SYS_exit, 0);
  }
  ASSERT_TRUE(AwaitTrue([&] {
    return absl::StrContains(ReadFile(absl::StrCat("/proc/", process, "/stat")).value(), ") Z ");
  }));
  EXPECT_TRUE(tree->AnyAlive());
  EXPECT_THAT(tree->KillAll(kPatience), IsOk());
  EXPECT_FALSE(Exists(process));
}

TEST_F(ProcessTreeTest, LeavesChildrenThatWereThereBefore) {
  const pid_t other = StartBash("exec sleep 1000");
  absl::StatusOr<ProcessTree> tree = ProcessTree::Create();
  ASSERT_THAT(tree, IsOk());
  Reap(*tree,
       StartBash(absl::StrCat("(setsid bash -c 'echo $$ > ", pid_file_, "; exec sleep 1000' &)")));
  const pid_t daemon = AwaitPid(pid_file_);
  EXPECT_THAT(tree->KillAll(kPatience), IsOk());
  EXPECT_FALSE(Exists(daemon));
  EXPECT_TRUE(Exists(other));
  ::kill(other, SIGKILL);
  EXPECT_EQ(::waitpid(other, nullptr, 0), other);
}

TEST_F(ProcessTreeTest, LeavesAChildWhoseEndSendsNoSignal) {
  const auto silent = static_cast<pid_t>(::syscall(SYS_clone, 0UL, 0UL, 0UL, 0UL, 0UL));
  if (silent == 0) {
    while (true) ::pause();
  }
  absl::StatusOr<ProcessTree> tree = ProcessTree::Create();
  ASSERT_THAT(tree, IsOk());
  Reap(*tree,
       StartBash(absl::StrCat("(setsid bash -c 'echo $$ > ", pid_file_, "; exec sleep 1000' &)")));
  const pid_t daemon = AwaitPid(pid_file_);
  EXPECT_TRUE(tree->AnyAlive());
  EXPECT_THAT(tree->KillAll(kPatience), IsOk());
  EXPECT_FALSE(Exists(daemon));
  EXPECT_FALSE(tree->AnyAlive());
  int status = 0;
  EXPECT_EQ(::waitpid(silent, &status, __WALL | WNOHANG), 0) << "it has ended";
  ::kill(silent, SIGKILL);
  EXPECT_EQ(::waitpid(silent, &status, __WALL), silent);
}

TEST_F(ProcessTreeTest, EndsWhatIsInItsControlGroupWhoeverStartedIt) {
  const pid_t other = StartBash("exec sleep 1000");  // a child that was there before
  absl::StatusOr<ProcessTree> tree = ProcessTree::Create();
  ASSERT_THAT(tree, IsOk());
  const std::string text = absl::StrCat(other);
  const UniqueFd procs(::openat(tree->cgroup_fd(), "cgroup.procs", O_WRONLY | O_CLOEXEC));
  if (!procs.valid() || !WriteAll(procs.get(), text, "cgroup.procs").ok()) {
    ::kill(other, SIGKILL);
    ::waitpid(other, nullptr, 0);
    GTEST_SKIP() << "SKIPPED: this process may not make control groups";
  }
  EXPECT_TRUE(tree->AnyAlive());
  EXPECT_THAT(tree->KillAll(kPatience), IsOk());
  int status = 0;
  EXPECT_EQ(::waitpid(other, &status, 0), other);
  EXPECT_EQ(WTERMSIG(status), SIGKILL);
}

TEST_F(ProcessTreeTest, NamesWhatDoesNotEndInTime) {
  absl::StatusOr<ProcessTree> tree = ProcessTree::Create();
  ASSERT_THAT(tree, IsOk());
  const pid_t process = StartBash("exec sleep 1000");
  EXPECT_THAT(tree->KillAll(-absl::Seconds(1)),
              StatusIs(absl::StatusCode::kDeadlineExceeded, HasSubstr(absl::StrCat(process))));
  EXPECT_THAT(tree->KillAll(kPatience), IsOk());
}

TEST_F(ProcessTreeTest, WhatIsLeftOverIsEndedBeforeTheNextScript) {
  const pid_t companion = StartBash("exec sleep 1000");  // came with the worker
  const ProcessTree scripts = ProcessTree::OfAllScripts();
  EXPECT_THAT(scripts.KillAll(kPatience), IsOk());
  const pid_t left = StartBash("trap '' TERM; while true; do sleep 1000; done");
  EXPECT_THAT(scripts.KillAll(kPatience), IsOk());
  EXPECT_FALSE(Exists(left));
  EXPECT_TRUE(Exists(companion));
  ::kill(companion, SIGKILL);
  EXPECT_EQ(::waitpid(companion, nullptr, 0), companion);
}

TEST_F(ProcessTreeTest, ReapsOrphansWhileTheLeaderRuns) {
  absl::StatusOr<ProcessTree> tree = ProcessTree::Create();
  ASSERT_THAT(tree, IsOk());
  // The orphan ends at once; the leader waits until it has vanished.
  const pid_t leader =
      StartBash(absl::StrCat("(bash -c 'echo $$ > ", pid_file_, "' &); while ! [ -s ", pid_file_,
                             " ]; do sleep 0.01; done; p=$(cat ", pid_file_,
                             "); while [ -e /proc/$p ]; do sleep 0.01; done; exit 7"));
  EXPECT_TRUE(AwaitLeader(*tree, leader));
  int status = 0;
  ASSERT_EQ(::waitpid(leader, &status, 0), leader);
  EXPECT_EQ(WEXITSTATUS(status), 7);
}

}  // namespace
}  // namespace scriptworker::worker
