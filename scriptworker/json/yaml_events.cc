// SPDX-License-Identifier: MPL-2.0
#include "scriptworker/json/yaml_events.h"

#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "scriptworker/json/yaml_parser.h"

namespace scriptworker::json {

absl::Status YamlErrorAt(std::string_view source, YamlPosition position, std::string_view what) {
  return absl::InvalidArgumentError(
      absl::StrCat(source, ":", position.line, ":", position.column, ": ", what));
}

absl::Status ParseYamlEvents(std::string_view text, std::string_view source,
                             YamlEventHandler& handler) {
  const std::string terminated(text);
  return YamlParser(terminated, source, handler).Run();
}

}  // namespace scriptworker::json
