// SPDX-License-Identifier: MPL-2.0
#include "scriptworker/jsone/lexer.h"

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "scriptworker/jsone/template_error.h"
#include "scriptworker/jsone/whitespace.h"

namespace scriptworker::jsone {
namespace {

bool IsDigit(char c) { return c >= '0' && c <= '9'; }
bool IsIdentifierStart(char c) {
  return absl::ascii_isalpha(static_cast<unsigned char>(c)) || c == '_';
}
bool IsIdentifierPart(char c) { return IsIdentifierStart(c) || IsDigit(c); }

size_t DigitsFrom(std::string_view text, size_t i) {
  while (i < text.size() && IsDigit(text[i])) ++i;
  return i;
}

size_t NumberLength(std::string_view text) {
  const size_t whole = DigitsFrom(text, 0);
  if (whole + 1 < text.size() && text[whole] == '.' && IsDigit(text[whole + 1])) {
    return DigitsFrom(text, whole + 1);
  }
  return whole;
}

TokenKind WordKind(std::string_view word) {
  if (word == "true") return TokenKind::kTrue;
  if (word == "false") return TokenKind::kFalse;
  if (word == "in") return TokenKind::kIn;
  if (word == "null") return TokenKind::kNull;
  return TokenKind::kIdentifier;
}

struct Operator {
  TokenKind kind;
  size_t length;  // 0: no operator
};

Operator OperatorAt(std::string_view text) {
  const char next = text.size() > 1 ? text[1] : '\0';
  switch (text[0]) {
    case '*':
      return next == '*' ? Operator{TokenKind::kPower, 2} : Operator{TokenKind::kTimes, 1};
    case '+':
      return {TokenKind::kPlus, 1};
    case '-':
      return {TokenKind::kMinus, 1};
    case '/':
      return {TokenKind::kDivide, 1};
    case '[':
      return {TokenKind::kOpenBracket, 1};
    case ']':
      return {TokenKind::kCloseBracket, 1};
    case '.':
      return {TokenKind::kDot, 1};
    case '(':
      return {TokenKind::kOpenParenthesis, 1};
    case ')':
      return {TokenKind::kCloseParenthesis, 1};
    case '{':
      return {TokenKind::kOpenBrace, 1};
    case '}':
      return {TokenKind::kCloseBrace, 1};
    case ':':
      return {TokenKind::kColon, 1};
    case ',':
      return {TokenKind::kComma, 1};
    case '>':
      return next == '=' ? Operator{TokenKind::kGreaterEqual, 2} : Operator{TokenKind::kGreater, 1};
    case '<':
      return next == '=' ? Operator{TokenKind::kLessEqual, 2} : Operator{TokenKind::kLess, 1};
    case '=':
      return {TokenKind::kEqual, size_t{next == '=' ? 2u : 0u}};
    case '!':
      return next == '=' ? Operator{TokenKind::kNotEqual, 2} : Operator{TokenKind::kNot, 1};
    case '&':
      return {TokenKind::kAnd, size_t{next == '&' ? 2u : 0u}};
    case '|':
      return {TokenKind::kOr, size_t{next == '|' ? 2u : 0u}};
    default:
      return {TokenKind::kEnd, 0};
  }
}

}  // namespace

absl::StatusOr<Token> Lexer::Next() {
  std::string_view rest = source_.substr(position_);
  while (const size_t n = LeadingWhitespace(rest)) {
    rest.remove_prefix(n);
  }
  position_ = source_.size() - rest.size();
  if (rest.empty()) return Token{TokenKind::kEnd, rest, position_};

  TokenKind kind;
  size_t length = 0;
  if (IsIdentifierStart(rest[0])) {
    while (length < rest.size() && IsIdentifierPart(rest[length])) ++length;
    kind = WordKind(rest.substr(0, length));
  } else if (IsDigit(rest[0])) {
    kind = TokenKind::kNumber;
    length = NumberLength(rest);
  } else if (rest[0] == '\'' || rest[0] == '"') {
    kind = TokenKind::kString;
    const size_t close = rest.find(rest[0], 1);
    length = close == std::string_view::npos ? 0 : close + 1;
  } else {
    const Operator op = OperatorAt(rest);
    kind = op.kind;
    length = op.length;
  }
  if (length == 0) {
    return TemplateError(
        ErrorClass::kSyntax,
        absl::StrCat("Unexpected input for '", Excerpt(source_), "' at '", Excerpt(rest), "'"));
  }
  const Token token{kind, rest.substr(0, length), position_};
  position_ += length;
  return token;
}

std::string_view TokenName(TokenKind kind) {
  switch (kind) {
    case TokenKind::kEnd:
      return "end";
    case TokenKind::kPower:
      return "**";
    case TokenKind::kPlus:
      return "+";
    case TokenKind::kMinus:
      return "-";
    case TokenKind::kTimes:
      return "*";
    case TokenKind::kDivide:
      return "/";
    case TokenKind::kOpenBracket:
      return "[";
    case TokenKind::kCloseBracket:
      return "]";
    case TokenKind::kDot:
      return ".";
    case TokenKind::kOpenParenthesis:
      return "(";
    case TokenKind::kCloseParenthesis:
      return ")";
    case TokenKind::kOpenBrace:
      return "{";
    case TokenKind::kCloseBrace:
      return "}";
    case TokenKind::kColon:
      return ":";
    case TokenKind::kComma:
      return ",";
    case TokenKind::kGreaterEqual:
      return ">=";
    case TokenKind::kLessEqual:
      return "<=";
    case TokenKind::kLess:
      return "<";
    case TokenKind::kGreater:
      return ">";
    case TokenKind::kEqual:
      return "==";
    case TokenKind::kNotEqual:
      return "!=";
    case TokenKind::kNot:
      return "!";
    case TokenKind::kAnd:
      return "&&";
    case TokenKind::kOr:
      return "||";
    case TokenKind::kTrue:
      return "true";
    case TokenKind::kFalse:
      return "false";
    case TokenKind::kIn:
      return "in";
    case TokenKind::kNull:
      return "null";
    case TokenKind::kNumber:
      return "number";
    case TokenKind::kIdentifier:
      return "identifier";
    case TokenKind::kString:
      return "string";
  }
  return "end";
}

}  // namespace scriptworker::jsone
