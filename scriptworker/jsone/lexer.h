// SPDX-License-Identifier: MPL-2.0
#ifndef SCRIPTWORKER_JSONE_LEXER_H_
#define SCRIPTWORKER_JSONE_LEXER_H_

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "absl/status/statusor.h"

namespace scriptworker::jsone {

enum class TokenKind : uint8_t {
  kEnd,  // of the source
  kPower,
  kPlus,
  kMinus,
  kTimes,
  kDivide,
  kOpenBracket,
  kCloseBracket,
  kDot,
  kOpenParenthesis,
  kCloseParenthesis,
  kOpenBrace,
  kCloseBrace,
  kColon,
  kComma,
  kGreaterEqual,
  kLessEqual,
  kLess,
  kGreater,
  kEqual,
  kNotEqual,
  kNot,
  kAnd,
  kOr,
  kTrue,
  kFalse,
  kIn,
  kNull,
  kNumber,
  kIdentifier,
  kString,  // text includes the quotes; there are no escapes
};

// As error messages name it: "**", "identifier", ...
std::string_view TokenName(TokenKind kind);

struct Token {
  TokenKind kind = TokenKind::kEnd;
  std::string_view text;  // a part of the source
  size_t start = 0;       // offset in the source
};

// Splits the source of an expression into tokens, one at a time: an expression
// within a string ends at a token that only its parser knows.
// Thread-compatible. The source must outlive the lexer and its tokens.
class Lexer {
 public:
  explicit Lexer(std::string_view source) : source_(source) {}

  // White space between tokens is skipped. After the last one: kEnd, again and
  // again. Error: kSyntax, for a character that begins no token.
  absl::StatusOr<Token> Next();

 private:
  std::string_view source_;
  size_t position_ = 0;
};

}  // namespace scriptworker::jsone

#endif  // SCRIPTWORKER_JSONE_LEXER_H_
