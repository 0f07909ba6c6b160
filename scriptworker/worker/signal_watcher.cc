// SPDX-License-Identifier: MPL-2.0
#include "scriptworker/worker/signal_watcher.h"

#include <poll.h>
#include <signal.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdint>
#include <thread>

#include "absl/log/check.h"
#include "absl/time/time.h"
#include "scriptworker/base/unique_fd.h"
#include "scriptworker/worker/shutdown.h"

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
  ::signal(SIGPIPE, SIG_IGN);
}

void SignalWatcher::Unblock() {
  const sigset_t signals = WatchedSignals();
  CHECK_EQ(::pthread_sigmask(SIG_UNBLOCK, &signals, nullptr), 0);
}

SignalWatcher::SignalWatcher(Shutdown& shutdown) : shutdown_(shutdown) {
  const sigset_t signals = WatchedSignals();
  signals_ = UniqueFd(::signalfd(-1, &signals, SFD_CLOEXEC));
  end_ = UniqueFd(::eventfd(0, EFD_CLOEXEC));
  CHECK(signals_.valid() && end_.valid()) << "signalfd, eventfd: errno " << errno;
  thread_ = std::thread([this] { Run(); });
}

SignalWatcher::~SignalWatcher() {
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
