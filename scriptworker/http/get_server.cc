// SPDX-License-Identifier: MPL-2.0
#include "scriptworker/http/get_server.h"

#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <list>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/log/check.h"
#include "absl/memory/memory.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "scriptworker/base/clock.h"
#include "scriptworker/base/start_thread.h"
#include "scriptworker/base/status_macros.h"
#include "scriptworker/base/unique_fd.h"
#include "scriptworker/http/get_request.h"
#include "scriptworker/http/listener.h"

namespace scriptworker::http {
namespace {

// How often the age of open connections is looked at, and how long the listener
// is left alone when nobody could be accepted.
constexpr int kTickMilliseconds = 200;

std::string_view ReasonPhrase(int status) {
  switch (status) {
    case 200:
      return "OK";
    case 400:
      return "Bad Request";
    case 404:
      return "Not Found";
    case 405:
      return "Method Not Allowed";
    case 503:
      return "Service Unavailable";
  }
  return "Status";
}

std::string Message(const GetServer::Answer& answer) {
  return absl::StrCat("HTTP/1.1 ", answer.status, " ", ReasonPhrase(answer.status),
                      "\r\nContent-Type: ", answer.content_type,
                      "\r\nContent-Length: ", answer.body.size(),
                      answer.status == 405 ? "\r\nAllow: GET" : "",
                      "\r\nCache-Control: no-store\r\nConnection: close\r\n\r\n", answer.body);
}

bool IsComplete(std::string_view request) {
  return absl::StrContains(request, "\r\n\r\n") || absl::StrContains(request, "\n\n");
}

bool MayContinue() { return errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR; }

}  // namespace

struct GetServer::Connection {
  UniqueFd fd;
  absl::Duration deadline = {};
  std::string request = {};
  std::string answer = {};  // empty: the request is not complete
  size_t sent = 0;
};

absl::StatusOr<std::unique_ptr<GetServer>> GetServer::Start(Listener listener, Handler handler,
                                                            Clock& clock) {
  UniqueFd end(::eventfd(0, EFD_CLOEXEC));
  if (!end.valid()) {
    return absl::ErrnoToStatus(errno, absl::StrCat("cannot serve at ", listener.address()));
  }
  std::unique_ptr<GetServer> server = absl::WrapUnique(
      new GetServer(std::move(listener), std::move(handler), clock, std::move(end)));
  SW_ASSIGN_OR_RETURN(server->thread_, StartThread([&server = *server] { server.Run(); }));
  return server;
}

GetServer::GetServer(Listener listener, Handler handler, Clock& clock, UniqueFd end)
    : listener_(std::move(listener)),
      handler_(std::move(handler)),
      clock_(clock),
      end_(std::move(end)) {}

GetServer::~GetServer() {
  if (!thread_.joinable()) return;
  const uint64_t one = 1;
  CHECK_EQ(::write(end_.get(), &one, sizeof(one)), static_cast<ssize_t>(sizeof(one)));
  thread_.join();
}

void GetServer::Run() {
  bool accepts = true;
  while (true) {
    std::vector<pollfd> polled = {
        {.fd = end_.get(), .events = POLLIN, .revents = 0},
        {.fd = accepts ? listener_.fd() : -1, .events = POLLIN, .revents = 0}};
    for (const Connection& connection : connections_) {
      const bool answers = !connection.answer.empty();
      polled.push_back({.fd = connection.fd.get(),
                        .events = static_cast<short>(answers ? POLLOUT : POLLIN),
                        .revents = 0});
    }
    const bool waits_for_all = accepts && connections_.empty();
    if (::poll(polled.data(), polled.size(), waits_for_all ? -1 : kTickMilliseconds) < 0) continue;
    if (polled[0].revents != 0) return;
    const absl::Duration now = clock_.Monotonic();
    size_t index = 2;
    for (auto connection = connections_.begin(); connection != connections_.end(); ++index) {
      bool goes_on = now < connection->deadline;
      if (goes_on && polled[index].revents != 0) {
        goes_on = connection->answer.empty() ? Receive(*connection) : Send(*connection);
      }
      connection = goes_on ? std::next(connection) : connections_.erase(connection);
    }
    // Whoever cannot be accepted still waits at the listener, which would end each
    // poll() at once: it is left out of one.
    accepts = polled[1].revents == 0 || Accept();
  }
}

bool GetServer::Accept() {
  UniqueFd fd(::accept4(listener_.fd(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK));
  if (!fd.valid()) return MayContinue() || errno == ECONNABORTED;
  if (connections_.size() >= kMaxConnections) connections_.pop_front();
  Connection& connection = connections_.emplace_back();
  connection.fd = std::move(fd);
  connection.deadline = clock_.Monotonic() + kMaxTime;
  return true;
}

bool GetServer::Receive(Connection& connection) {
  std::array<char, kMaxRequest> buffer;
  const ssize_t size = ::recv(connection.fd.get(), buffer.data(), buffer.size(), 0);
  if (size < 0) return MayContinue();
  if (size == 0) return false;
  connection.request.append(buffer.data(), static_cast<size_t>(size));
  if (connection.request.size() > kMaxRequest) {
    connection.answer = Message({.status = 400, .body = "the request is too long\n"});
    return Send(connection);
  }
  if (!IsComplete(connection.request)) return true;
  connection.answer = AnswerTo(connection.request);
  return Send(connection);
}

std::string GetServer::AnswerTo(std::string_view request) {
  const absl::StatusOr<std::string> path = ParseGetRequest(request);
  if (path.ok()) return Message(handler_(*path));
  return Message({.status = absl::IsUnimplemented(path.status()) ? 405 : 400,
                  .body = absl::StrCat(path.status().message(), "\n")});
}

bool GetServer::Send(Connection& connection) {
  const std::string_view rest = std::string_view(connection.answer).substr(connection.sent);
  const ssize_t size = ::send(connection.fd.get(), rest.data(), rest.size(), MSG_NOSIGNAL);
  if (size < 0) return MayContinue();
  connection.sent += static_cast<size_t>(size);
  return connection.sent < connection.answer.size();
}

}  // namespace scriptworker::http
