// SPDX-License-Identifier: MPL-2.0
// What Parse accepts, Format writes and Parse reads back equal.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "absl/log/check.h"
#include "absl/status/statusor.h"
#include "scriptworker/json/json.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  namespace json = scriptworker::json;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const absl::StatusOr<json::Value> value = json::Parse(text);
  if (value.ok()) {
    for (const std::string& written : {json::Format(*value), json::FormatCompact(*value)}) {
      const absl::StatusOr<json::Value> again = json::Parse(written);
      CHECK(again.ok() && *again == *value) << written;
    }
    CHECK(json::Parse(text, {.allow_duplicate_keys = true, .allow_big_integers = true}).ok());
  }
  size_t consumed = 0;
  const absl::StatusOr<json::Value> prefix = json::ParsePrefix(text, &consumed);
  CHECK(!prefix.ok() || consumed <= size);
  CHECK(prefix.ok() || !value.ok());
  return 0;
}
