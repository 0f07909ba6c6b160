// SPDX-License-Identifier: MPL-2.0
#include "scriptworker/jsone/parser.h"

#include <string>
#include <string_view>

#include "absl/status/status_matchers.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace scriptworker::jsone {
namespace {

using ::absl_testing::IsOk;
using ::absl_testing::StatusIs;

struct SyntaxCase {
  std::string_view name;
  std::string_view source;
  std::string_view error;
};

class SyntaxErrorTest : public testing::TestWithParam<SyntaxCase> {};

TEST_P(SyntaxErrorTest, IsNamed) {
  EXPECT_THAT(ParseExpression(GetParam().source),
              StatusIs(absl::StatusCode::kInvalidArgument, GetParam().error));
}

constexpr SyntaxCase kSyntaxErrors[] = {
    {"Empty", "", "Unexpected end of input"},
    {"MissingOperand", "1 +", "Unexpected end of input"},
    {"OpenParenthesis", "(1", "Unexpected end of input"},
    {"OpenList", "[1, 2", "Unexpected end of input"},
    {"OpenObject", "{a: 1", "Unexpected end of input"},
    {"UnclosedString", "'a", "Unexpected input for ''a' at ''a'"},
    {"UnknownCharacter", "1 ; 2", "Unexpected input for '1 ; 2' at '; 2'"},
    {"SingleEqualSign", "a = 1", "Unexpected input for 'a = 1' at '= 1'"},
    {"TwoValues", "1 2",
     "Found: 2 token, expected one of: !=, &&, (, *, **, +, -, ., /, <, <=, "
     "==, >, >=, [, in, ||"},
    {"EmptyArgument", "f(, 1)",
     "Found: , token, expected one of: !, (, +, -, [, false, identifier, null, "
     "number, string, true, {"},
    {"EmptyIndex", "a[]",
     "Found: ] token, expected one of: !, (, +, -, [, false, identifier, null, "
     "number, string, true, {"},
    {"PropertyNoIdentifier", "a.{", "Found: { token, expected one of: identifier"},
    {"ObjectWithoutColon", "{a 1}", "Found: 1 token, expected one of: :"},
};
INSTANTIATE_TEST_SUITE_P(Table, SyntaxErrorTest, testing::ValuesIn(kSyntaxErrors),
                         [](const testing::TestParamInfo<SyntaxCase>& info) {
                           return std::string(info.param.name);
                         });

TEST(ParserTest, AnEmbeddedExpressionEndsAtItsBrace) {
  const absl::StatusOr<EmbeddedExpression> embedded =
      ParseEmbeddedExpression("{a: '}'}.a } behind");
  ASSERT_THAT(embedded, IsOk());
  EXPECT_EQ(embedded->end, 11u);
}

TEST(ParserTest, AnEmbeddedExpressionNeedsItsBrace) {
  EXPECT_THAT(ParseEmbeddedExpression("a + 1"),
              StatusIs(absl::StatusCode::kInvalidArgument, "unterminated ${..} expression"));
}

TEST(ParserTest, DeepNestingIsRefusedBeforeTheStackEnds) {
  for (const std::string_view open :
       {"(", "[", "-", "{a:", "1**", "a[", "a[:", "a[0:", "a(", "a(b,", "1+a["}) {
    std::string source;
    for (int i = 0; i < 100000; ++i) absl::StrAppend(&source, open);
    const auto too_deep = StatusIs(absl::StatusCode::kResourceExhausted,
                                   "an expression exceeds the limit max_expression_depth of 200");
    EXPECT_THAT(ParseExpression(source), too_deep) << open;
    EXPECT_THAT(ParseEmbeddedExpression(source), too_deep) << open;
  }
}

TEST(ParserTest, NestingBelowTheLimitIsTaken) {
  std::string index = "a";
  for (int i = 0; i < 198; ++i) index = absl::StrCat("a[", index, "]");
  EXPECT_THAT(ParseExpression(index), IsOk());
}

TEST(ParserTest, ANumberThatNoDoubleHoldsIsRefused) {
  EXPECT_THAT(ParseExpression(std::string(400, '9')),
              StatusIs(absl::StatusCode::kInvalidArgument, testing::HasSubstr("is too large")));
  EXPECT_THAT(ParseExpression(std::string(300, '9')), IsOk());
}

TEST(ParserTest, AnErrorShowsNoMoreThanAPartOfALongText) {
  const std::string_view euro = "\xE2\x82\xAC";
  std::string text;
  for (int i = 0; i < 100000; ++i) absl::StrAppend(&text, euro);
  for (const std::string& source :
       {absl::StrCat("'", text), absl::StrCat("1 '", text, "'"), text}) {
    const std::string message(ParseExpression(source).status().message());
    EXPECT_LT(message.size(), 1000u);
    EXPECT_THAT(message, testing::ContainsRegex("\xE2\x82\xAC\\.\\.\\."));
  }
}

}  // namespace
}  // namespace scriptworker::jsone
