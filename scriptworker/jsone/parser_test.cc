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
  for (const std::string_view open : {"(", "[", "-", "{a:", "1**"}) {
    std::string source;
    for (int i = 0; i < 100000; ++i) absl::StrAppend(&source, open);
    EXPECT_THAT(ParseExpression(source),
                StatusIs(absl::StatusCode::kResourceExhausted,
                         "an expression exceeds the limit max_expression_depth of 200"))
        << open;
  }
}

}  // namespace
}  // namespace scriptworker::jsone
