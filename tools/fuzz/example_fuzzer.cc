// SPDX-License-Identifier: MPL-2.0

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "absl/strings/escaping.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  std::string decoded;
  if (absl::Base64Unescape(absl::Base64Escape(text), &decoded) && decoded == text) return 0;
  __builtin_trap();
}
