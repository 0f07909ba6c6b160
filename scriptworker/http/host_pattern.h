// SPDX-License-Identifier: MPL-2.0
//
// Which hosts a list of allowed hosts means. An element is a host as URLs have it
// (`bucket.s3.example`: lower case, no scheme, no port), or `*.` and such a host for
// all beneath it, but not that host itself.

#ifndef SCRIPTWORKER_HTTP_HOST_PATTERN_H_
#define SCRIPTWORKER_HTTP_HOST_PATTERN_H_

#include <string_view>

#include "absl/status/status.h"

namespace scriptworker::http {

// kInvalidArgument for what matches no host of any URL.
absl::Status CheckHostPattern(std::string_view pattern);

// `host` is that of a Url.
bool HostMatches(std::string_view host, std::string_view pattern);

}  // namespace scriptworker::http

#endif  // SCRIPTWORKER_HTTP_HOST_PATTERN_H_
