// SPDX-License-Identifier: MPL-2.0
#include "scriptworker/worker/process/exec_clone.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <cstdint>
#include <string>
#include <thread>

#include "gtest/gtest.h"
#include "scriptworker/base/unique_fd.h"

namespace scriptworker::worker {
namespace {

// Its exit code; -1: it did not exit.
int AwaitExit(pid_t pid) {
  int status = 0;
  EXPECT_EQ(::waitpid(pid, &status, 0), pid);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

TEST(ExecCloneTest, TheChildGetsItsArgumentAndItsEndIsThatOfAChild) {
  const int code = 42;
  const pid_t pid = ExecClone(
      [](const void* argument) { ::_exit(*static_cast<const int*>(argument)); }, &code, -1);
  ASSERT_GT(pid, 0);
  EXPECT_EQ(AwaitExit(pid), 42);
}

TEST(ExecCloneTest, TheChildBecomesAnotherProgram) {
  static constexpr const char* kArguments[] = {"/bin/sh", "-c", "exit 7", nullptr};
  const pid_t pid = ExecClone(
      [](const void* argument) {
        const auto* const words = static_cast<const char* const*>(argument);
        char* environment[] = {nullptr};
        ::syscall(SYS_execve, words[0], words, environment);
        ::_exit(127);
      },
      kArguments, -1);
  ASSERT_GT(pid, 0);
  EXPECT_EQ(AwaitExit(pid), 7);
}

TEST(ExecCloneTest, TheCallerWaitsForTheChildAndIsAsItWas) {
  int64_t written = 0;
  const pid_t pid = ExecClone(
      [](const void* argument) {
        *static_cast<int64_t*>(const_cast<void*>(argument)) = 5;
        ::_exit(0);
      },
      &written, -1);
  // By now: either at once, in this very memory, or never, in a copy.
  EXPECT_EQ(written, ExecCloneSharesMemory() ? 5 : 0);
  EXPECT_EQ(AwaitExit(pid), 0);
}

// Closing descriptors and changing signals, the group or the folder are the child's
// own business.
TEST(ExecCloneTest, NothingButMemoryIsShared) {
  const UniqueFd kept(::open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  const std::string folder = std::to_string(::getpgrp());
  char before[4096] = "";
  char after[4096] = "";
  ASSERT_NE(::getcwd(before, sizeof(before)), nullptr);
  const int fd = kept.get();
  const pid_t pid = ExecClone(
      [](const void* argument) {
        const int number = *static_cast<const int*>(argument);
        const bool moved = ::syscall(SYS_fchdir, number) == 0 && ::syscall(SYS_setsid) > 0;
        ::_exit(moved && ::syscall(SYS_close, number) == 0 ? 0 : 1);
      },
      &fd, -1);
  EXPECT_EQ(AwaitExit(pid), 0);
  EXPECT_GE(::fcntl(fd, F_GETFD), 0);
  ASSERT_NE(::getcwd(after, sizeof(after)), nullptr);
  EXPECT_STREQ(after, before);
  EXPECT_EQ(std::to_string(::getpgrp()), folder);
}

// The signals that the calling thread holds back; the kernel's own set, without the C
// library's idea of it.
uint64_t Blocked() {
  uint64_t signals = 0;
  ::syscall(SYS_rt_sigprocmask, SIG_BLOCK, nullptr, &signals, sizeof(signals));
  return signals;
}

TEST(ExecCloneTest, TheChildStartsWithAllSignalsBlockedAndTheCallersAreAsTheyWere) {
  const uint64_t before = Blocked();
  ASSERT_EQ(before & (uint64_t{1} << (SIGUSR1 - 1)), 0u);
  const pid_t pid = ExecClone(
      [](const void*) {
        // None of these can be blocked, or may be by the C library.
        const uint64_t exempt = uint64_t{1} << (SIGKILL - 1) | uint64_t{1} << (SIGSTOP - 1) |
                                uint64_t{1} << (__SIGRTMIN - 1) | uint64_t{1} << __SIGRTMIN;
        uint64_t signals = 0;
        ::syscall(SYS_rt_sigprocmask, SIG_BLOCK, nullptr, &signals, sizeof(signals));
        ::_exit((signals | exempt) == ~uint64_t{0} ? 0 : 1);
      },
      nullptr, -1);
  ASSERT_GT(pid, 0);
  EXPECT_EQ(AwaitExit(pid), 0);
  EXPECT_EQ(Blocked(), before);
}

TEST(ExecCloneTest, ADescriptorThatIsNoControlGroupIsIgnored) {
  const UniqueFd fd(::open("/dev/null", O_RDONLY | O_CLOEXEC));
  const pid_t pid = ExecClone([](const void*) { ::_exit(3); }, nullptr, fd.get());
  ASSERT_GT(pid, 0);
  EXPECT_EQ(AwaitExit(pid), 3);
}

TEST(ExecCloneTest, OtherThreadsRunOnWhileTheChildHasNotExecuted) {
  std::atomic<int> turns = 0;
  std::atomic<bool> end = false;
  std::thread other([&] {
    while (!end) ++turns;
  });
  while (turns == 0) std::this_thread::yield();
  const int before = turns;
  const pid_t pid = ExecClone(
      [](const void*) {
        const timespec pause = {.tv_sec = 0, .tv_nsec = 50'000'000};
        ::syscall(SYS_nanosleep, &pause, nullptr);
        ::_exit(0);
      },
      nullptr, -1);
  EXPECT_GT(turns, before);
  end = true;
  other.join();
  EXPECT_EQ(AwaitExit(pid), 0);
}

}  // namespace
}  // namespace scriptworker::worker
