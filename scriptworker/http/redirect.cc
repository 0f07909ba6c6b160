// SPDX-License-Identifier: MPL-2.0

#include "scriptworker/http/redirect.h"

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/algorithm/container.h"
#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "scriptworker/base/status_macros.h"
#include "scriptworker/http/host_pattern.h"
#include "scriptworker/http/transport.h"
#include "scriptworker/http/url.h"

namespace scriptworker::http {
namespace {

bool IsRedirect(int status) {
  return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
}

bool IsAllowedHost(std::string_view host, const RedirectLimits& limits) {
  return limits.allowed_hosts.empty() ||
         absl::c_any_of(limits.allowed_hosts,
                        [host](std::string_view allowed) { return HostMatches(host, allowed); });
}

// Where the redirect leads, or why it must not be followed.
absl::StatusOr<Url> NextUrl(const Request& request, const Url& current, std::string_view location,
                            size_t hops, const RedirectLimits& limits) {
  absl::StatusOr<Url> next = current.Resolve(location);
  if (!next.ok()) {
    return absl::DataLossError(absl::StrCat("redirected to an unusable ", next.status().message()));
  }
  if (hops >= static_cast<size_t>(request.max_redirects)) {
    return absl::ResourceExhaustedError(
        absl::StrCat("more than ", request.max_redirects, " redirects"));
  }
  if (current.is_https() && !next->is_https()) {
    return absl::PermissionDeniedError(
        absl::StrCat("redirected from https to ", next->Redacted(), ": refused"));
  }
  if (next->host() != request.url.host() && !IsAllowedHost(next->host(), limits)) {
    return absl::PermissionDeniedError(absl::StrCat("redirected to ", next->Redacted(),
                                                    ": the host ", next->host(),
                                                    " is not on the list of allowed hosts"));
  }
  return next;
}

// The request that goes to `url` after `previous` was answered by `status`.
absl::StatusOr<Request> NextRequest(const Request& previous, int status, Url url) {
  Request next = previous;
  next.is_redirect = true;
  if (!next.url.IsSameOrigin(url)) {
    next.headers.Remove("Authorization");
    next.headers.Remove("Proxy-Authorization");
    next.headers.Remove("Cookie");
  }
  next.url = std::move(url);
  if (status == 307 || status == 308) {
    if (next.body_source != nullptr) {
      SW_RETURN_IF_ERROR(next.body_source->Rewind());
    }
    return next;
  }
  if (next.method != Method::kHead) next.method = Method::kGet;
  next.body.clear();
  next.body_source = nullptr;
  next.headers.Remove("Content-Type");
  next.headers.Remove("Content-Encoding");
  next.headers.Remove("Content-MD5");
  return next;
}

}  // namespace

absl::StatusOr<Response> SendFollowingRedirects(
    const Request& request, const RedirectLimits& limits,
    absl::FunctionRef<absl::StatusOr<Response>(const Request&)> send_one) {
  absl::StatusOr<Response> response = send_one(request);
  if (request.redirects == Request::Redirects::kReturn) return response;

  std::vector<Url> visited;
  std::optional<Request> hop;  // The request copied, from the second hop on.
  while (response.ok() && IsRedirect(response->status)) {
    const std::optional<std::string_view> location = response->headers.Find("Location");
    if (!location.has_value()) break;
    const Request& current = hop.has_value() ? *hop : request;
    SW_ASSIGN_OR_RETURN(Url next, NextUrl(request, current.url, *location, visited.size(), limits),
                        _.SetPrepend()
                            << MethodName(current.method) << " " << current.url.Redacted() << ": ");
    visited.push_back(current.url);
    SW_ASSIGN_OR_RETURN(hop, NextRequest(current, response->status, std::move(next)));
    response = send_one(*hop);
  }
  if (response.ok()) response->redirects = std::move(visited);
  return response;
}

}  // namespace scriptworker::http
