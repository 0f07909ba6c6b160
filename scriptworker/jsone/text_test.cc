// SPDX-License-Identifier: MPL-2.0
#include "scriptworker/jsone/text.h"

#include <string_view>

#include "gtest/gtest.h"
#include "scriptworker/jsone/whitespace.h"

namespace scriptworker::jsone {
namespace {

TEST(TextTest, CountsAndCutsCodePoints) {
  EXPECT_EQ(CodePointCount("aé☃😀"), 4u);
  EXPECT_EQ(CodePointSlice("aé☃😀", 1, 3), "é☃");
  EXPECT_EQ(CodePointSlice("aé☃😀", 3, 9), "😀");
  EXPECT_EQ(CodePointSlice("abc", 5, 9), "");
}

TEST(TextTest, BytesThatAreNoUtf8AreOneCharacterEach) {
  EXPECT_EQ(CodePointCount("\xFF\xC3"), 2u);
  EXPECT_EQ(Uppercase("\xFF"), "\xFF");
}

TEST(TextTest, MapsTheCaseOfAllScripts) {
  EXPECT_EQ(Uppercase("straße ñ ω я ŉ ﬁ"), "STRASSE Ñ Ω Я ʼN FI");
  EXPECT_EQ(Lowercase("ÑΩЯ İ"), "ñωя i̇");
  EXPECT_EQ(Uppercase("\xF0\x90\x90\xA8"), "\xF0\x90\x90\x80");  // Deseret
}

TEST(TextTest, SigmaHasItsFinalFormAtTheEndOfAWord) {
  EXPECT_EQ(Lowercase("ΟΔΟΣ ΣΑΣ Σ"), "οδος σας σ");
  EXPECT_EQ(Lowercase("ΑΣ.Β ΑΣ. .ΣΒ Α'Σ' Α\xCC\x81Σ"), "ασ.β ας. .σβ α'ς' α\xCC\x81ς");
}

TEST(WhitespaceTest, IsStrippedInAllItsForms) {
  constexpr std::string_view kText = "\xEF\xBB\xBF \t\n\v\f\r\xC2\xA0\xE2\x80\xA8x\xE3\x80\x80 ";
  EXPECT_EQ(StripLeading(kText), "x\xE3\x80\x80 ");
  EXPECT_EQ(StripTrailing(StripLeading(kText)), "x");
  EXPECT_EQ(StripTrailing("  "), "");
  EXPECT_EQ(LeadingWhitespace("\xE2\x80"), 0u);  // cut
}

}  // namespace
}  // namespace scriptworker::jsone
