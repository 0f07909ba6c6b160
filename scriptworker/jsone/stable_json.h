// SPDX-License-Identifier: MPL-2.0
#ifndef SCRIPTWORKER_JSONE_STABLE_JSON_H_
#define SCRIPTWORKER_JSONE_STABLE_JSON_H_

#include <string>

#include "absl/status/statusor.h"
#include "scriptworker/json/value.h"
#include "scriptworker/jsone/limits.h"

namespace scriptworker::jsone {

// The text that $json makes: no blanks, keys sorted, numbers as in strings,
// characters beyond ASCII as they are. (Other than json::FormatCompact, which
// writes what the reference sends.)
absl::StatusOr<std::string> StableJson(const json::Value& value, Budget& budget);

}  // namespace scriptworker::jsone

#endif  // SCRIPTWORKER_JSONE_STABLE_JSON_H_
