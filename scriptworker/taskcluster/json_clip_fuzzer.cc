// SPDX-License-Identifier: MPL-2.0
//
// A document that can be parsed stays as it is; one that is JSON but too deep can be parsed
// afterwards.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "absl/log/check.h"
#include "scriptworker/json/json.h"
#include "scriptworker/taskcluster/json_clip.h"

namespace json = ::scriptworker::json;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  constexpr int kDepth = 4;
  const std::string clipped = scriptworker::taskcluster::ClipJson(text, kDepth + 1);
  CHECK_LE(clipped.size(), text.size());
  if (json::Parse(text, {.max_depth = kDepth}).ok()) CHECK_EQ(clipped, text);
  if (json::Parse(text).ok()) CHECK(json::Parse(clipped, {.max_depth = kDepth + 1}).ok());
  return 0;
}
