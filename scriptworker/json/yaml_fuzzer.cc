// SPDX-License-Identifier: MPL-2.0
// Any bytes give a value or an error; a value is written as YAML and read back
// equal; a document that the reference's grammar reads too is read the same.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "absl/log/check.h"
#include "absl/status/statusor.h"
#include "absl/strings/match.h"
#include "scriptworker/json/format.h"
#include "scriptworker/json/testing/event_dump.h"
#include "scriptworker/json/testing/reference_yaml.h"
#include "scriptworker/json/yaml.h"
#include "scriptworker/json/yaml_events.h"
#include "scriptworker/json/yaml_format.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  namespace json = scriptworker::json;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const json::YamlOptions options = {
      .max_depth = 40, .max_nodes = 10000, .other_keys = json::YamlOptions::OtherKeys::kAsJsonText};
  const absl::StatusOr<json::YamlDocument> document = json::ParseYamlWithMarks(text, options);
  if (!document.ok()) return 0;
  // A number that is not finite is equal to nothing, not even itself.
  const std::string written = json::FormatYaml(document->value);
  const absl::StatusOr<json::Value> again = json::ParseYaml(written);
  CHECK(again.ok()) << again.status() << written;
  CHECK_EQ(json::FormatCompact(*again), json::FormatCompact(document->value)) << written;

  const std::string ours = json::DumpYamlEvents(text, json::ParseYamlEvents);
  const std::string reference = json::DumpYamlEvents(text, json::ParseYamlEventsAsReference);
  // yaml-cpp does not tell whether a scalar with a tag was quoted.
  const bool comparable = !absl::StartsWith(ours, "error ") &&
                          !absl::StartsWith(reference, "error ") && !absl::StrContains(text, '!');
  if (comparable) CHECK_EQ(ours, reference);
  return 0;
}
