// SPDX-License-Identifier: MPL-2.0
#include "scriptworker/worker/log/screen.h"

#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstddef>
#include <string_view>

#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "scriptworker/base/unique_fd.h"

namespace scriptworker::worker {
namespace {

// How long a terminal that has some room, but too little, is left alone.
constexpr absl::Duration kPause = absl::Milliseconds(5);

absl::Duration RealMonotonic() {
  return absl::FromChrono(std::chrono::steady_clock::now().time_since_epoch());
}

// Not O_NONBLOCK on `fd` itself: that is the mode of all who share it, the shell too.
UniqueFd OpenTerminal(int fd) {
  if (::isatty(fd) == 0) return UniqueFd();
  return UniqueFd(::open(absl::StrCat("/proc/self/fd/", fd).c_str(),
                         O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC));
}

}  // namespace

Screen::Screen(int fd, absl::Duration patience)
    : terminal_(OpenTerminal(fd)),
      fd_(terminal_.valid() ? terminal_.get() : fd),
      patience_(patience) {}

bool Screen::IsReady(absl::Duration deadline) const {
  while (true) {
    pollfd polled = {.fd = fd_, .events = POLLOUT, .revents = 0};
    const absl::Duration left = std::max(deadline - RealMonotonic(), absl::ZeroDuration());
    const int ready = ::poll(&polled, 1, static_cast<int>(absl::ToInt64Milliseconds(left)));
    if (ready < 0 && errno == EINTR) continue;
    return ready != 0;  // an error is write()'s to find
  }
}

bool Screen::Write(std::string_view text, absl::Duration deadline) {
  while (!text.empty()) {
    if (!IsReady(blocked_ ? -absl::InfiniteDuration() : deadline)) {
      blocked_ = true;
      return false;
    }
    // What is ready takes this many without blocking, but for a terminal.
    const ssize_t written = ::write(fd_, text.data(), std::min<size_t>(text.size(), PIPE_BUF));
    if (written < 0 && errno == EINTR) continue;
    if (written < 0 && errno == EAGAIN) {  // somebody else was quicker, or it needs more room
      if (!blocked_ && RealMonotonic() < deadline) {
        absl::SleepFor(kPause);
        continue;
      }
      blocked_ = true;
      return false;
    }
    if (written < 0) return true;  // it is gone
    blocked_ = false;
    cut_ = text[static_cast<size_t>(written) - 1] != '\n';
    text.remove_prefix(static_cast<size_t>(written));
  }
  return true;
}

void Screen::Show(std::string_view line) {
  absl::MutexLock lock(&mutex_);
  const absl::Duration deadline = RealMonotonic() + patience_;
  if (missing_ > 0) {
    if (!Write(absl::StrCat(cut_ ? "\n" : "", "scriptworker: ", missing_,
                            " lines are not shown here, since nobody read them\n"),
               deadline)) {
      ++missing_;
      return;
    }
    missing_ = 0;
  }
  if (!Write(line, deadline)) ++missing_;
}

}  // namespace scriptworker::worker
