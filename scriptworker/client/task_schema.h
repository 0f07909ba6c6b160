// SPDX-License-Identifier: MPL-2.0
//
// Checks of a task against a JSON Schema: the dialects and formats of
// docs/json_schema.md.

#ifndef SCRIPTWORKER_CLIENT_TASK_SCHEMA_H_
#define SCRIPTWORKER_CLIENT_TASK_SCHEMA_H_

#include <string_view>

#include "absl/status/status.h"
#include "scriptworker/client/script_config.h"
#include "scriptworker/json/value.h"

namespace scriptworker::client {

// ErrorKind::kTask with exit status 3, "Can't validate NAME schema!" and the
// violations in the lines that follow; ErrorKind::kConfig for a schema that
// cannot be used.
absl::Status ValidateJsonSchema(const json::Value& data, const json::Value& schema,
                                std::string_view name = "task");

// Against the schema in the file that the configuration names (JSON) at
// `schema_key`, which may be dotted. ErrorKind::kTaskVerification, "Cannot
// validate task against schema. Task: TASK." and the violations in the lines that
// follow.
absl::Status ValidateTaskSchema(const ScriptConfig& config, const json::Value& task,
                                std::string_view schema_key = "schema_file");

}  // namespace scriptworker::client

#endif  // SCRIPTWORKER_CLIENT_TASK_SCHEMA_H_
