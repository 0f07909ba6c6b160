// SPDX-License-Identifier: MPL-2.0
#include "scriptworker/client/script_config.h"

#include <string>
#include <string_view>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "scriptworker/base/file.h"
#include "scriptworker/base/status_macros.h"
#include "scriptworker/client/script_error.h"
#include "scriptworker/json/json.h"
#include "scriptworker/json/truth.h"
#include "scriptworker/json/value.h"
#include "scriptworker/json/yaml.h"

namespace scriptworker::client {
namespace {

using json::Value;

absl::StatusOr<Value> Read(const std::string& path, bool is_yaml) {
  SW_ASSIGN_OR_RETURN(const std::string text, ReadFile(path));
  absl::StatusOr<Value> value =
      is_yaml ? json::ParseYaml(text, {.source = path, .allow_duplicate_keys = false})
              : json::Parse(text, {.source = path});
  SW_RETURN_IF_ERROR(value.status());
  SW_RETURN_IF_ERROR(json::Reader(*value, path).CheckObject());
  return value;
}

}  // namespace

absl::StatusOr<ScriptConfig> ScriptConfig::Load(const std::string& path, json::Object defaults) {
  const bool is_yaml = absl::EndsWith(path, ".yml") || absl::EndsWith(path, ".yaml");
  const absl::StatusOr<Value> value = Read(path, is_yaml);
  if (!value.ok()) {
    return ScriptError(ErrorKind::kTask,
                       absl::StrCat("Failed to load ", is_yaml ? "yaml" : "json", " from ", path,
                                    ": ", value.status().message()));
  }
  for (const auto& [key, member] : value->object()) defaults.Set(key, member);
  return ScriptConfig(std::move(defaults), path);
}

absl::StatusOr<Value> ScriptConfig::At(std::string_view dotted_key) const {
  const Value* value = &value_;
  for (const std::string_view key : absl::StrSplit(dotted_key, '.')) {
    value = value->Find(key);
    if (value == nullptr) {
      return ScriptError(ErrorKind::kConfig, absl::StrCat(source_, ": ", dotted_key,
                                                          " must be set (no \"", key, "\")"));
    }
  }
  return *value;
}

absl::StatusOr<std::string> ScriptConfig::TextAt(std::string_view dotted_key) const {
  SW_ASSIGN_OR_RETURN(const Value value, At(dotted_key));
  if (!value.is_string() || value.string_value().empty()) {
    return ScriptError(
        ErrorKind::kConfig,
        absl::StrCat(source_, ": ", dotted_key, ": expected a text that is not empty, found ",
                     value.is_string() ? "an empty one" : value.type_name()));
  }
  return std::string(value.string_value());
}

bool ScriptConfig::verbose() const { return IsTruthy(value_.Find("verbose")); }

}  // namespace scriptworker::client
