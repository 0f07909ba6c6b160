// SPDX-License-Identifier: MPL-2.0
#include "cot/evidence/cot_schema.h"

#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "scriptworker/base/file.h"
#include "scriptworker/base/status_macros.h"
#include "scriptworker/json/json.h"
#include "scriptworker/json/json_schema.h"

namespace cot {
namespace {

using ::scriptworker::json::Schema;
using ::scriptworker::json::Value;

constexpr std::string_view kDefaultName = "cot_v1_schema.json";

absl::StatusOr<Schema> CompileText(std::string_view text, std::string_view source) {
  SW_ASSIGN_OR_RETURN(const Value value, scriptworker::json::Parse(text, {.source = source}));
  SW_ASSIGN_OR_RETURN(Schema schema, Schema::Compile(value), _.SetPrepend() << source << ": ");
  return schema;
}

}  // namespace

absl::StatusOr<Schema> LoadCotSchema(std::string_view path) {
  if (path.empty()) return CompileText(DefaultCotSchemaText(), kDefaultName);
  SW_ASSIGN_OR_RETURN(const std::string text, scriptworker::ReadFile(std::string(path)));
  return CompileText(text, path);
}

}  // namespace cot
