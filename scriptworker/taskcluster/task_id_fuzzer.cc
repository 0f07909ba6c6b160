// SPDX-License-Identifier: MPL-2.0
//
// A task id that is accepted is the text itself and safe as a path segment.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "absl/log/check.h"
#include "scriptworker/taskcluster/task_id.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto id = scriptworker::taskcluster::TaskId::Parse(text);
  if (!id.ok()) return 0;
  CHECK_EQ(id->str(), text);
  CHECK_EQ(id->str().size(), 22u);
  CHECK_EQ(id->str().find_first_of("/.%?#\\"), std::string_view::npos);
  return 0;
}
