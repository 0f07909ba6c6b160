// SPDX-License-Identifier: MPL-2.0
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "cot/evidence/cot_body.h"
#include "scriptworker/json/json.h"

namespace {

absl::StatusOr<cot::CotBody> Read(std::string_view bytes) {
  const absl::StatusOr<scriptworker::json::Value> value = scriptworker::json::Parse(bytes);
  return value.ok() ? cot::ReadCotBody(*value, "input") : value.status();
}

}  // namespace

// Any bytes are a body or an error, and what was read is written and read
// again to the same text.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const absl::StatusOr<cot::CotBody> body = Read(bytes);
  if (!body.ok()) return 0;
  const std::string text = cot::FormatCotBody(*body);
  const absl::StatusOr<cot::CotBody> again = Read(text);
  if (!again.ok() || cot::FormatCotBody(*again) != text) std::abort();
  return 0;
}
