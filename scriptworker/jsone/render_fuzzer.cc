// SPDX-License-Identifier: MPL-2.0
// Any JSON document as a template: it is rendered, within its limits, or an error.

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "scriptworker/json/json.h"
#include "scriptworker/json/object.h"
#include "scriptworker/json/value.h"
#include "scriptworker/jsone/context.h"
#include "scriptworker/jsone/render.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  namespace json = scriptworker::json;
  namespace jsone = scriptworker::jsone;
  const absl::StatusOr<json::Value> document =
      json::Parse(std::string_view(reinterpret_cast<const char*>(data), size));
  if (!document.ok()) return 0;
  jsone::Context context(absl::UnixEpoch());
  context.Set("a", json::Array{1, "two", json::Value()});
  context.Set("b", json::Object{{"a", 1}, {"c", "d"}});
  (void)jsone::Render(
      *document, context,
      {.max_steps = 10000, .max_nodes = 10000, .max_string_bytes = 1 << 20, .max_range = 1000});
  return 0;
}
