// SPDX-License-Identifier: MPL-2.0
#include "scriptworker/json/yaml.h"

#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "scriptworker/base/status_macros.h"
#include "scriptworker/json/yaml_composer.h"
#include "scriptworker/json/yaml_events.h"

namespace scriptworker::json {

absl::StatusOr<std::vector<Value>> ParseYamlStream(std::string_view text,
                                                   const YamlOptions& options) {
  YamlComposer composer(options, /*marks=*/nullptr, /*is_stream=*/true);
  SW_RETURN_IF_ERROR(ParseYamlEvents(text, options.source, composer));
  return composer.TakeDocuments();
}

absl::StatusOr<Value> ParseYaml(std::string_view text, const YamlOptions& options) {
  YamlComposer composer(options, /*marks=*/nullptr, /*is_stream=*/false);
  SW_RETURN_IF_ERROR(ParseYamlEvents(text, options.source, composer));
  std::vector<Value> documents = composer.TakeDocuments();
  return documents.empty() ? Value() : std::move(documents[0]);
}

absl::StatusOr<YamlDocument> ParseYamlWithMarks(std::string_view text, const YamlOptions& options) {
  YamlDocument document;
  document.marks.set_source(options.source);
  YamlComposer composer(options, &document.marks, /*is_stream=*/false);
  SW_RETURN_IF_ERROR(ParseYamlEvents(text, options.source, composer));
  std::vector<Value> documents = composer.TakeDocuments();
  if (!documents.empty()) document.value = std::move(documents[0]);
  return document;
}

}  // namespace scriptworker::json
