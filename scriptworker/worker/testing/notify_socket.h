// SPDX-License-Identifier: MPL-2.0

#ifndef SCRIPTWORKER_WORKER_TESTING_NOTIFY_SOCKET_H_
#define SCRIPTWORKER_WORKER_TESTING_NOTIFY_SOCKET_H_

#include <string>
#include <string_view>

#include "scriptworker/base/unique_fd.h"

namespace scriptworker::worker {

// The service manager's end of NOTIFY_SOCKET.
class NotifySocket {
 public:
  // A path, or `@name` in the abstract namespace.
  explicit NotifySocket(std::string_view name);

  // The next datagram; "" if none comes within 30 s.
  std::string Receive() const;
  // Whether none is waiting.
  bool empty() const;

 private:
  UniqueFd socket_;
};

}  // namespace scriptworker::worker

#endif  // SCRIPTWORKER_WORKER_TESTING_NOTIFY_SOCKET_H_
