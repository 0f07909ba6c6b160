// SPDX-License-Identifier: MPL-2.0
#include "scriptworker/worker/process/output_pump.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "absl/log/check.h"
#include "absl/memory/memory.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "scriptworker/base/start_thread.h"
#include "scriptworker/base/status_macros.h"
#include "scriptworker/base/unique_fd.h"

namespace scriptworker::worker {
namespace {

constexpr size_t kChunk = 64 << 10;  // a pipe's capacity on Linux
// What Finish takes from a pipe that somebody keeps filling.
constexpr size_t kMostDrained = 4 << 20;

}  // namespace

absl::StatusOr<std::unique_ptr<OutputPump>> OutputPump::Create(UniqueFd stdout_pipe,
                                                               UniqueFd stderr_pipe,
                                                               TaskLog& task_log, Logger& logger,
                                                               const SecretRedactor& redactor) {
  UniqueFd stop(::eventfd(0, EFD_CLOEXEC));
  if (!stop.valid()) return absl::ErrnoToStatus(errno, "cannot make an eventfd");
  std::unique_ptr<OutputPump> pump = absl::WrapUnique(new OutputPump(
      std::move(stdout_pipe), std::move(stderr_pipe), std::move(stop), task_log, logger, redactor));
  SW_ASSIGN_OR_RETURN(pump->thread_, StartThread([&pump = *pump] { pump.Run(); }));
  return pump;
}

OutputPump::OutputPump(UniqueFd stdout_pipe, UniqueFd stderr_pipe, UniqueFd stop, TaskLog& task_log,
                       Logger& logger, const SecretRedactor& redactor)
    : task_log_(task_log),
      logger_(logger),
      sources_{Source{std::move(stdout_pipe), OutputLines(redactor)},
               Source{std::move(stderr_pipe), OutputLines(redactor)}},
      chunk_(std::make_unique_for_overwrite<char[]>(kChunk)),
      stop_(std::move(stop)) {
  for (const Source& source : sources_) {
    const int flags = ::fcntl(source.pipe.get(), F_GETFL);
    ::fcntl(source.pipe.get(), F_SETFL, flags | O_NONBLOCK);
  }
}

OutputPump::~OutputPump() { Finish(); }

void OutputPump::Finish() {
  if (!thread_.joinable()) return;
  const uint64_t one = 1;
  CHECK_EQ(::write(stop_.get(), &one, sizeof(one)), static_cast<ssize_t>(sizeof(one)));
  thread_.join();
}

void OutputPump::Run() {
  while (sources_[0].pipe.valid() || sources_[1].pipe.valid()) {
    std::array<pollfd, 3> polled = {{
        {.fd = sources_[0].pipe.get(), .events = POLLIN, .revents = 0},
        {.fd = sources_[1].pipe.get(), .events = POLLIN, .revents = 0},
        {.fd = stop_.get(), .events = POLLIN, .revents = 0},
    }};
    if (::poll(polled.data(), polled.size(), -1) < 0) continue;  // EINTR
    if (polled[2].revents != 0) {
      for (Source& source : sources_) Drain(source);
      return;
    }
    for (size_t i = 0; i < sources_.size(); ++i) {
      if (polled[i].revents != 0) ReadOnce(sources_[i]);
    }
  }
}

// Returns false when there is nothing to read now, or never again.
bool OutputPump::ReadOnce(Source& source) {
  const ssize_t got = ::read(source.pipe.get(), chunk_.get(), kChunk);
  if (got < 0 && errno == EINTR) return true;
  if (got < 0 && errno == EAGAIN) return false;
  if (got <= 0) {
    End(source);
    return false;
  }
  Log(source, std::string_view(chunk_.get(), static_cast<size_t>(got)));
  return true;
}

void OutputPump::Drain(Source& source) {
  size_t reads = 0;
  while (source.pipe.valid() && ReadOnce(source)) {
    if (++reads > kMostDrained / kChunk) break;
  }
  if (source.pipe.valid()) End(source);
}

void OutputPump::End(Source& source) {
  source.pipe.reset();
  Log(source, "");
}

// Passes on what is complete; all that is left once the pipe is closed.
void OutputPump::Log(Source& source, std::string_view bytes) {
  std::string text;
  const auto add = [&](std::string_view line) {
    text += DisplayText(line);
    logger_.Info(TrimmedDisplayText(line));
  };
  source.lines.Feed(bytes, add);
  if (!source.pipe.valid()) source.lines.Finish(add);
  if (!text.empty()) task_log_.Write(text);
}

}  // namespace scriptworker::worker
