// SPDX-License-Identifier: MPL-2.0
#include "scriptworker/jsone/lexer.h"

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/status_matchers.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace scriptworker::jsone {
namespace {

using ::absl_testing::StatusIs;
using ::testing::ElementsAre;

// "KIND:TEXT" of every token.
std::vector<std::string> Tokens(std::string_view source) {
  std::vector<std::string> tokens;
  Lexer lexer(source);
  while (true) {
    const absl::StatusOr<Token> token = lexer.Next();
    if (!token.ok()) {
      tokens.push_back("error");
      return tokens;
    }
    if (token->kind == TokenKind::kEnd) return tokens;
    EXPECT_EQ(source.substr(token->start, token->text.size()), token->text);
    tokens.push_back(absl::StrCat(TokenName(token->kind), ":", token->text));
  }
}

TEST(LexerTest, TakesTheLongestOperator) {
  EXPECT_THAT(Tokens("**>=<==!=!"), ElementsAre("**:**", ">=:>=", "<=:<=", "error"));
  EXPECT_THAT(
      Tokens("** * <= < == != ! && ||"),
      ElementsAre("**:**", "*:*", "<=:<=", "<:<", "==:==", "!=:!=", "!:!", "&&:&&", "||:||"));
}

TEST(LexerTest, WordsAreKeywordsOnlyAsAWhole) {
  EXPECT_THAT(Tokens("in inside true trueish null _n1"),
              ElementsAre("in:in", "identifier:inside", "true:true", "identifier:trueish",
                          "null:null", "identifier:_n1"));
}

TEST(LexerTest, NumbersHaveOnePoint) {
  EXPECT_THAT(Tokens("12 1.5 1."), ElementsAre("number:12", "number:1.5", "number:1", ".:."));
}

TEST(LexerTest, StringsEndAtTheirQuote) {
  EXPECT_THAT(Tokens(R"('a"b' "c'd")"), ElementsAre(R"(string:'a"b')", R"(string:"c'd")"));
  EXPECT_THAT(Tokens("'a"), ElementsAre("error"));
}

TEST(LexerTest, EveryKindOfBlankIsSkipped) {
  EXPECT_THAT(Tokens("\xC2\xA0\n1\t\xE2\x80\x89+"), ElementsAre("number:1", "+:+"));
}

TEST(LexerTest, TheEndComesAgainAndAgain) {
  Lexer lexer("");
  for (int i = 0; i < 3; ++i) EXPECT_EQ(lexer.Next()->kind, TokenKind::kEnd);
}

TEST(LexerTest, AnErrorShowsWhatIsLeft) {
  Lexer lexer("a ? b");
  ASSERT_TRUE(lexer.Next().ok());
  EXPECT_THAT(lexer.Next(), StatusIs(absl::StatusCode::kInvalidArgument,
                                     "Unexpected input for 'a ? b' at '? b'"));
}

}  // namespace
}  // namespace scriptworker::jsone
