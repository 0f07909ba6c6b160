// SPDX-License-Identifier: MPL-2.0
#include "scriptworker/json/yaml_text_checks.h"

#include <string_view>

#include "absl/status/status.h"
#include "gtest/gtest.h"

namespace scriptworker::json {
namespace {

TEST(CheckYamlCharactersTest, NamesThePositionOfWhatIsNotAllowed) {
  struct Case {
    std::string_view text;
    std::string_view message;
  };
  using std::string_view_literals::operator""sv;
  const Case kCases[] = {
      {"", ""},
      {"a: é\r\n\tb \U0001f600\n", ""},
      {"a: \xff", "f:1:4: the byte 0xff is no UTF-8"},
      {"é\né\xed\xa0\x80", "f:2:2: the byte 0xed is no UTF-8"},
      {"\"\x01\"", "f:1:2: the character U+0001 is not allowed"},
      {"a\0b"sv, "f:1:2: the character U+0000 is not allowed"},
      {"a\x7f", "f:1:2: the character U+007F is not allowed"},
      {"\u0080", "f:1:1: the character U+0080 is not allowed"},
      {"\u0085", "f:1:1: the character U+0085 is not allowed"},
      {"a\u2028", "f:1:2: the character U+2028 is not allowed"},
      {"\uffff", "f:1:1: the character U+FFFF is not allowed"},
      {"\ufeff", "f:1:1: the character U+FEFF is not allowed"},
      {"a\rb", "f:1:2: the character U+000D is not allowed"},
      {"a\r", "f:1:2: the character U+000D is not allowed"},
  };
  for (const Case& c : kCases) {
    EXPECT_EQ(CheckYamlCharacters(c.text, "f").message(), c.message);
  }
}

TEST(MeasureScalarTest, FindsTheEndOfQuotedTexts) {
  struct Case {
    std::string_view text;
    size_t length;
  };
  const Case kCases[] = {
      {"'a' b", 3},         {"'a''b' c", 6},    {"''", 2},       {"\"a\" b", 3},
      {R"("a\"b\\" c)", 8}, {"\"a\nb\": c", 5}, {"&x 'a' b", 6}, {"!!str &x \"a\" b", 12},
      {"!!str\n  'a'", 11}, {"\"'\" b", 3},     {"'\"' b", 3},
  };
  for (const Case& c : kCases) {
    const YamlScalarShape shape = MeasureScalar(c.text);
    EXPECT_EQ(shape.kind, YamlScalarShape::Kind::kQuoted) << c.text;
    EXPECT_EQ(shape.flaw, "") << c.text;
    EXPECT_EQ(shape.length, c.length) << c.text;
  }
}

TEST(MeasureScalarTest, TellsPlainScalarsAndBlocks) {
  EXPECT_EQ(MeasureScalar("a 'b'").kind, YamlScalarShape::Kind::kPlain);
  EXPECT_EQ(MeasureScalar("!!int 3").kind, YamlScalarShape::Kind::kPlain);
  EXPECT_EQ(MeasureScalar("").kind, YamlScalarShape::Kind::kPlain);
  EXPECT_EQ(MeasureScalar("|2-\n a").kind, YamlScalarShape::Kind::kBlock);
  EXPECT_EQ(MeasureScalar("!!str >-\n a").kind, YamlScalarShape::Kind::kBlock);
}

TEST(MeasureScalarTest, NamesFlaws) {
  struct Case {
    std::string_view text;
    std::string_view flaw;
  };
  const Case kCases[] = {
      {"'a", "this quoted text does not end"},
      {"'a''", "this quoted text does not end"},
      {"\"a\\\"", "this quoted text does not end"},
      {"\"a\\", "this quoted text does not end"},
      {"\"a\\'b\"", "\\' is no escape"},
      {"! a", "the tag ! states nothing, leave it out"},
      {"&x ! 'a'", "the tag ! states nothing, leave it out"},
      {"># x\n a", "expected a line break after the block's indicators"},
      {"|x\n a", "expected a line break after the block's indicators"},
      {">+\n a", "a folded block that keeps its last line breaks is not supported"},
      {">2+\n a", "a folded block that keeps its last line breaks is not supported"},
  };
  for (const Case& c : kCases) EXPECT_EQ(MeasureScalar(c.text).flaw, c.flaw) << c.text;
}

TEST(FindStrayTest, FindsTabsOutsideOfCommentsAndUnknownDirectives) {
  struct Case {
    std::string_view text;
    size_t stray;
  };
  constexpr size_t kNone = std::string_view::npos;
  const Case kCases[] = {
      {"a: b", kNone},        {"a:\tb", 2},          {"\ta", 0},        {"a # x\ty", kNone},
      {"# x\ty", kNone},      {"a#x\ty", 3},         {"# x\n\ta", 4},   {"a %b\n", kNone},
      {"%YAML 1.1\n", kNone}, {"%TAG ! x\n", kNone}, {"%YAML1.1\n", 0}, {"a\n%b\n", 2},
      {"%YAML 2.0\n", 0},     {"%YAML 1.1", 0},
  };
  for (const Case& c : kCases) EXPECT_EQ(FindStray(c.text, 0, c.text.size()), c.stray) << c.text;
  EXPECT_EQ(FindStray("\ta\tb", 1, 2), kNone);
  EXPECT_EQ(FindStray("\ta\tb", 1, 4), 2u);
}

TEST(IsKeyWithMarkTest, WantsAColonBehindOrAQuestionMarkBefore) {
  EXPECT_TRUE(IsKeyWithMark("a:", 0));
  EXPECT_TRUE(IsKeyWithMark("a : b", 0));
  EXPECT_TRUE(IsKeyWithMark("x\n? a\n", 4));
  EXPECT_TRUE(IsKeyWithMark("'a: ': b", 0));
  EXPECT_FALSE(IsKeyWithMark("a\nb: c", 0));
  EXPECT_FALSE(IsKeyWithMark("a:b", 0));
  EXPECT_FALSE(IsKeyWithMark("x:\na", 3));
}

TEST(HasLineStartingWithTest, LooksAtEveryLine) {
  EXPECT_TRUE(HasLineStartingWith("%a", "%"));
  EXPECT_TRUE(HasLineStartingWith("a\n%b", "%"));
  EXPECT_FALSE(HasLineStartingWith("a %b\n b%", "%"));
}

}  // namespace
}  // namespace scriptworker::json
