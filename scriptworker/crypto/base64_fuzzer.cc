// SPDX-License-Identifier: MPL-2.0

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "absl/log/check.h"
#include "scriptworker/crypto/base64.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace ::scriptworker::crypto;  // NOLINT(build/namespaces)
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  const auto lenient = Base64DecodeLenient(input);
  const auto strict = Base64Decode(input);
  if (strict.ok()) {
    CHECK(lenient.ok() && *lenient == *strict);
    CHECK(Base64Encode(*strict) == input);
  }
  const auto again = Base64Decode(Base64Encode(input));
  CHECK(again.ok() && *again == input);
  return 0;
}
