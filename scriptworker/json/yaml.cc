// SPDX-License-Identifier: MPL-2.0
#include "scriptworker/json/yaml.h"

#include <string_view>

#include "absl/status/statusor.h"
#include "scriptworker/base/status_macros.h"
#include "scriptworker/json/yaml_composer.h"
#include "scriptworker/json/yaml_events.h"

namespace scriptworker::json {

absl::StatusOr<Value> ParseYaml(std::string_view text, const YamlOptions& options) {
  YamlComposer composer(options, /*marks=*/nullptr);
  SW_RETURN_IF_ERROR(ParseYamlEvents(text, options.source, composer));
  return composer.TakeValue();
}

absl::StatusOr<YamlDocument> ParseYamlWithMarks(std::string_view text, const YamlOptions& options) {
  YamlDocument document;
  document.marks.set_source(options.source);
  YamlComposer composer(options, &document.marks);
  SW_RETURN_IF_ERROR(ParseYamlEvents(text, options.source, composer));
  document.value = composer.TakeValue();
  return document;
}

}  // namespace scriptworker::json
