// SPDX-License-Identifier: MPL-2.0
#include "scriptworker/client/task_schema.h"

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "scriptworker/base/file.h"
#include "scriptworker/base/status_macros.h"
#include "scriptworker/client/script_error.h"
#include "scriptworker/json/format.h"
#include "scriptworker/json/json.h"
#include "scriptworker/json/json_schema.h"
#include "scriptworker/json/value.h"

namespace scriptworker::client {
namespace {

absl::StatusOr<json::Value> ReadSchema(const std::string& path) {
  SW_ASSIGN_OR_RETURN(const std::string text, ReadFile(path));
  return json::Parse(text, {.source = path});
}

absl::Status Unusable(std::string_view what, const absl::Status& why) {
  return ScriptError(ErrorKind::kConfig,
                     absl::StrCat(what, " cannot be used as a JSON Schema: ", why.message()));
}

}  // namespace

absl::Status ValidateJsonSchema(const json::Value& data, const json::Value& schema,
                                std::string_view name) {
  const absl::StatusOr<json::Schema> compiled = json::Schema::Compile(schema);
  if (!compiled.ok()) return Unusable(absl::StrCat("the ", name, " schema"), compiled.status());
  const absl::Status valid = compiled->Validate(data);
  if (valid.ok()) return absl::OkStatus();
  return TaskError(absl::StrCat("Can't validate ", name, " schema!\n", valid.message()),
                   kMalformedPayload);
}

absl::Status ValidateTaskSchema(const ScriptConfig& config, const json::Value& task,
                                std::string_view schema_key) {
  SW_ASSIGN_OR_RETURN(const std::string path, config.TextAt(schema_key));
  const absl::StatusOr<json::Value> schema = ReadSchema(path);
  if (!schema.ok()) return Unusable(path, schema.status());
  absl::Status valid = ValidateJsonSchema(task, *schema);
  if (ErrorKindOf(valid) != ErrorKind::kTask) return valid;
  return ScriptError(ErrorKind::kTaskVerification,
                     absl::StrCat("Cannot validate task against schema. Task: ",
                                  json::FormatCompact(task), ".\n", valid.message()));
}

}  // namespace scriptworker::client
