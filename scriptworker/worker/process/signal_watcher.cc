// SPDX-License-Identifier: MPL-2.0
#include "scriptworker/worker/process/signal_watcher.h"

#include <poll.h>
#include <signal.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdint>
#include <memory>
#include <utility>

#include "absl/log/check.h"
#include "absl/memory/memory.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "scriptworker/base/start_thread.h"
#include "scriptworker/base/status_macros.h"
#include "scriptworker/base/unique_fd.h"
#include "scriptworker/worker/process/shutdown.h"

namespace scriptworker::worker {
namespace {

sigset_t WatchedSignals() {
  sigset_t signals;
  ::sigemptyset(&signals);
  ::sigaddset(&signals, SIGTERM);
  ::sigaddset(&signals, SIGINT);
  ::sigaddset(&signals, SIGUSR1);
  // Held back it would come even to a program that ignores it.
  struct sigaction hup = {};
  if (::sigaction(SIGHUP, nullptr, &hup) == 0 && hup.sa_handler != SIG_IGN) {
    ::sigaddset(&signals, SIGHUP);
  }
  return signals;
}

// As poll() takes it, rounded up; a longer wait is done in pieces.
int TimeoutMs(absl::Duration wait) {
  if (wait == absl::InfiniteDuration()) return -1;
  const absl::Duration piece = std::clamp(wait, absl::ZeroDuration(), absl::Hours(1));
  return static_cast<int>(absl::ToInt64Milliseconds(absl::Ceil(piece, absl::Milliseconds(1))));
}

}  // namespace

void SignalWatcher::Block() {
  const sigset_t signals = WatchedSignals();
  CHECK_EQ(::pthread_sigmask(SIG_BLOCK, &signals, nullptr), 0);
  // A write that is refused is an error of the write alone.
  ::signal(SIGPIPE, SIG_IGN);
  ::signal(SIGXFSZ, SIG_IGN);
}

void SignalWatcher::Unblock() {
  const sigset_t signals = WatchedSignals();
  CHECK_EQ(::pthread_sigmask(SIG_UNBLOCK, &signals, nullptr), 0);
}

absl::StatusOr<std::unique_ptr<SignalWatcher>> SignalWatcher::Create(Shutdown& shutdown) {
  const sigset_t watched = WatchedSignals();
  UniqueFd signals(::signalfd(-1, &watched, SFD_CLOEXEC));
  if (!signals.valid()) return absl::ErrnoToStatus(errno, "cannot watch for signals");
  UniqueFd end(::eventfd(0, EFD_CLOEXEC));
  if (!end.valid()) return absl::ErrnoToStatus(errno, "cannot watch for signals");
  std::unique_ptr<SignalWatcher> watcher =
      absl::WrapUnique(new SignalWatcher(shutdown, std::move(signals), std::move(end)));
  SW_ASSIGN_OR_RETURN(watcher->thread_, StartThread([&watcher = *watcher] { watcher.Run(); }));
  return watcher;
}

SignalWatcher::~SignalWatcher() {
  if (!thread_.joinable()) return;
  const uint64_t one = 1;
  CHECK_EQ(::write(end_.get(), &one, sizeof(one)), static_cast<ssize_t>(sizeof(one)));
  thread_.join();
}

void SignalWatcher::Run() {
  while (true) {
    std::array<pollfd, 2> polled = {{
        {.fd = signals_.get(), .events = POLLIN, .revents = 0},
        {.fd = end_.get(), .events = POLLIN, .revents = 0},
    }};
    const int ready = ::poll(polled.data(), polled.size(), TimeoutMs(shutdown_.UntilNextStep()));
    shutdown_.Advance();
    if (ready <= 0) continue;
    if (polled[0].revents != 0) {
      signalfd_siginfo info;
      if (::read(signals_.get(), &info, sizeof(info)) != static_cast<ssize_t>(sizeof(info))) {
        continue;
      }
      if (info.ssi_signo == SIGUSR1) shutdown_.Drain("SIGUSR1");
      if (info.ssi_signo == SIGTERM) shutdown_.Stop("SIGTERM");
      if (info.ssi_signo == SIGINT) shutdown_.Stop("SIGINT");
      // A closing terminal sends it more than once, and means no hurry by that.
      if (info.ssi_signo == SIGHUP && !shutdown_.stop().cancelled()) shutdown_.Stop("SIGHUP");
      continue;
    }
    if (polled[1].revents != 0) return;
  }
}

}  // namespace scriptworker::worker
