// SPDX-License-Identifier: MPL-2.0
#include "scriptworker/base/visible_text.h"

#include <cstdint>
#include <string>
#include <string_view>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "scriptworker/base/utf8.h"

namespace scriptworker {
namespace {

using ::testing::Each;
using ::testing::Ge;

constexpr TextLayout kLayouts[] = {TextLayout::kOneLine, TextLayout::kLines,
                                   TextLayout::kLogMessage};

TEST(VisibleTextTest, SpellsOutWhatATerminalWouldObeyOrNobodyWouldSee) {
  struct Case {
    std::string_view text, visible;
  };
  const Case cases[] = {
      {"", ""},
      {"plain text and \xC3\xBCmlauts, \xE6\x97\xA5\xE6\x9C\xAC, \xF0\x9F\x9A\x80",
       "plain text and \xC3\xBCmlauts, \xE6\x97\xA5\xE6\x9C\xAC, \xF0\x9F\x9A\x80"},
      {"\x1b[2J", "\\x1b[2J"},
      {"over\rwritten\x7f", "over\\x0dwritten\\x7f"},
      {std::string_view("\0", 1), "\\x00"},
      {"\xC2\x9B", "\\xc2\\x9b"},  // U+009B, a CSI of one character
      {"\xC2\xA0", "\xC2\xA0"},
      {"\xE2\x80\xA8\xE2\x80\xA9", "\\xe2\\x80\\xa8\\xe2\\x80\\xa9"},  // separators
      {"a\xE2\x80\xAE"
       "b",
       "a\\xe2\\x80\\xaeb"},  // right to left
      {"a\xE2\x80\x8B"
       "b",
       "a\\xe2\\x80\\x8bb"},                                     // without a width
      {"\xF3\xA0\x81\x81", "\\xf3\\xa0\\x81\\x81"},              // a tag
      {"\xE2\x9A\xA0\xEF\xB8\x8F", "\xE2\x9A\xA0\xEF\xB8\x8F"},  // how an emoji is shown
      {"1\xEF\xB8\x8F", "1\\xef\\xb8\\x8f"},
      {"\xC3\xBC\xEF\xB8\x8F\xEF\xB8\x8F", "\xC3\xBC\xEF\xB8\x8F\\xef\\xb8\\x8f"},
  };
  for (const Case& c : cases) {
    for (const TextLayout layout : kLayouts) EXPECT_EQ(VisibleText(c.text, layout), c.visible);
  }
}

TEST(VisibleTextTest, SpellsOutWhatIsNoUtf8) {
  struct Case {
    std::string_view text, visible;
  };
  const Case cases[] = {
      {"\xC2", "\\xc2"},           // cut off: what comes next could make a control of it
      {"\x9B", "\\x9b"},           // a CSI for a terminal that is not set to UTF-8
      {"\xC0\x9B", "\\xc0\\x9b"},  // overlong ESC
      {"\xE0\x80\x9B", "\\xe0\\x80\\x9b"},
      {"\xED\xA0\x80", "\\xed\\xa0\\x80"},           // a surrogate
      {"\xF4\x90\x80\x80", "\\xf4\\x90\\x80\\x80"},  // beyond U+10FFFF
      {"\xE2\x82\x1b[", "\\xe2\\x82\\x1b["},         // cut off by a control
      {"\xC2\xC2\x9B", "\\xc2\\xc2\\x9b"},
      {"\xFF\xFE", "\\xff\\xfe"},
  };
  for (const Case& c : cases) {
    for (const TextLayout layout : kLayouts) EXPECT_EQ(VisibleText(c.text, layout), c.visible);
  }
}

TEST(VisibleTextTest, LaysOutLinesAndTabs) {
  EXPECT_EQ(VisibleText("a\tb\nc\n", TextLayout::kOneLine), "a\\x09b\\x0ac\\x0a");
  EXPECT_EQ(VisibleText("a\tb\nc\n", TextLayout::kLines), "a\\x09b\nc\n");
  EXPECT_EQ(VisibleText("a\tb\nc\n", TextLayout::kLogMessage), "a\tb\n    c\n    ");
}

// The names of what must not reach a terminal, by Unicode's numbers.
TEST(VisibleTextTest, AllOfARangeIsSpelledOut) {
  struct Range {
    std::string_view name;
    uint32_t first, last;
  };
  const Range ranges[] = {
      {"C0", 0x00, 0x08},
      {"C0 behind the line feed", 0x0b, 0x1f},
      {"DEL and C1", 0x7f, 0x9f},
      {"soft hyphen", 0xad, 0xad},
      {"Arabic mark of direction", 0x61c, 0x61c},
      {"zero width and marks of direction", 0x200b, 0x200f},
      {"separators, embeddings and overrides", 0x2028, 0x202e},
      {"word joiner to the deprecated ones, with the isolates", 0x2060, 0x206f},
      {"byte order mark", 0xfeff, 0xfeff},
      {"annotations", 0xfff9, 0xfffb},
      {"tags and selectors", 0xe0000, 0xe0fff},
  };
  for (const Range& range : ranges) {
    for (uint32_t code_point = range.first; code_point <= range.last; ++code_point) {
      std::string character;
      AppendUtf8(code_point, &character);
      for (const TextLayout layout : kLayouts) {
        const std::string visible = VisibleText(character, layout);
        EXPECT_EQ(visible.size(), 4 * character.size()) << range.name << ", " << code_point;
        EXPECT_THAT(visible, Each(Ge(' '))) << range.name << ", " << code_point;
      }
    }
  }
  for (const uint32_t code_point : {0xa0U, 0xacU, 0xaeU, 0x200aU, 0x2010U, 0x2027U, 0x202fU,
                                    0x205fU, 0x2070U, 0xfdffU, 0xfe10U, 0xfffcU, 0x10ffffU}) {
    std::string character;
    AppendUtf8(code_point, &character);
    EXPECT_EQ(VisibleText(character, TextLayout::kOneLine), character) << code_point;
  }
}

}  // namespace
}  // namespace scriptworker
