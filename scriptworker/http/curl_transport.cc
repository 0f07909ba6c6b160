// SPDX-License-Identifier: MPL-2.0

#include "scriptworker/http/curl_transport.h"

#include <chrono>
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "curl/curl.h"
#include "scriptworker/base/status_macros.h"
#include "scriptworker/http/ca_store.h"
#include "scriptworker/http/curl_exchange.h"
#include "scriptworker/http/curl_pool.h"
#include "scriptworker/http/proxy.h"
#include "scriptworker/http/redirect.h"

namespace scriptworker::http {

class CurlTransport::Impl {
 public:
  explicit Impl(CurlOptions options)
      : options_(std::move(options)),
        exchange_options_{.user_agent = options_.user_agent,
                          .max_header_bytes = options_.max_header_bytes,
                          .max_compression_ratio = options_.max_compression_ratio,
                          .ratio_free_bytes = options_.ratio_free_bytes},
        proxy_rules_(options_.environment),
        ca_store_(options_.ca_bundle, options_.environment),
        pool_(static_cast<size_t>(options_.max_idle_connections),
              absl::ToChronoMilliseconds(options_.max_idle_time)) {}

  absl::StatusOr<Response> Send(const Request& request) {
    // Real time, as libcurl's own.
    const auto begin = std::chrono::steady_clock::now();
    return SendFollowingRedirects(
        request, options_.redirect_limits, [&](const Request& hop) -> absl::StatusOr<Response> {
          if (hop.cancellation.cancelled()) return hop.cancellation.reason();
          if (absl::Status valid = ValidateRequest(hop); !valid.ok()) {
            return Annotate(hop, valid);
          }
          const absl::Duration left =
              request.total_timeout - absl::FromChrono(std::chrono::steady_clock::now() - begin);
          if (left <= absl::ZeroDuration()) {
            return Annotate(
                hop, absl::DeadlineExceededError(absl::StrCat(
                         "no time is left of ", absl::FormatDuration(request.total_timeout))));
          }
          return SendOne(hop, left);
        });
  }

 private:
  // Also a redirect to the first URL's own host is one: the name may mean another
  // address by now, or another port another service.
  absl::StatusOr<Response> SendOne(const Request& request, absl::Duration timeout) {
    const CurlExchangePlan plan = {
        .proxy = proxy_rules_.ProxyFor(request.url),
        .refuse_private_address = options_.refuse_private_addresses && request.is_redirect,
        .timeout = timeout};
    SW_ASSIGN_OR_RETURN(std::unique_ptr<CurlConnection> connection,
                        pool_.Take(request.url.origin()));
    // The exchange is gone before another thread can take the connection.
    absl::StatusOr<Response> response =
        CurlExchange(exchange_options_, ca_store_, request, plan, *connection).Run();
    pool_.Return(std::move(connection));
    return response;
  }

  const CurlOptions options_;
  const CurlExchangeOptions exchange_options_;
  const ProxyRules proxy_rules_;
  CaStore ca_store_;
  CurlPool pool_;
};

absl::StatusOr<std::unique_ptr<CurlTransport>> CurlTransport::Create(CurlOptions options) {
  // Once for the process; libcurl forbids to do it twice at the same time.
  static const CURLcode initialized = curl_global_init(CURL_GLOBAL_DEFAULT);
  if (initialized != CURLE_OK) {
    return absl::InternalError(
        absl::StrCat("libcurl does not start: ", curl_easy_strerror(initialized)));
  }
  if (options.max_idle_connections < 0 || options.max_compression_ratio <= 0) {
    return absl::InvalidArgumentError(
        "the number of idle connections and the compression ratio must not be "
        "negative, the ratio not zero");
  }
  return std::unique_ptr<CurlTransport>(
      new CurlTransport(std::make_unique<Impl>(std::move(options))));
}

CurlTransport::CurlTransport(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
CurlTransport::~CurlTransport() = default;

absl::StatusOr<Response> CurlTransport::Send(const Request& request) {
  return impl_->Send(request);
}

}  // namespace scriptworker::http
