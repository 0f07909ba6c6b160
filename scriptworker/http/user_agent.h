// SPDX-License-Identifier: MPL-2.0

#ifndef SCRIPTWORKER_HTTP_USER_AGENT_H_
#define SCRIPTWORKER_HTTP_USER_AGENT_H_

#include <string>

#include "absl/strings/str_cat.h"
#include "scriptworker/base/version.h"

namespace scriptworker::http {

// What every program of the project calls itself: "scriptworker 1.2.3".
inline std::string UserAgent() { return absl::StrCat("scriptworker ", kVersion); }

}  // namespace scriptworker::http

#endif  // SCRIPTWORKER_HTTP_USER_AGENT_H_
