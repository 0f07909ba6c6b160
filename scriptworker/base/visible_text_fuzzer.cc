// SPDX-License-Identifier: MPL-2.0

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "absl/log/check.h"
#include "scriptworker/base/utf8.h"
#include "scriptworker/base/visible_text.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using ::scriptworker::TextLayout;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  for (const TextLayout layout :
       {TextLayout::kOneLine, TextLayout::kLines, TextLayout::kLogMessage}) {
    const std::string visible = VisibleText(text, layout);
    CHECK(scriptworker::FindInvalidUtf8(visible) == std::string_view::npos);
    for (const char c : visible) {
      if (c == '\n') CHECK(layout != TextLayout::kOneLine);
      if (c == '\t') CHECK(layout == TextLayout::kLogMessage);
      if (c != '\n' && c != '\t') CHECK(static_cast<unsigned char>(c) >= 0x20 && c != 0x7f);
    }
    // What is visible stays as it is.
    if (layout != TextLayout::kLogMessage) CHECK(VisibleText(visible, layout) == visible);
    // Halves that are visible make a visible whole.
    const std::string_view end = text.substr(size / 2);
    const std::string joined = VisibleText(text.substr(0, size / 2), TextLayout::kLines) +
                               VisibleText(end, TextLayout::kLines);
    CHECK(VisibleText(joined, TextLayout::kLines) == joined);
  }
  return 0;
}
