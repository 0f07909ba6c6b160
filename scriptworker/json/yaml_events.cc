// SPDX-License-Identifier: MPL-2.0
#include "scriptworker/json/yaml_events.h"

#include <exception>
#include <sstream>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "scriptworker/json/yaml_cpp_adapter.h"
#include "scriptworker/json/yaml_text_checks.h"
#include "yaml-cpp/exceptions.h"
#include "yaml-cpp/parser.h"

namespace scriptworker::json {

absl::Status YamlErrorAt(std::string_view source, YamlPosition position, std::string_view what) {
  return absl::InvalidArgumentError(
      absl::StrCat(source, ":", position.line, ":", position.column, ": ", what));
}

absl::Status ParseYamlEvents(std::string_view text, std::string_view source,
                             YamlEventHandler& handler) {
  if (absl::StartsWith(text, "\xef\xbb\xbf")) text.remove_prefix(3);
  if (absl::Status status = CheckYamlCharacters(text, source); !status.ok()) return status;
  YamlCppAdapter adapter(text, source, handler);
  try {
    std::istringstream in{std::string(text)};
    YAML::Parser parser(in);
    while (parser.HandleNextDocument(adapter)) {
    }
    adapter.OnEnd();
    return absl::OkStatus();
  } catch (const YamlRefusal& refusal) {
    return refusal.status;
  } catch (const YAML::Exception& error) {
    return YamlErrorAt(source, adapter.PositionOf(error.mark), error.msg);
  } catch (const std::exception& error) {
    return YamlErrorAt(source, {.line = 1, .column = 1}, error.what());
  }
}

}  // namespace scriptworker::json
