// SPDX-License-Identifier: MPL-2.0

#include "scriptworker/http/testing/fake_server.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <algorithm>
#include <csignal>
#include <cstddef>
#include <cstdint>
#include <list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/log/check.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "openssl/ssl.h"
#include "scriptworker/base/unique_fd.h"
#include "scriptworker/http/testing/server_stream.h"

namespace scriptworker::http {
namespace {

using Fault = FakeResponse::Fault;

std::string FormatHead(const FakeResponse& response) {
  std::string head = absl::StrCat("HTTP/1.1 ", response.status, " Fake\r\n");
  for (const auto& [name, value] : response.headers) {
    absl::StrAppend(&head, name, ": ", value, "\r\n");
  }
  if (response.chunked) {
    absl::StrAppend(&head, "Transfer-Encoding: chunked\r\n");
  } else if (response.status != 204 && response.status != 304) {
    const int64_t size = static_cast<int64_t>(response.body.size()) * response.repeat_body;
    absl::StrAppend(&head, "Content-Length: ", response.content_length.value_or(size), "\r\n");
  }
  if (response.close) absl::StrAppend(&head, "Connection: close\r\n");
  return absl::StrCat(head, "\r\n");
}

bool WriteWholeBody(const FakeResponse& response, ServerStream& stream) {
  if (!response.chunked) {
    for (int64_t i = 0; i < response.repeat_body; ++i) {
      if (!stream.Write(response.body)) return false;
    }
    return true;
  }
  for (int64_t i = 0; i < response.repeat_body && !response.body.empty(); ++i) {
    if (!stream.Write(
            absl::StrCat(absl::Hex(response.body.size()), "\r\n", response.body, "\r\n"))) {
      return false;
    }
  }
  return stream.Write("0\r\n\r\n");
}

// Returns whether the connection may be used for another request.
bool WriteResponse(const FakeRequest& request, const FakeResponse& response, ServerStream& stream) {
  if (response.raw.has_value()) {
    stream.Write(*response.raw);
    return false;
  }
  const bool resets = response.fault == Fault::kReset || response.fault == Fault::kResetInBody;
  if (resets) stream.ResetOnClose();
  if (response.fault == Fault::kReset || response.fault == Fault::kClose) {
    return false;
  }
  if (response.fault == Fault::kHang) {
    stream.AwaitEnd();
    return false;
  }
  if (!stream.Write(FormatHead(response))) return false;
  if (request.method == "HEAD") return !response.close;
  const std::string_view body = response.body;
  if (response.fault == Fault::kDrip) {
    for (size_t i = 0; i < body.size(); ++i) {
      if (!stream.Write(body.substr(i, 1))) return false;
      absl::SleepFor(response.drip_interval);
    }
    return !response.close;
  }
  if (response.fault != Fault::kNone) {
    stream.Write(response.chunked
                     ? absl::StrCat(absl::Hex(body.size()), "\r\n", body.substr(0, body.size() / 2))
                     : std::string(body.substr(0, body.size() / 2)));
    if (response.fault == Fault::kHangInBody) stream.AwaitEnd();
    return false;
  }
  return WriteWholeBody(response, stream) && !response.close;
}

}  // namespace

class FakeServer::Impl {
 public:
  Impl(Handler handler, FakeServerOptions options)
      : handler_(std::move(handler)), options_(options) {
    // Writing to a connection that the client has left is no reason to die.
    std::signal(SIGPIPE, SIG_IGN);
    if (options_.tls != nullptr) {
      tls_context_ = options_.tls->NewServerContext();
      CHECK(tls_context_ != nullptr);
    }
    listener_.reset(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    sockaddr_in address = {};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof(address);
    auto* generic = reinterpret_cast<sockaddr*>(&address);
    CHECK_EQ(bind(listener_.get(), generic, size), 0);
    CHECK_EQ(listen(listener_.get(), 128), 0);
    CHECK_EQ(getsockname(listener_.get(), generic, &size), 0);
    port_ = ntohs(address.sin_port);
    acceptor_ = std::thread([this] { AcceptConnections(); });
  }

  ~Impl() {
    shutdown(listener_.get(), SHUT_RDWR);
    acceptor_.join();
    {
      absl::MutexLock lock(&mutex_);
      for (ServerStream* stream : open_) stream->Shutdown();
    }
    for (std::thread& thread : threads_) thread.join();
  }

  int port() const { return port_; }
  bool tls() const { return options_.tls != nullptr; }
  int connections() const {
    absl::MutexLock lock(&mutex_);
    return connections_;
  }
  std::vector<FakeRequest> requests() const {
    absl::MutexLock lock(&mutex_);
    return requests_;
  }

 private:
  void AcceptConnections() {
    for (;;) {
      UniqueFd socket(accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC));
      if (!socket.valid()) return;
      const int on = 1;
      setsockopt(socket.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
      auto stream = std::make_unique<ServerStream>(std::move(socket));
      int number = 0;
      {
        absl::MutexLock lock(&mutex_);
        open_.push_back(stream.get());
        number = connections_++;
      }
      threads_.emplace_back([this, number, stream = std::move(stream)]() mutable {
        Serve(number, *stream);
        absl::MutexLock lock(&mutex_);
        open_.remove(stream.get());
        stream.reset();
      });
    }
  }

  void Serve(int number, ServerStream& stream) {
    if (tls() && !stream.Accept(tls_context_.get())) return;
    bool more = true;
    while (more) {
      std::optional<FakeRequest> request = ReadRequest(stream);
      if (!request.has_value()) return;
      request->connection = number;
      {
        absl::MutexLock lock(&mutex_);
        requests_.push_back(*request);
      }
      more = WriteResponse(*request, handler_(*request), stream);
    }
  }

  std::optional<FakeRequest> ReadRequest(ServerStream& stream) const {
    FakeRequest request;
    std::optional<std::string> line = stream.ReadLine();
    if (!line.has_value()) return std::nullopt;
    const std::vector<std::string> words = absl::StrSplit(*line, ' ');
    if (words.size() != 3) return std::nullopt;
    request.method = words[0];
    request.target = words[1];
    while ((line = stream.ReadLine()).has_value() && !line->empty()) {
      AddHeaderLine(*line, request.headers);
    }
    if (!line.has_value()) return std::nullopt;
    if (options_.send_continue && request.headers.contains("Expect")) {
      stream.Write("HTTP/1.1 100 Continue\r\n\r\n");
    }
    int64_t left = 0;
    if (const auto length = request.headers.Find("Content-Length")) {
      CHECK(absl::SimpleAtoi(*length, &left));
    }
    while (left > 0) {
      const std::string data = stream.Read(static_cast<size_t>(left));
      if (data.empty()) return std::nullopt;
      left -= static_cast<int64_t>(data.size());
      request.body_size += static_cast<int64_t>(data.size());
      if (!options_.discard_bodies) request.body += data;
    }
    return request;
  }

  const Handler handler_;
  const FakeServerOptions options_;
  bssl::UniquePtr<SSL_CTX> tls_context_;
  UniqueFd listener_;
  int port_ = 0;
  std::thread acceptor_;
  std::vector<std::thread> threads_;  // the acceptor's, until it has ended
  mutable absl::Mutex mutex_;
  int connections_ ABSL_GUARDED_BY(mutex_) = 0;
  std::list<ServerStream*> open_ ABSL_GUARDED_BY(mutex_);
  std::vector<FakeRequest> requests_ ABSL_GUARDED_BY(mutex_);
};

FakeServer::FakeServer(Handler handler, FakeServerOptions options)
    : impl_(std::make_unique<Impl>(std::move(handler), options)) {}
FakeServer::~FakeServer() = default;

int FakeServer::port() const { return impl_->port(); }

Url FakeServer::url(std::string_view target, std::string_view host) const {
  absl::StatusOr<Url> url =
      Url::Parse(absl::StrCat(impl_->tls() ? "https" : "http", "://", host, ":", port(), target));
  CHECK_OK(url);
  return *std::move(url);
}

int FakeServer::connections() const { return impl_->connections(); }
std::vector<FakeRequest> FakeServer::requests() const { return impl_->requests(); }

FakeServer::Handler InTurn(std::vector<FakeResponse> responses) {
  struct State {
    absl::Mutex mutex;
    size_t next ABSL_GUARDED_BY(mutex) = 0;
  };
  auto state = std::make_shared<State>();
  return [responses = std::move(responses), state](const FakeRequest&) {
    absl::MutexLock lock(&state->mutex);
    const size_t index = std::min(state->next++, responses.size() - 1);
    return responses[index];
  };
}

}  // namespace scriptworker::http
