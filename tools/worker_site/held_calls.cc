// SPDX-License-Identifier: MPL-2.0
#include "tools/worker_site/held_calls.h"

#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <thread>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/functional/function_ref.h"
#include "absl/log/check.h"
#include "absl/synchronization/mutex.h"
#include "absl/synchronization/notification.h"
#include "absl/time/time.h"
#include "scriptworker/base/unique_fd.h"

namespace scriptworker::tools {
namespace {

constexpr long kCalls[] = {
#ifdef SYS_mkdir
    SYS_mkdir,
#endif
#ifdef SYS_rmdir
    SYS_rmdir,
#endif
#ifdef SYS_unlink
    SYS_unlink,
#endif
    SYS_mkdirat, SYS_unlinkat, SYS_getdents64,
};

// For the calling thread, and the processes that it starts, until they end: these calls and
// openat(O_CREAT) are shown to who has the descriptor. Invalid: it is not to be had.
UniqueFd ShowCalls() {
  std::vector<sock_filter> filter = {
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr))};
  for (const long call : kCalls) {
    filter.push_back(BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, static_cast<uint32_t>(call), 0, 1));
    filter.push_back(BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_USER_NOTIF));
  }
  // The lower half of the flags; the machines at hand are little endian.
  filter.push_back(BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, static_cast<uint32_t>(SYS_openat), 0, 3));
  filter.push_back(BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, args[2])));
  filter.push_back(BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, static_cast<uint32_t>(O_CREAT), 0, 1));
  filter.push_back(BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_USER_NOTIF));
  filter.push_back(BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW));
  const sock_fprog program = {.len = static_cast<unsigned short>(filter.size()),
                              .filter = filter.data()};
  if (::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) return UniqueFd();
  return UniqueFd(static_cast<int>(
      ::syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_NEW_LISTENER, &program)));
}

}  // namespace

HeldCalls::HeldCalls(std::function<bool(pid_t)> holds)
    : holds_(std::move(holds)), end_(::eventfd(0, EFD_CLOEXEC)) {
  CHECK(end_.valid());
}

HeldCalls::~HeldCalls() {
  LetGo();
  if (!watch_.joinable()) return;
  const uint64_t one = 1;
  CHECK_EQ(::write(end_.get(), &one, sizeof(one)), static_cast<ssize_t>(sizeof(one)));
  watch_.join();
}

bool HeldCalls::Run(absl::FunctionRef<void()> body) {
  absl::Notification shown;
  absl::Notification watched;
  std::thread starter([&] {
    calls_ = ShowCalls();
    shown.Notify();
    watched.WaitForNotification();
    if (calls_.valid()) body();
  });
  shown.WaitForNotification();
  // A thread to which the filter does not apply.
  if (calls_.valid()) watch_ = std::thread([this] { Watch(); });
  watched.Notify();
  starter.join();
  return calls_.valid();
}

bool HeldCalls::AwaitArrival() {
  const auto arrived = [this]() ABSL_SHARED_LOCKS_REQUIRED(mutex_) { return !held_.empty(); };
  absl::MutexLock lock(&mutex_);
  return mutex_.AwaitWithTimeout(absl::Condition(&arrived), absl::Seconds(60));
}

void HeldCalls::LetGo() {
  absl::MutexLock lock(&mutex_);
  open_ = true;
  for (const uint64_t call : held_) Answer(call);
  held_.clear();
}

// Nobody waits for the answer any more if its process has been killed.
void HeldCalls::Answer(uint64_t call) const {
  seccomp_notif_resp answer = {
      .id = call, .val = 0, .error = 0, .flags = SECCOMP_USER_NOTIF_FLAG_CONTINUE};
  ::ioctl(calls_.get(), SECCOMP_IOCTL_NOTIF_SEND, &answer);
}

void HeldCalls::Watch() {
  while (true) {
    std::array<pollfd, 2> polled = {{
        {.fd = calls_.get(), .events = POLLIN, .revents = 0},
        {.fd = end_.get(), .events = POLLIN, .revents = 0},
    }};
    if (::poll(polled.data(), polled.size(), -1) <= 0) continue;
    if ((polled[0].revents & POLLIN) == 0) return;  // the end, or no process is left
    seccomp_notif call = {};
    if (::ioctl(calls_.get(), SECCOMP_IOCTL_NOTIF_RECV, &call) != 0) continue;  // killed meanwhile
    const auto undecided = [this] {
      absl::MutexLock lock(&mutex_);
      return !open_ && held_.empty();
    };
    const bool hold = undecided() && holds_(static_cast<pid_t>(call.pid));
    absl::MutexLock lock(&mutex_);
    if (hold && !open_) {
      held_.push_back(call.id);
    } else {
      Answer(call.id);
    }
  }
}

}  // namespace scriptworker::tools
