// SPDX-License-Identifier: MPL-2.0
#ifndef SCRIPTWORKER_TASKCLUSTER_BASE64_URL_H_
#define SCRIPTWORKER_TASKCLUSTER_BASE64_URL_H_

#include <string>
#include <string_view>

#include "absl/status/statusor.h"

namespace scriptworker::taskcluster {

enum class Base64Padding { kNone, kFull };

// With '-' and '_' in place of '+' and '/' (RFC 4648 section 5).
std::string Base64UrlEncode(std::string_view bytes, Base64Padding padding);

// Takes either alphabet, with or without padding, as Taskcluster's services do.
// InvalidArgument for anything else; the error does not quote `text`.
absl::StatusOr<std::string> Base64UrlDecode(std::string_view text);

}  // namespace scriptworker::taskcluster

#endif  // SCRIPTWORKER_TASKCLUSTER_BASE64_URL_H_
