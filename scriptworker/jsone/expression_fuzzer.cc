// SPDX-License-Identifier: MPL-2.0
// Any text as an expression: it is parsed and evaluated, or an error.

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "absl/time/time.h"
#include "scriptworker/json/object.h"
#include "scriptworker/json/value.h"
#include "scriptworker/jsone/context.h"
#include "scriptworker/jsone/render.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  namespace json = scriptworker::json;
  namespace jsone = scriptworker::jsone;
  const std::string_view source(reinterpret_cast<const char*>(data), size);
  jsone::Context context(absl::UnixEpoch());
  context.Set("a", json::Array{1, "two", json::Value()});
  context.Set("b", json::Object{{"a", 1}, {"c", "d"}});
  context.Set("n", 2.5);
  const json::Value document(json::Object{{"$eval", json::Value(source)}});
  (void)jsone::Render(document, context,
                      {.max_steps = 10000, .max_nodes = 10000, .max_range = 1000});
  return 0;
}
