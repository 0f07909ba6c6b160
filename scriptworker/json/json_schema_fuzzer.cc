// SPDX-License-Identifier: MPL-2.0
// The input is a JSON array of a schema and an instance: compiling and validating
// end, whatever they are.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "absl/log/check.h"
#include "absl/status/statusor.h"
#include "scriptworker/json/json.h"
#include "scriptworker/json/json_schema.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  namespace json = scriptworker::json;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const absl::StatusOr<json::Value> input = json::Parse(text, {.max_depth = 32});
  if (!input.ok() || !input->is_array() || input->array().size() != 2) return 0;
  const absl::StatusOr<json::Schema> schema = json::Schema::Compile(input->array()[0]);
  if (!schema.ok()) return 0;
  const json::Value& instance = input->array()[1];
  CHECK_EQ(schema->Validate(instance).ok(), schema->Errors(instance).empty());
  return 0;
}
