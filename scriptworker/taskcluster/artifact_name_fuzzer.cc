// SPDX-License-Identifier: MPL-2.0
//
// An artifact name that is accepted comes back the same from its URL form and
// stays beneath its folder.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "absl/log/check.h"
#include "absl/strings/str_split.h"
#include "scriptworker/http/url.h"
#include "scriptworker/taskcluster/artifact_name.h"

using ::scriptworker::taskcluster::ArtifactName;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto name = ArtifactName::Parse(text);
  if (!name.ok()) return 0;
  CHECK_EQ(name->path(), text);
  CHECK_EQ(*scriptworker::http::PercentDecode(scriptworker::http::PercentEncode(text)), text);
  for (const std::string_view segment : absl::StrSplit(name->path(), '/')) {
    CHECK(!segment.empty() && segment != "." && segment != "..");
  }
  return 0;
}
