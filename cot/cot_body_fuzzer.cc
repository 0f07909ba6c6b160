// SPDX-License-Identifier: MPL-2.0
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "cot/cot_body.h"

// Any bytes are a body or an error, and what was read is written and read
// again to the same text.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const absl::StatusOr<cot::CotBody> body = cot::ParseCotBody(bytes, "input");
  if (!body.ok()) return 0;
  const std::string text = cot::FormatCotBody(*body);
  const absl::StatusOr<cot::CotBody> again = cot::ParseCotBody(text, "text");
  if (!again.ok() || cot::FormatCotBody(*again) != text) std::abort();
  return 0;
}
