// SPDX-License-Identifier: MPL-2.0
//
// The limits of following redirects, in one place for every transport:
//   * https stays https; http may go on to either;
//   * at most Request::max_redirects hops;
//   * Authorization, Proxy-Authorization and Cookie are dropped for good as soon
//     as a hop has another origin; the query (bewit) is never carried over;
//   * 301, 302 and 303 continue with GET (HEAD stays HEAD) and without body,
//     307 and 308 repeat the request; other statuses are responses;
//   * with an allow-list, a hop to another host must be on it.

#ifndef SCRIPTWORKER_HTTP_REDIRECT_H_
#define SCRIPTWORKER_HTTP_REDIRECT_H_

#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"
#include "scriptworker/http/transport.h"

namespace scriptworker::http {

struct RedirectLimits {
  // Hosts that a redirect may lead to besides the first URL's own, as in
  // host_pattern.h.
  // Empty = any host: artifact stores are on hosts of their own, and what comes
  // from them is checked by hash.
  std::vector<std::string> allowed_hosts = {};
};

// Sends `request` by `send_one` (which must treat a 3xx as a response) and, if
// it says so, follows redirects, with Request::is_redirect set. kPermissionDenied
// for a hop that is forbidden, kResourceExhausted for too many, kDataLoss for a
// Location that is no URL.
absl::StatusOr<Response> SendFollowingRedirects(
    const Request& request, const RedirectLimits& limits,
    absl::FunctionRef<absl::StatusOr<Response>(const Request&)> send_one);

}  // namespace scriptworker::http

#endif  // SCRIPTWORKER_HTTP_REDIRECT_H_
