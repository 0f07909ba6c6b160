// SPDX-License-Identifier: MPL-2.0

#ifndef SCRIPTWORKER_HTTP_GET_REQUEST_H_
#define SCRIPTWORKER_HTTP_GET_REQUEST_H_

#include <string>
#include <string_view>

#include "absl/status/statusor.h"

namespace scriptworker::http {

// The path that a request asks for: what stands between `GET ` and ` HTTP/1.x`
// on its first line, without a query. `request` is untrusted; what follows the
// first line does not matter. kUnimplemented: another method. kInvalidArgument:
// no HTTP/1 request, or a path that is not printable ASCII from its `/` on.
absl::StatusOr<std::string> ParseGetRequest(std::string_view request);

}  // namespace scriptworker::http

#endif  // SCRIPTWORKER_HTTP_GET_REQUEST_H_
