// SPDX-License-Identifier: MPL-2.0
#include "scriptworker/json/testing/reference_yaml.h"

#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "scriptworker/json/testing/yaml_parser.h"

namespace scriptworker::json {

absl::Status ParseYamlEventsAsReference(std::string_view text, std::string_view source,
                                        YamlEventHandler& handler) {
  const std::string terminated(text);
  return YamlParser(terminated, source, handler).Run();
}

}  // namespace scriptworker::json
