// SPDX-License-Identifier: MPL-2.0

#ifndef SCRIPTWORKER_CLIENT_SCRIPT_CONFIG_H_
#define SCRIPTWORKER_CLIENT_SCRIPT_CONFIG_H_

#include <string>
#include <string_view>
#include <utility>

#include "absl/status/statusor.h"
#include "scriptworker/json/json_reader.h"
#include "scriptworker/json/value.h"

namespace scriptworker::client {

// A script's own configuration: one JSON object (as for the reference's client;
// YAML if the file's name ends in .yml or .yaml). Beside the script's own keys:
//
//   work_dir     where task.json and the upstream artifacts are: the worker's
//   artifact_dir what is to be published goes here: the worker's
//   schema_file  the JSON Schema of the script's tasks
//   verbose      log at DEBUG
//
// Immutable; thread-safe.
class ScriptConfig {
 public:
  // The members of the file replace those of `defaults`, one by one and whole.
  // ErrorKind::kTask, "Failed to load json from PATH: DETAIL", if there is no
  // such object.
  static absl::StatusOr<ScriptConfig> Load(const std::string& path, json::Object defaults = {});

  explicit ScriptConfig(json::Object members, std::string_view source = "config")
      : value_(std::move(members)), source_(source) {}

  const json::Value& value() const { return value_; }
  // Typed access to the script's own keys. Valid as long as this object.
  json::Reader reader() const { return json::Reader(value_, source_); }

  // The value at keys divided by dots: "schema_file", "schemas.signing".
  // ErrorKind::kConfig names the key that is missing.
  absl::StatusOr<json::Value> At(std::string_view dotted_key) const;
  // The same for a text that is not empty.
  absl::StatusOr<std::string> TextAt(std::string_view dotted_key) const;

  absl::StatusOr<std::string> WorkDir() const { return TextAt("work_dir"); }
  absl::StatusOr<std::string> ArtifactDir() const { return TextAt("artifact_dir"); }
  // Python's truth of the value.
  bool verbose() const;

 private:
  json::Value value_;
  std::string source_;
};

}  // namespace scriptworker::client

#endif  // SCRIPTWORKER_CLIENT_SCRIPT_CONFIG_H_
