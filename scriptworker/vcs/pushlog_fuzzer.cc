// SPDX-License-Identifier: MPL-2.0

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "absl/log/check.h"
#include "scriptworker/json/json.h"
#include "scriptworker/vcs/pushlog.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const auto value =
      scriptworker::json::Parse(std::string_view(reinterpret_cast<const char*>(data), size));
  if (!value.ok()) return 0;
  const auto pushes = scriptworker::vcs::ParsePushlog(*value, "pushlog");
  if (pushes.ok()) CHECK(!pushes->empty());
  return 0;
}
