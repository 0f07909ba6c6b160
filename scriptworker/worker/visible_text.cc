// SPDX-License-Identifier: MPL-2.0
#include "scriptworker/worker/visible_text.h"

#include <cstddef>
#include <string>
#include <string_view>

#include "absl/strings/str_format.h"

namespace scriptworker::worker {
namespace {

// Whether the character at `at` moves a terminal's cursor or worse: C0 but for the
// tab, DEL, and C1 (U+0080 to U+009F in UTF-8).
bool IsControl(std::string_view text, size_t at) {
  const auto byte = [text](size_t i) { return static_cast<unsigned char>(text[i]); };
  const auto is_c1 = [&](size_t lead) {
    return byte(lead) == 0xC2 && lead + 1 < text.size() && byte(lead + 1) >= 0x80 &&
           byte(lead + 1) <= 0x9F;
  };
  if (byte(at) < 0x20) return byte(at) != '\t';
  return byte(at) == 0x7F || is_c1(at) || (at > 0 && is_c1(at - 1));
}

}  // namespace

std::string VisibleText(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\n') {
      out.append("\n    ");
    } else if (IsControl(text, i)) {
      absl::StrAppendFormat(&out, "\\x%02x", static_cast<unsigned char>(text[i]));
    } else {
      out.push_back(text[i]);
    }
  }
  return out;
}

}  // namespace scriptworker::worker
