// SPDX-License-Identifier: MPL-2.0
#include "scriptworker/worker/monitoring/service_notifier.h"

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/time/time.h"
#include "scriptworker/base/environment.h"
#include "scriptworker/base/unique_fd.h"

namespace scriptworker::worker {
namespace {

// Infinite unless both variables say that this process is meant.
absl::Duration WatchdogInterval(const Environment& environment) {
  int64_t microseconds = 0;
  if (!absl::SimpleAtoi(environment.GetOr("WATCHDOG_USEC", "0"), &microseconds) ||
      microseconds <= 0) {
    return absl::InfiniteDuration();
  }
  const std::string pid = environment.GetOr("WATCHDOG_PID", "");
  if (!pid.empty() && pid != absl::StrCat(::getpid())) return absl::InfiniteDuration();
  return absl::Microseconds(microseconds);
}

}  // namespace

absl::StatusOr<ServiceNotifier> ServiceNotifier::Create(const Environment& environment) {
  ServiceNotifier notifier;
  const std::string name = environment.GetOr("NOTIFY_SOCKET", "");
  if (name.empty()) return notifier;
  sockaddr_un address = {};
  address.sun_family = AF_UNIX;
  if ((name[0] != '/' && name[0] != '@') || name.size() >= sizeof(address.sun_path)) {
    return absl::InvalidArgumentError(
        absl::StrCat("NOTIFY_SOCKET: expected an absolute path or @name of less than ",
                     sizeof(address.sun_path), " bytes, found \"", name, "\""));
  }
  name.copy(address.sun_path, name.size());
  if (name[0] == '@') address.sun_path[0] = '\0';
  const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + name.size() +
                                           (name[0] == '/' ? 1 : 0));
  UniqueFd socket(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (!socket.valid() ||
      ::connect(socket.get(), reinterpret_cast<const sockaddr*>(&address), size) != 0) {
    return absl::ErrnoToStatus(errno, absl::StrCat("NOTIFY_SOCKET ", name));
  }
  notifier.socket_ = std::move(socket);
  notifier.watchdog_ = WatchdogInterval(environment);
  return notifier;
}

void ServiceNotifier::Status(std::string_view text) const {
  Send(absl::StrCat("STATUS=", absl::StrReplaceAll(text, {{"\n", " "}})));
}

void ServiceNotifier::Send(std::string_view state) const {
  if (!socket_.valid()) return;
  // Lost if the manager has gone or its queue is full; the next one may arrive.
  [[maybe_unused]] const ssize_t sent =
      ::send(socket_.get(), state.data(), state.size(), MSG_NOSIGNAL);
}

Environment WithoutServiceVariables(const Environment& environment) {
  Environment::Variables variables = environment.variables();
  for (const std::string_view name : {"NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID"}) {
    if (const auto found = variables.find(name); found != variables.end()) variables.erase(found);
  }
  return Environment(std::move(variables));
}

}  // namespace scriptworker::worker
