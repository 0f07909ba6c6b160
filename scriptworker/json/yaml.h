// SPDX-License-Identifier: MPL-2.0
#ifndef SCRIPTWORKER_JSON_YAML_H_
#define SCRIPTWORKER_JSON_YAML_H_

#include <cstdint>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "scriptworker/json/value.h"
#include "scriptworker/json/yaml_position.h"

namespace scriptworker::json {

struct YamlOptions {
  // Names the text in errors: a file name or URL. Must outlive the call.
  std::string_view source = "YAML";
  // Collections nested deeper, after aliases are followed, are refused.
  int max_depth = 128;
  // Nodes of the document, each alias counted with all that it stands for.
  int64_t max_nodes = 2'000'000;
  // On: the last value of a repeated key wins, as in PyYAML. Off: an error.
  bool allow_duplicate_keys = true;
  // Off: an integer outside [INT64_MIN, UINT64_MAX] is an error. On: it becomes
  // the nearest double.
  bool allow_big_integers = false;
  // What to do with a key that YAML 1.1 reads as no string (245, yes,
  // null, 1.5): refuse, or turn it to the text that Python's json.dumps writes
  // for it ("245", "true", "null", "1.5").
  enum class OtherKeys { kRefuse, kAsJsonText };
  OtherKeys other_keys = OtherKeys::kRefuse;
};

// Parses one YAML 1.1 document as PyYAML's safe loader does: yes/no/on/off,
// octal 0777, hexadecimal, binary, sexagesimal, floats, null and merge keys.
// JSON is accepted as the subset that it is. An empty document is null. A
// timestamp stays the string that was written. docs/yaml.md lists all
// differences.
//
// Errors are kInvalidArgument (kResourceExhausted for a budget), "SOURCE:LINE:
// COLUMN: what is wrong", counted from 1.
absl::StatusOr<Value> ParseYaml(std::string_view text, const YamlOptions& options = {});

// As ParseYaml, for any number of documents, none included. The budgets count for
// all together.
absl::StatusOr<std::vector<Value>> ParseYamlStream(std::string_view text,
                                                   const YamlOptions& options = {});

struct YamlDocument {
  Value value;
  YamlMarks marks;
};

absl::StatusOr<YamlDocument> ParseYamlWithMarks(std::string_view text,
                                                const YamlOptions& options = {});

}  // namespace scriptworker::json

#endif  // SCRIPTWORKER_JSON_YAML_H_
