// SPDX-License-Identifier: MPL-2.0
//
// Whatever lines a server sends: a complete head has a final status and valid fields, and what
// follows changes neither.

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "absl/log/check.h"
#include "absl/status/status.h"
#include "absl/strings/str_split.h"
#include "scriptworker/http/headers.h"
#include "scriptworker/http/response_head.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace scriptworker::http;  // NOLINT: one function
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  ResponseHead head(1 << 10);
  int final_status = 0;
  for (std::string_view line : absl::StrSplit(text, '\n')) {
    // With the line end, which StrSplit has taken away.
    const bool is_last = line.data() + line.size() == text.data() + text.size();
    line = std::string_view(line.data(), line.size() + (is_last ? 0 : 1));
    if (!head.AddLine(line).ok()) break;
    if (!head.complete()) continue;
    if (final_status == 0) {
      final_status = head.status();
      CHECK_GE(final_status, 200);
      CHECK_OK(ValidateHeaders(head.TakeHeaders()));
    }
    CHECK_EQ(head.status(), final_status);
    CHECK(head.TakeHeaders().empty());
  }
  return 0;
}
