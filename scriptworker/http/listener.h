// SPDX-License-Identifier: MPL-2.0
//
// Sockets on which this process waits for others: a TCP port, a Unix socket.

#ifndef SCRIPTWORKER_HTTP_LISTENER_H_
#define SCRIPTWORKER_HTTP_LISTENER_H_

#include <sys/types.h>

#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "scriptworker/base/unique_fd.h"

namespace scriptworker::http {

// OK if ListenOnTcp() understands `address`: "127.0.0.1:8080", "[::1]:8080", or
// a port alone, which is one of 127.0.0.1. Names are not looked up. The port must not
// be 0, which nobody could ask for.
absl::Status CheckTcpAddress(std::string_view address);

// OK if a Unix socket can have this name: absolute, 107 bytes at most.
absl::Status CheckUnixAddress(std::string_view path);

// A socket that listens, non-blocking. Move-only; thread-compatible.
class Listener {
 public:
  // Port 0: any that is free. kInvalidArgument as above; kAlreadyExists: taken;
  // kFailedPrecondition: no address of this machine.
  static absl::StatusOr<Listener> ListenOnTcp(std::string_view address);

  // Nobody but this user (and root) can connect. A socket that is left over
  // from a process that ended is replaced; one that somebody listens on, and
  // any other file, is kAlreadyExists.
  static absl::StatusOr<Listener> ListenOnUnix(const std::string& path);

  Listener(Listener&& other) noexcept = default;
  Listener& operator=(Listener&&) = delete;
  // Removes the Unix socket's name, unless somebody else has it now.
  ~Listener();

  int fd() const { return fd_.get(); }
  // "127.0.0.1:43210", or the path.
  const std::string& address() const { return address_; }

 private:
  Listener(UniqueFd fd, std::string address) : fd_(std::move(fd)), address_(std::move(address)) {}

  UniqueFd fd_;
  std::string address_;
  dev_t device_ = 0;  // of the Unix socket's name
  ino_t inode_ = 0;   // 0: TCP
};

// Connects to a Unix socket, blocking; `patience` (> 0) is also that of each send on it.
// kUnavailable: nobody listens; kDeadlineExceeded: somebody does, but accepts nobody.
absl::StatusOr<UniqueFd> ConnectToUnix(const std::string& path, absl::Duration patience);

}  // namespace scriptworker::http

#endif  // SCRIPTWORKER_HTTP_LISTENER_H_
