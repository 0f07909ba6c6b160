// SPDX-License-Identifier: MPL-2.0

#ifndef SCRIPTWORKER_HTTP_CURL_TRANSPORT_H_
#define SCRIPTWORKER_HTTP_CURL_TRANSPORT_H_

#include <cstdint>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "scriptworker/base/environment.h"
#include "scriptworker/http/redirect.h"
#include "scriptworker/http/transport.h"

namespace scriptworker::http {

struct CurlOptions {
  // The User-Agent header: `scriptworker {version}`.
  std::string user_agent = {};
  // Where proxies (http_proxy, https_proxy, all_proxy, no_proxy; also in upper
  // case, but HTTP_PROXY, which a CGI client can set) and SSL_CERT_FILE,
  // SSL_CERT_DIR are looked up.
  Environment environment = {};
  // PEM file of the trusted authorities; instead of SSL_CERT_FILE and
  // SSL_CERT_DIR, which go before the system's usual places (ca_store.h).
  std::string ca_bundle = {};

  RedirectLimits redirect_limits = {};
  // Refuses a redirect, to whatever host, whose address is not public (loopback,
  // private, link-local, ...), by the address really connected to. A proxy
  // resolves names by itself: behind one, only literal addresses are refused.
  bool refuse_private_addresses = false;

  int64_t max_header_bytes = 256 << 10;
  // Cap on decoded / coded size of a body, tested from `ratio_free_bytes` of
  // decoded size on.
  int max_compression_ratio = 200;
  int64_t ratio_free_bytes = int64_t{4} << 20;

  // Connections kept open while nothing uses them.
  int max_idle_connections = 32;
  absl::Duration max_idle_time = absl::Seconds(60);
};

// HTTP/1.1 by libcurl: TLS 1.2 or newer, certificates checked, connections kept
// alive and reused, memory flat with the size of streamed bodies. A blocked
// Send() ends at once when its token is cancelled. Thread-safe; make one per
// process and pass it around.
class CurlTransport final : public Transport {
 public:
  static absl::StatusOr<std::unique_ptr<CurlTransport>> Create(CurlOptions options);
  CurlTransport(const CurlTransport&) = delete;
  CurlTransport& operator=(const CurlTransport&) = delete;
  ~CurlTransport() override;  // REQUIRES: no Send() is running.

  absl::StatusOr<Response> Send(const Request& request) override;

 private:
  class Impl;
  explicit CurlTransport(std::unique_ptr<Impl> impl);

  std::unique_ptr<Impl> impl_;
};

}  // namespace scriptworker::http

#endif  // SCRIPTWORKER_HTTP_CURL_TRANSPORT_H_
