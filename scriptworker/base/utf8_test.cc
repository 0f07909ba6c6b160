// SPDX-License-Identifier: MPL-2.0
#include "scriptworker/base/utf8.h"

#include <string>
#include <string_view>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"

namespace scriptworker {
namespace {

TEST(Utf8Test, EveryCodePointComesBack) {
  for (uint32_t code_point = 0; code_point <= 0x10ffff; ++code_point) {
    if (code_point == 0xd800) code_point = 0xe000;
    std::string text;
    AppendUtf8(code_point, &text);
    const Utf8CodePoint decoded = DecodeUtf8(text);
    ASSERT_EQ(decoded.code_point, code_point);
    ASSERT_EQ(decoded.length, text.size()) << code_point;
  }
}

TEST(Utf8Test, RefusesWhatIsNoUtf8) {
  const std::string_view kBad[] = {
      "\x80",              // continuation without a start
      "\xc0\xaf",          // overlong '/'
      "\xc1\xbf",          // overlong
      "\xe0\x80\xaf",      // overlong
      "\xf0\x80\x80\xaf",  // overlong
      "\xed\xa0\x80",      // U+D800, a surrogate
      "\xed\xbf\xbf",      // U+DFFF, a surrogate
      "\xf4\x90\x80\x80",  // above U+10FFFF
      "\xf5\x80\x80\x80",  // above U+10FFFF
      "\xff",              // never used
      "\xc3",              // cut
      "\xe2\x82",          // cut
      "\xf0\x9f\x98",      // cut
      "\xe2\x28\xa1",      // no continuation
  };
  for (const std::string_view bad : kBad) {
    EXPECT_EQ(DecodeUtf8(bad).length, 0u) << testing::PrintToString(bad);
    EXPECT_EQ(FindInvalidUtf8(bad), 0u) << testing::PrintToString(bad);
  }
}

TEST(Utf8Test, FindsTheFirstBadByteAfterLongRuns) {
  EXPECT_EQ(FindInvalidUtf8(""), std::string_view::npos);
  for (size_t length = 0; length < 40; ++length) {
    const std::string good = std::string(length, 'x') + "\xc3\xa9";
    EXPECT_EQ(FindInvalidUtf8(good), std::string_view::npos);
    EXPECT_EQ(FindInvalidUtf8(absl::StrCat(good, "\xff", good)), good.size());
  }
}

}  // namespace
}  // namespace scriptworker
