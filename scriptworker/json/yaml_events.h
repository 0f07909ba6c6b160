// SPDX-License-Identifier: MPL-2.0
#ifndef SCRIPTWORKER_JSON_YAML_EVENTS_H_
#define SCRIPTWORKER_JSON_YAML_EVENTS_H_

#include <string_view>

#include "absl/status/status.h"
#include "scriptworker/json/yaml_position.h"

namespace scriptworker::json {

struct YamlNode {
  YamlPosition position;
  std::string_view anchor;  // empty: none
  // With its handle resolved: "tag:yaml.org,2002:int", "!local"; empty: none;
  // "!": the tag that states nothing.
  std::string_view tag;
};

// Receives the parts of a YAML stream in order. What it is given is valid during
// the call. A returned error ends the parse.
class YamlEventHandler {
 public:
  virtual ~YamlEventHandler() = default;

  virtual absl::Status OnDocumentStart(YamlPosition position) = 0;
  // `plain`: written without quotes and not as a block. A word for null may be given
  // as an empty text.
  virtual absl::Status OnScalar(const YamlNode& node, std::string_view text, bool plain) = 0;
  virtual absl::Status OnAlias(YamlPosition position, std::string_view anchor) = 0;
  virtual absl::Status OnSequenceStart(const YamlNode& node) = 0;
  virtual absl::Status OnSequenceEnd() = 0;
  virtual absl::Status OnMappingStart(const YamlNode& node) = 0;
  virtual absl::Status OnMappingEnd() = 0;
};

// kInvalidArgument "SOURCE:LINE:COLUMN: what", with the position.
absl::Status YamlErrorAt(std::string_view source, YamlPosition position, std::string_view what);

// Reads the syntax of a YAML stream. Errors: the handler's, or YamlErrorAt.
absl::Status ParseYamlEvents(std::string_view text, std::string_view source,
                             YamlEventHandler& handler);

}  // namespace scriptworker::json

#endif  // SCRIPTWORKER_JSON_YAML_EVENTS_H_
