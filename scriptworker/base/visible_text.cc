// SPDX-License-Identifier: MPL-2.0
#include "scriptworker/base/visible_text.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <string>
#include <string_view>

#include "absl/strings/str_format.h"
#include "scriptworker/base/utf8.h"

namespace scriptworker {
namespace {

struct Range {
  uint32_t first, last;
};

// Beyond ASCII, ordered. Default_Ignorable_Code_Point of Unicode 15 (marks of direction are part
// of it), C1, the separators, and the interlinear annotations.
constexpr Range kUnseen[] = {
    {0x80, 0x9f},       {0xad, 0xad},       {0x34f, 0x34f},     {0x61c, 0x61c},   {0x115f, 0x1160},
    {0x17b4, 0x17b5},   {0x180b, 0x180f},   {0x200b, 0x200f},   {0x2028, 0x202e}, {0x2060, 0x206f},
    {0x3164, 0x3164},   {0xfe00, 0xfe0f},   {0xfeff, 0xfeff},   {0xffa0, 0xffa0}, {0xfff0, 0xfffb},
    {0x1bca0, 0x1bca3}, {0x1d173, 0x1d17a}, {0xe0000, 0xe0fff},
};

bool IsUnseen(uint32_t code_point) {
  const Range* const range =
      std::find_if(std::begin(kUnseen), std::end(kUnseen),
                   [code_point](const Range& each) { return code_point <= each.last; });
  return range != std::end(kUnseen) && code_point >= range->first;
}

bool IsVariationSelector(uint32_t code_point) {
  return code_point >= 0xfe00 && code_point <= 0xfe0f;
}

bool IsPlain(char c) { return c >= 0x20 && c < 0x7f; }

void SpellOut(std::string_view bytes, std::string& out) {
  for (const char c : bytes) absl::StrAppendFormat(&out, "\\x%02x", static_cast<unsigned char>(c));
}

}  // namespace

std::string VisibleText(std::string_view text, TextLayout layout) {
  std::string out;
  out.reserve(text.size());
  bool takes_selector = false;  // the character before is shown and beyond ASCII
  while (!text.empty()) {
    // Nearly all of a log, taken at once.
    const auto plain_end = std::find_if_not(text.begin(), text.end(), IsPlain);
    if (plain_end != text.begin()) {
      const auto length = static_cast<size_t>(plain_end - text.begin());
      out.append(text.substr(0, length));
      text.remove_prefix(length);
      takes_selector = false;
      continue;
    }
    const char c = text.front();
    const Utf8CodePoint next = DecodeUtf8(text);
    const std::string_view bytes = text.substr(0, std::max(next.length, size_t{1}));
    text.remove_prefix(bytes.size());
    const bool is_beyond_ascii = next.length > 1;
    const bool is_shown = is_beyond_ascii ? !IsUnseen(next.code_point)
                                          : (c == '\n' && layout == TextLayout::kLines) ||
                                                (c == '\t' && layout == TextLayout::kLogMessage);
    if (is_shown || (takes_selector && IsVariationSelector(next.code_point))) {
      out.append(bytes);
    } else if (c == '\n' && layout == TextLayout::kLogMessage) {
      out.append("\n    ");
    } else {
      SpellOut(bytes, out);
    }
    takes_selector = is_shown && is_beyond_ascii;
  }
  return out;
}

}  // namespace scriptworker
