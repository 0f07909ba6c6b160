// SPDX-License-Identifier: MPL-2.0
#include "scriptworker/taskcluster/hawk_transport.h"

#include <string>
#include <string_view>
#include <utility>

#include "absl/random/random.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "scriptworker/base/clock.h"
#include "scriptworker/http/headers.h"
#include "scriptworker/http/transport.h"
#include "scriptworker/taskcluster/credentials.h"
#include "scriptworker/taskcluster/hawk.h"

namespace scriptworker::taskcluster {

std::string RandomNonce() {
  thread_local absl::BitGen bitgen;
  return RandomHawkNonce(bitgen);
}

HawkTransport::HawkTransport(http::Transport& inner, Credentials credentials, Clock& clock,
                             NonceSource nonces)
    : inner_(inner),
      credentials_(std::move(credentials)),
      clock_(clock),
      nonces_(std::move(nonces)) {}

absl::StatusOr<http::Response> HawkTransport::Send(const http::Request& request) {
  if (request.body_source != nullptr || request.redirects != http::Request::Redirects::kReturn) {
    return absl::InvalidArgumentError(
        "a signed request can neither stream its body nor follow redirects");
  }
  const HawkStamp stamp = {.ts = absl::ToUnixSeconds(clock_.Now()), .nonce = nonces_()};
  http::Request signed_request = request;
  signed_request.headers = {
      {"Authorization",
       HawkHeader(request.method, request.url, request.headers.Find("Content-Type").value_or(""),
                  request.body, credentials_, stamp)}};
  for (const auto& [name, value] : request.headers) {
    signed_request.headers.Add(name, value);
  }
  return inner_.Send(signed_request);
}

}  // namespace scriptworker::taskcluster
