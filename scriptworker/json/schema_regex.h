// SPDX-License-Identifier: MPL-2.0
#ifndef SCRIPTWORKER_JSON_SCHEMA_REGEX_H_
#define SCRIPTWORKER_JSON_SCHEMA_REGEX_H_

#include <memory>
#include <string_view>

#include "absl/status/statusor.h"
#include "re2/re2.h"

namespace scriptworker::json {

// Compiles a regular expression of a schema, which is one of ECMAScript, for
// RE2: it then matches in linear time whatever the text. Look-around and back
// references, which RE2 does not have, are errors (kInvalidArgument).
absl::StatusOr<std::unique_ptr<const RE2>> CompileSchemaRegex(std::string_view pattern);

}  // namespace scriptworker::json

#endif  // SCRIPTWORKER_JSON_SCHEMA_REGEX_H_
