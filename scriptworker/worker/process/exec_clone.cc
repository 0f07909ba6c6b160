// SPDX-License-Identifier: MPL-2.0
#include "scriptworker/worker/process/exec_clone.h"

#include <sched.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <memory>

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define SW_SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer) || \
    __has_feature(memory_sanitizer)
#define SW_SANITIZED 1
#endif
#endif

#if defined(__x86_64__) && !defined(SW_SANITIZED)
#define SW_SHARES_MEMORY 1
#else
#define SW_SHARES_MEMORY 0
#endif

namespace scriptworker::worker {
namespace {

// The kernel's struct clone_args, which older headers do not have in full.
struct CloneArguments {
  uint64_t flags = 0;
  uint64_t pidfd = 0;
  uint64_t child_tid = 0;
  uint64_t parent_tid = 0;
  uint64_t exit_signal = SIGCHLD;
  uint64_t stack = 0;
  uint64_t stack_size = 0;
  uint64_t tls = 0;
  uint64_t set_tid = 0;
  uint64_t set_tid_size = 0;
  uint64_t cgroup = 0;
};

constexpr uint64_t kCloneIntoCgroup = 0x200000000;
constexpr long kClone3 = 435;

using Body = void (*)(const void*);

#if SW_SHARES_MEMORY

constexpr size_t kStackSize = size_t{64} << 10;

// The system call, and in the child run(argument) on the new stack: the child must
// never return through the frames of its parent, which has yet to return through them.
pid_t Clone3(CloneArguments arguments, Body run, const void* argument) {
  // malloc's alignment is what the stack's end needs.
  const auto stack = std::make_unique_for_overwrite<char[]>(kStackSize);
  arguments.flags |= CLONE_VM;
  arguments.stack = reinterpret_cast<uintptr_t>(stack.get());
  arguments.stack_size = kStackSize;
  long result = kClone3;
  asm volatile(
      "syscall\n\t"
      "test %%rax, %%rax\n\t"
      "jnz 1f\n\t"
      "mov %[argument], %%rdi\n\t"
      "mov %[run], %%rax\n\t"
      "xor %%ebp, %%ebp\n\t"  // the outermost frame; last, since [run] may be in it
      "call *%%rax\n\t"
      "ud2\n"
      "1:"
      : "+a"(result)
      : "D"(&arguments), "S"(sizeof(arguments)), [run] "r"(run), [argument] "r"(argument)
      : "rcx", "r11", "cc", "memory");
  if (result < 0) {
    errno = static_cast<int>(-result);
    return -1;
  }
  return static_cast<pid_t>(result);
}

#else

// In a copy there is no need of another stack.
pid_t Clone3(const CloneArguments& arguments, Body run, const void* argument) {
  const auto pid = static_cast<pid_t>(::syscall(kClone3, &arguments, sizeof(arguments)));
  if (pid == 0) run(argument);
  return pid;
}

#endif

}  // namespace

bool ExecCloneSharesMemory() { return SW_SHARES_MEMORY != 0; }

namespace {

pid_t Clone(Body run, const void* argument, int cgroup_fd) {
  CloneArguments arguments = {.flags = CLONE_VFORK};
  if (cgroup_fd >= 0) {
    arguments.flags |= kCloneIntoCgroup;
    arguments.cgroup = static_cast<uint64_t>(cgroup_fd);
    if (const pid_t pid = Clone3(arguments, run, argument); pid >= 0) return pid;
    // A group that takes no processes, or a kernel before 5.7.
    arguments = {.flags = CLONE_VFORK};
  }
  if (const pid_t pid = Clone3(arguments, run, argument); pid >= 0) return pid;
  // A kernel before 5.3, or a filter of system calls, which cannot look into a struct.
  const auto pid =
      static_cast<pid_t>(::syscall(SYS_clone, CLONE_VFORK | SIGCHLD, 0UL, 0UL, 0UL, 0UL));
  if (pid == 0) run(argument);
  return pid;
}

}  // namespace

pid_t ExecClone(Body run, const void* argument, int cgroup_fd) {
  // No handler of this process may run in the child.
  sigset_t all;
  sigset_t before;
  ::sigfillset(&all);
  ::pthread_sigmask(SIG_BLOCK, &all, &before);
  const int dumpable = ::prctl(PR_GET_DUMPABLE);
  const pid_t pid = Clone(run, argument, cgroup_fd);
  const int error = errno;
  // It belongs to the memory: where the child changed its user, the kernel has set it to
  // fs.suid_dumpable.
  if (::prctl(PR_GET_DUMPABLE) != dumpable) ::prctl(PR_SET_DUMPABLE, dumpable);
  ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
  errno = error;
  return pid;
}

}  // namespace scriptworker::worker
