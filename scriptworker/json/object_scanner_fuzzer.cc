// SPDX-License-Identifier: MPL-2.0
// Whatever the scanner accepts, Parse accepts, and both see the same members.

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "scriptworker/json/json.h"
#include "scriptworker/json/object_scanner.h"
#include "scriptworker/json/value.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  namespace json = scriptworker::json;
  if (size == 0) return 0;
  const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
  const size_t piece = size_t{data[0]} % 64 + 1;
  json::ObjectScanner scanner({"a", "b"});
  absl::Status status;
  for (size_t i = 0; status.ok() && i < text.size(); i += piece) {
    status = scanner.Write(text.substr(i, piece));
  }
  if (!status.ok()) return 0;
  const absl::StatusOr<json::Object> found = scanner.Finish();
  if (!found.ok()) return 0;
  const absl::StatusOr<json::Value> parsed = json::Parse(text, {.allow_duplicate_keys = true});
  if (!parsed.ok()) std::abort();
  for (const std::string_view key : {"a", "b"}) {
    const json::Value* expected = parsed->Find(key);
    const json::Value* actual = found->Find(key);
    if ((expected == nullptr) != (actual == nullptr)) std::abort();
    if (expected != nullptr && !(*expected == *actual)) std::abort();
  }
  return 0;
}
