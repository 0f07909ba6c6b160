// SPDX-License-Identifier: MPL-2.0
//
// An HTTP/1.1 server on a loopback port that answers by a function and can go
// wrong in every way a server can. It is a test double: it trusts its client,
// has a thread per connection and no limits.

#ifndef SCRIPTWORKER_HTTP_TESTING_FAKE_SERVER_H_
#define SCRIPTWORKER_HTTP_TESTING_FAKE_SERVER_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/time/time.h"
#include "scriptworker/http/headers.h"
#include "scriptworker/http/testing/tls_identity.h"
#include "scriptworker/http/url.h"

namespace scriptworker::http {

struct FakeRequest {
  std::string method;
  std::string target;
  Headers headers;
  std::string body;
  int64_t body_size = 0;  // also when the body was not kept
  int connection = 0;     // numbered from 0 in the order of acceptance
};

struct FakeResponse {
  enum class Fault {
    kNone,
    kReset,        // RST instead of a response
    kClose,        // orderly close instead of a response
    kTruncate,     // the head, half of the body, then close
    kResetInBody,  // the head, half of the body, then RST
    kDrip,         // one byte of the body each `drip_interval`
    kHang,         // no response until the client or the server closes
    kHangInBody,   // the head and half of the body, then silence
  };

  int status = 200;
  Headers headers = {};
  std::string body = {};
  // Content-Length to claim instead of the body's size.
  std::optional<int64_t> content_length = std::nullopt;
  // Sent with Transfer-Encoding: chunked instead of Content-Length.
  bool chunked = false;
  // Sends the body this many times over (with the fitting Content-Length):
  // large bodies from little memory.
  int64_t repeat_body = 1;
  // Closes the connection after the response.
  bool close = false;
  Fault fault = Fault::kNone;
  absl::Duration drip_interval = absl::Milliseconds(50);
  // If set: these bytes and nothing else, then close.
  std::optional<std::string> raw = std::nullopt;
};

struct FakeServerOptions {
  // Speaks TLS with this identity; must outlive the server.
  const TlsIdentity* tls = nullptr;
  // Counts the bytes of request bodies instead of keeping them.
  bool discard_bodies = false;
  // Answers `Expect: 100-continue` with a 100 first; else ignores it.
  bool send_continue = false;
};

class FakeServer {
 public:
  // Called on the connections' threads, several at a time.
  using Handler = std::function<FakeResponse(const FakeRequest&)>;

  explicit FakeServer(Handler handler, FakeServerOptions options = {});
  FakeServer(const FakeServer&) = delete;
  FakeServer& operator=(const FakeServer&) = delete;
  ~FakeServer();  // Closes all connections and waits for their threads.

  int port() const;
  // http(s)://127.0.0.1:port + target, or with another name of this host.
  Url url(std::string_view target, std::string_view host = "127.0.0.1") const;
  int connections() const;
  // All requests so far, in the order in which they were complete.
  std::vector<FakeRequest> requests() const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

// Answers each request by the next of `responses`, and the last one for ever.
FakeServer::Handler InTurn(std::vector<FakeResponse> responses);

}  // namespace scriptworker::http

#endif  // SCRIPTWORKER_HTTP_TESTING_FAKE_SERVER_H_
