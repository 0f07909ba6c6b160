// SPDX-License-Identifier: MPL-2.0
//
// Small answers to GET requests, for those who watch this process: a health
// endpoint, a status socket. Not a web server: our own instead of a library's,
// because a health endpoint has to answer while somebody holds connections open
// or drips bytes into them, with one thread and a few KiB.

#ifndef SCRIPTWORKER_HTTP_GET_SERVER_H_
#define SCRIPTWORKER_HTTP_GET_SERVER_H_

#include <cstddef>
#include <list>
#include <memory>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "absl/functional/any_invocable.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "scriptworker/base/clock.h"
#include "scriptworker/base/unique_fd.h"
#include "scriptworker/http/listener.h"

namespace scriptworker::http {

// One request per connection, answered on the server's own thread as soon as its
// head is complete. A request of more than 4 KiB is refused; a connection ends
// after 5 s whatever it did; of more than 16 the oldest gives way, so that
// whoever sends a whole request at once is answered. Without a free descriptor they
// wait in the listener's queue, and are answered when there is one. Thread-compatible.
class GetServer {
 public:
  static constexpr size_t kMaxRequest = 4096;
  static constexpr size_t kMaxConnections = 16;
  static constexpr absl::Duration kMaxTime = absl::Seconds(5);

  struct Answer {
    int status = 200;  // 200, 404 or 503
    std::string body = {};
    std::string content_type = "text/plain; charset=utf-8";
  };
  // For a path that begins with '/'. Called on the server's thread.
  using Handler = absl::AnyInvocable<Answer(std::string_view path)>;

  // Serves until it is destroyed. `clock` must outlive it. kResourceExhausted: the machine has no
  // thread or descriptor to give.
  static absl::StatusOr<std::unique_ptr<GetServer>> Start(Listener listener, Handler handler,
                                                          Clock& clock);
  GetServer(const GetServer&) = delete;
  GetServer& operator=(const GetServer&) = delete;
  ~GetServer();

  const std::string& address() const { return listener_.address(); }

 private:
  struct Connection;

  GetServer(Listener listener, Handler handler, Clock& clock, UniqueFd end);
  void Run();
  // Whether more can be accepted; not when the process is out of descriptors.
  bool Accept();
  // Whether the connection goes on.
  bool Receive(Connection& connection);
  static bool Send(Connection& connection);
  std::string AnswerTo(std::string_view request);

  const Listener listener_;
  Handler handler_;
  Clock& clock_;
  UniqueFd end_;  // an eventfd
  std::list<Connection> connections_;
  std::thread thread_;
};

}  // namespace scriptworker::http

#endif  // SCRIPTWORKER_HTTP_GET_SERVER_H_
