// SPDX-License-Identifier: MPL-2.0
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "cot/policy/policy.h"

// Any bytes are a policy or an error.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  cot::LoadPolicy(std::string_view(reinterpret_cast<const char*>(data), size), "input")
      .IgnoreError();
  return 0;
}
