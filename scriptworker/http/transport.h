// SPDX-License-Identifier: MPL-2.0
//
// The seam between the program and the network: one virtual. libcurl is behind
// CurlTransport; signing, retrying, recording and replaying are decorators.

#ifndef SCRIPTWORKER_HTTP_TRANSPORT_H_
#define SCRIPTWORKER_HTTP_TRANSPORT_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_format.h"
#include "absl/time/time.h"
#include "scriptworker/base/cancellation.h"
#include "scriptworker/http/body.h"
#include "scriptworker/http/headers.h"
#include "scriptworker/http/url.h"

namespace scriptworker::http {

enum class Method { kGet, kHead, kPost, kPut, kDelete };

// "GET", "HEAD", ...
std::string_view MethodName(Method method);
std::optional<Method> ParseMethod(std::string_view name);

// One HTTP request. Set only what differs from the defaults. (Every member of
// these structs has an initializer, so that designated ones may name a few.)
struct Request {
  // What a 3xx with a Location means.
  enum class Redirects {
    kReturn,  // It is the response.
    kFollow,  // Follow it within the limits of redirect.h.
  };

  Method method = Method::kGet;
  Url url = {};
  // Not to be set: Host, Content-Length, Transfer-Encoding, Accept-Encoding, User-Agent.
  Headers headers = {};
  // The body: `body_source` if set, else `body`. POST and PUT always have one,
  // if empty (Content-Length: 0).
  std::string body = {};
  BodySource* body_source = nullptr;
  // Gets the body of a 2xx response; without it, Response::body does.
  BodySink* sink = nullptr;
  Redirects redirects = Redirects::kReturn;
  int max_redirects = 5;
  // Whether a redirect led here; set by SendFollowingRedirects(). Some limits are for
  // redirects alone.
  bool is_redirect = false;
  // Offers gzip and deflate. A coded body is decoded whether offered or not.
  bool accept_gzip = true;

  absl::Duration connect_timeout = absl::Seconds(30);
  // For the whole of Send(), all redirects included.
  absl::Duration total_timeout = absl::Minutes(5);
  // Gives up when fewer than this many bytes per second go over the wire, in
  // both directions together, for `low_speed_time`. 0 = never.
  int64_t low_speed_bytes_per_second = 0;
  absl::Duration low_speed_time = absl::Seconds(60);
  // Cap on the decoded body. Callers with a sink mostly want to raise it.
  int64_t max_body_bytes = int64_t{32} << 20;

  CancellationToken cancellation = {};
};

struct Response {
  int status = 0;
  // As received: Content-Encoding may name the coding that was undone.
  Headers headers = {};
  // Decoded. Empty if it went to the sink.
  std::string body = {};
  // What answered; differs from the request's URL after redirects.
  Url final_url = {};
  // The URLs that answered with a redirect, in order; final_url is not in it.
  std::vector<Url> redirects = {};

  bool ok() const { return status >= 200 && status <= 299; }

  // "HTTP 404, 12 bytes", for logs and test failures; no content, which may be secret.
  template <typename Sink>
  friend void AbslStringify(Sink& sink, const Response& response) {
    absl::Format(&sink, "HTTP %d, %d bytes", response.status, response.body.size());
  }
};

// The request's body in one piece; reads its source, if it has one, to the end.
absl::StatusOr<std::string> ReadBody(const Request& request);

// Thread-safe.
class Transport {
 public:
  virtual ~Transport() = default;

  // Blocks until the response is complete. Any HTTP status is a response; an
  // error means that there was none:
  //   kUnavailable        no connection, TLS failure, connection lost, an answer that
  //                       is no HTTP
  //   kDeadlineExceeded   a timeout or the low-speed limit
  //   kResourceExhausted  a cap: body, headers, compression ratio, redirects
  //   kDataLoss           truncated or undecodable body, a head that means two things
  //   kPermissionDenied   a redirect or address that the limits forbid
  //   kInvalidArgument    a request that cannot be sent
  //   kFailedPrecondition no certificate authorities on this machine (for TLS)
  //   any other           the token's reason, or the sink's or source's error
  // Error texts name method, redacted URL and what came.
  // After an error the sink may have got a part of the body.
  virtual absl::StatusOr<Response> Send(const Request& request) = 0;
};

}  // namespace scriptworker::http

#endif  // SCRIPTWORKER_HTTP_TRANSPORT_H_
