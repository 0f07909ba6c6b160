// SPDX-License-Identifier: MPL-2.0
//
// Whoever reaches the health endpoint may send it anything: a path that is taken
// is one that this very request line can be made of again.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "absl/log/check.h"
#include "absl/status/statusor.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "scriptworker/http/get_request.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using scriptworker::http::ParseGetRequest;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const absl::StatusOr<std::string> path = ParseGetRequest(text);
  if (path.ok()) {
    CHECK(absl::StartsWith(text, absl::StrCat("GET ", *path)));
    CHECK_EQ(ParseGetRequest(absl::StrCat("GET ", *path, " HTTP/1.1\r\n")).value(), *path);
  }
  return 0;
}
