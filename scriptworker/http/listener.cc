// SPDX-License-Identifier: MPL-2.0
#include "scriptworker/http/listener.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "absl/time/time.h"
#include "scriptworker/base/status_macros.h"
#include "scriptworker/base/unique_fd.h"

namespace scriptworker::http {
namespace {

constexpr int kBacklog = 16;
// With whoever may use a name that is wanted.
constexpr absl::Duration kPatience = absl::Seconds(1);

// Either family, as the system's calls want it.
struct TcpAddress {
  sockaddr_storage storage = {};
  socklen_t size = 0;
  uint32_t port = 0;  // as it was asked for
  sockaddr* get() { return reinterpret_cast<sockaddr*>(&storage); }
};

absl::Status RefusedAddress(std::string_view text) {
  return absl::InvalidArgumentError(
      absl::StrCat("expected IPV4:PORT, [IPV6]:PORT or PORT, with a port from 1 to 65535, such as "
                   "127.0.0.1:8080; found \"",
                   text, "\""));
}

absl::StatusOr<TcpAddress> ParseTcpAddress(std::string_view text) {
  const absl::Status refused = RefusedAddress(text);
  const size_t colon = text.rfind(':');
  std::string host = "127.0.0.1";
  std::string_view port_text = text;
  if (colon != std::string_view::npos) {
    host = std::string(text.substr(0, colon));
    port_text = text.substr(colon + 1);
  }
  TcpAddress address;
  if (port_text.empty() || port_text[0] == '+' || !absl::SimpleAtoi(port_text, &address.port) ||
      address.port > 65535) {
    return refused;
  }
  auto* const v4 = reinterpret_cast<sockaddr_in*>(&address.storage);
  auto* const v6 = reinterpret_cast<sockaddr_in6*>(&address.storage);
  std::string_view bare = host;
  if (absl::ConsumePrefix(&bare, "[") && absl::ConsumeSuffix(&bare, "]")) {
    if (::inet_pton(AF_INET6, std::string(bare).c_str(), &v6->sin6_addr) != 1) return refused;
    v6->sin6_family = AF_INET6;
    v6->sin6_port = htons(static_cast<uint16_t>(address.port));
    address.size = sizeof(sockaddr_in6);
  } else {
    if (::inet_pton(AF_INET, host.c_str(), &v4->sin_addr) != 1) return refused;
    v4->sin_family = AF_INET;
    v4->sin_port = htons(static_cast<uint16_t>(address.port));
    address.size = sizeof(sockaddr_in);
  }
  return address;
}

std::string FormatTcpAddress(const TcpAddress& address) {
  std::array<char, INET6_ADDRSTRLEN> host = {};
  if (address.storage.ss_family == AF_INET6) {
    const auto* const v6 = reinterpret_cast<const sockaddr_in6*>(&address.storage);
    ::inet_ntop(AF_INET6, &v6->sin6_addr, host.data(), host.size());
    return absl::StrCat("[", host.data(), "]:", ntohs(v6->sin6_port));
  }
  const auto* const v4 = reinterpret_cast<const sockaddr_in*>(&address.storage);
  ::inet_ntop(AF_INET, &v4->sin_addr, host.data(), host.size());
  return absl::StrCat(host.data(), ":", ntohs(v4->sin_port));
}

// REQUIRES: CheckUnixAddress(path).ok()
sockaddr_un UnixAddress(std::string_view path) {
  sockaddr_un address = {};
  address.sun_family = AF_UNIX;
  path.copy(address.sun_path, sizeof(address.sun_path) - 1);
  return address;
}

absl::Status Errno(std::string_view what) {
  if (errno == EADDRINUSE) return absl::AlreadyExistsError(absl::StrCat(what, ": is in use"));
  if (errno == EADDRNOTAVAIL) {
    return absl::FailedPreconditionError(absl::StrCat(what, ": is no address of this machine"));
  }
  return absl::ErrnoToStatus(errno, what);
}

// Makes way for a new socket of the name, if nobody uses it.
absl::Status RemoveLeftOver(const std::string& path) {
  struct stat info = {};
  if (::lstat(path.c_str(), &info) != 0) {
    return errno == ENOENT ? absl::OkStatus() : Errno(path);
  }
  if (!S_ISSOCK(info.st_mode)) {
    return absl::AlreadyExistsError(absl::StrCat(path, ": exists and is no socket"));
  }
  const absl::StatusOr<UniqueFd> connected = ConnectToUnix(path, kPatience);
  if (connected.ok() || absl::IsDeadlineExceeded(connected.status())) {
    return absl::AlreadyExistsError(absl::StrCat(path, ": another process listens there"));
  }
  if (!absl::IsUnavailable(connected.status())) return connected.status();
  return ::unlink(path.c_str()) == 0 || errno == ENOENT ? absl::OkStatus() : Errno(path);
}

}  // namespace

absl::Status CheckTcpAddress(std::string_view address) {
  SW_ASSIGN_OR_RETURN(const TcpAddress parsed, ParseTcpAddress(address));
  return parsed.port == 0 ? RefusedAddress(address) : absl::OkStatus();
}

absl::Status CheckUnixAddress(std::string_view path) {
  if (path.empty() || path[0] != '/' || path.size() >= sizeof(sockaddr_un::sun_path) ||
      path.find('\0') != std::string_view::npos) {
    return absl::InvalidArgumentError(
        absl::StrCat("a Unix socket needs an absolute path of at most ",
                     sizeof(sockaddr_un::sun_path) - 1, " bytes, found \"", path, "\""));
  }
  return absl::OkStatus();
}

absl::StatusOr<Listener> Listener::ListenOnTcp(std::string_view text) {
  SW_ASSIGN_OR_RETURN(TcpAddress address, ParseTcpAddress(text));
  UniqueFd fd(::socket(address.storage.ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  const int on = 1;
  if (!fd.valid() || ::setsockopt(fd.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) != 0 ||
      ::bind(fd.get(), address.get(), address.size) != 0 || ::listen(fd.get(), kBacklog) != 0 ||
      ::getsockname(fd.get(), address.get(), &address.size) != 0) {
    return Errno(text);
  }
  return Listener(std::move(fd), FormatTcpAddress(address));
}

absl::StatusOr<Listener> Listener::ListenOnUnix(const std::string& path) {
  SW_RETURN_IF_ERROR(CheckUnixAddress(path));
  SW_RETURN_IF_ERROR(RemoveLeftOver(path));
  UniqueFd fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  const sockaddr_un address = UnixAddress(path);
  // The socket's own mode is that of the name which bind() makes: at no moment
  // could others connect.
  if (!fd.valid() || ::fchmod(fd.get(), 0600) != 0 ||
      ::bind(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof(address)) != 0) {
    return Errno(path);
  }
  Listener listener(std::move(fd), path);
  struct stat info = {};
  if (::lstat(path.c_str(), &info) != 0) return Errno(path);
  listener.device_ = info.st_dev;
  listener.inode_ = info.st_ino;
  if ((info.st_mode & 0077) != 0) {
    return absl::FailedPreconditionError(
        absl::StrCat(path, ": this file system lets others use the socket"));
  }
  if (::listen(listener.fd(), kBacklog) != 0) return Errno(path);
  return listener;
}

Listener::~Listener() {
  struct stat info = {};
  if (fd_.valid() && inode_ != 0 && ::lstat(address_.c_str(), &info) == 0 &&
      info.st_dev == device_ && info.st_ino == inode_) {
    ::unlink(address_.c_str());
  }
}

absl::StatusOr<UniqueFd> ConnectToUnix(const std::string& path, absl::Duration patience) {
  SW_RETURN_IF_ERROR(CheckUnixAddress(path));
  UniqueFd fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  const timeval limit = absl::ToTimeval(patience);
  if (!fd.valid() || ::setsockopt(fd.get(), SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof(limit)) != 0) {
    return Errno(path);
  }
  const sockaddr_un address = UnixAddress(path);
  if (::connect(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof(address)) == 0) {
    return fd;
  }
  if (errno == ECONNREFUSED || errno == ENOENT) {
    return absl::UnavailableError(absl::StrCat(path, ": nobody listens there"));
  }
  if (errno == EAGAIN) {
    return absl::DeadlineExceededError(
        absl::StrCat(path, ": who listens there accepts no connection"));
  }
  return Errno(path);
}

}  // namespace scriptworker::http
