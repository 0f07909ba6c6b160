// SPDX-License-Identifier: MPL-2.0
#include "scriptworker/worker/testing/notify_socket.h"

#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <cstddef>
#include <string>
#include <string_view>

#include "absl/log/check.h"

namespace scriptworker::worker {

NotifySocket::NotifySocket(std::string_view name)
    : socket_(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0)) {
  sockaddr_un address = {};
  address.sun_family = AF_UNIX;
  CHECK_LT(name.size(), sizeof(address.sun_path));
  name.copy(address.sun_path, name.size());
  const bool abstract = name[0] == '@';
  if (abstract) address.sun_path[0] = '\0';
  const auto size =
      static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + name.size() + (abstract ? 0 : 1));
  CHECK_EQ(::bind(socket_.get(), reinterpret_cast<const sockaddr*>(&address), size), 0);
}

std::string NotifySocket::Receive() const {
  pollfd polled = {.fd = socket_.get(), .events = POLLIN, .revents = 0};
  if (::poll(&polled, 1, 30'000) != 1) return "";
  std::string text(4096, '\0');
  const ssize_t size = ::recv(socket_.get(), text.data(), text.size(), 0);
  text.resize(size < 0 ? 0 : static_cast<size_t>(size));
  return text;
}

bool NotifySocket::empty() const {
  pollfd polled = {.fd = socket_.get(), .events = POLLIN, .revents = 0};
  return ::poll(&polled, 1, 0) == 0;
}

}  // namespace scriptworker::worker
