// SPDX-License-Identifier: MPL-2.0
#include "scriptworker/jsone/parser.h"

#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "scriptworker/base/status_macros.h"
#include "scriptworker/jsone/lexer.h"
#include "scriptworker/jsone/template_error.h"

namespace scriptworker::jsone {
namespace {

constexpr std::string_view kUnitStarts =
    "!, (, +, -, [, false, identifier, null, number, string, true, {";
constexpr std::string_view kContinuations =
    "!=, &&, (, *, **, +, -, ., /, <, <=, ==, >, >=, [, in, ||";

struct InfixOperator {
  TokenKind token;
  Op op;
  int binding;  // the greater, the tighter
};

// All are left-associative. ** is not among them: it alone is right-associative.
constexpr int kLoosest = 1;
constexpr std::array kInfix = {
    InfixOperator{TokenKind::kOr, Op::kOr, kLoosest},
    InfixOperator{TokenKind::kAnd, Op::kAnd, 2},
    InfixOperator{TokenKind::kIn, Op::kIn, 3},
    InfixOperator{TokenKind::kEqual, Op::kEqual, 4},
    InfixOperator{TokenKind::kNotEqual, Op::kNotEqual, 4},
    InfixOperator{TokenKind::kLess, Op::kLess, 5},
    InfixOperator{TokenKind::kGreater, Op::kGreater, 5},
    InfixOperator{TokenKind::kLessEqual, Op::kLessEqual, 5},
    InfixOperator{TokenKind::kGreaterEqual, Op::kGreaterEqual, 5},
    InfixOperator{TokenKind::kPlus, Op::kAdd, 6},
    InfixOperator{TokenKind::kMinus, Op::kSubtract, 6},
    InfixOperator{TokenKind::kTimes, Op::kMultiply, 7},
    InfixOperator{TokenKind::kDivide, Op::kDivide, 7},
};

absl::StatusOr<json::Value> NumberValue(std::string_view text) {
  int64_t integer = 0;
  if (absl::SimpleAtoi(text, &integer)) return json::Value(integer);
  double real = 0;
  // The lexer lets only digits and one point pass, so this cannot fail.
  (void)absl::SimpleAtod(text, &real);
  if (std::isfinite(real)) return json::Value(real);
  return TemplateError(ErrorClass::kSyntax,
                       absl::StrCat("the number ", Excerpt(text), " is too large"));
}

class Parser {
 public:
  explicit Parser(std::string_view source) : lexer_(source) {}

  absl::Status Start() { return Advance(); }
  const Token& current() const { return current_; }
  Expression TakeExpression(NodeId root) {
    expression_.set_root(root);
    return std::move(expression_);
  }

  // Precedence climbing: takes operators that bind at least as tightly as `binding`.
  // One frame of the stack for an operand, however many kinds of operators there are.
  absl::StatusOr<NodeId> ParseInfix(int binding = kLoosest);
  absl::Status Found(std::string_view expected) const {
    if (current_.kind == TokenKind::kEnd) {
      return TemplateError(ErrorClass::kSyntax, "Unexpected end of input");
    }
    return TemplateError(ErrorClass::kSyntax, absl::StrCat("Found: ", Excerpt(current_.text),
                                                           " token, expected one of: ", expected));
  }

 private:
  // One level deeper while it lives. Whatever parses a part of itself holds one.
  class Level {
   public:
    explicit Level(Parser& parser) : parser_(parser) { ++parser_.depth_; }
    ~Level() { --parser_.depth_; }
    Level(const Level&) = delete;
    Level& operator=(const Level&) = delete;
    absl::Status status() const {
      if (parser_.depth_ <= kMaxExpressionDepth) return absl::OkStatus();
      return BudgetError(absl::StrCat("an expression exceeds the limit max_expression_depth of ",
                                      kMaxExpressionDepth));
    }

   private:
    Parser& parser_;
  };

  absl::Status Advance() {
    SW_ASSIGN_OR_RETURN(current_, lexer_.Next());
    return absl::OkStatus();
  }
  absl::Status Take(TokenKind kind) {
    if (current_.kind != kind) return Found(TokenName(kind));
    return Advance();
  }
  // Takes the current token, whatever it is, and gives it.
  absl::StatusOr<Token> TakeAny() {
    const Token token = current_;
    SW_RETURN_IF_ERROR(Advance());
    return token;
  }

  absl::StatusOr<NodeId> ParsePower();
  absl::StatusOr<NodeId> ParseAccess();
  absl::StatusOr<NodeId> ParseUnit();
  absl::StatusOr<NodeId> ParsePrefixed(Op op);
  absl::StatusOr<NodeId> ParseConstant(json::Value value);
  absl::StatusOr<NodeId> ParseBrackets(NodeId left);
  absl::StatusOr<NodeId> ParseCall(NodeId left);
  absl::StatusOr<NodeId> ParseObject();
  // Of an object: keys and values in turn, and where each key, which is a part of the
  // source, stands among them.
  struct Members {
    std::vector<NodeId> nodes = {};
    absl::flat_hash_map<std::string_view, size_t> positions = {};
  };
  void SetMember(std::string_view key, NodeId value, Members& members);
  absl::StatusOr<std::vector<NodeId>> ParseSequence(TokenKind close);

  Lexer lexer_;
  Token current_;
  Expression expression_;
  int depth_ = 0;
};

// The operator that `kind` stands for if it binds at least as tightly as `binding`.
const InfixOperator* FindOperator(TokenKind kind, int binding) {
  for (const InfixOperator& candidate : kInfix) {
    if (candidate.token == kind) return candidate.binding >= binding ? &candidate : nullptr;
  }
  return nullptr;
}

absl::StatusOr<NodeId> Parser::ParseInfix(int binding) {
  SW_ASSIGN_OR_RETURN(NodeId left, ParsePower());
  while (const InfixOperator* infix = FindOperator(current_.kind, binding)) {
    SW_RETURN_IF_ERROR(Advance());
    SW_ASSIGN_OR_RETURN(NodeId right, ParseInfix(infix->binding + 1));
    left = expression_.Add({.op = infix->op, .left = left, .right = right});
  }
  return left;
}

absl::StatusOr<NodeId> Parser::ParsePower() {
  SW_ASSIGN_OR_RETURN(NodeId base, ParseAccess());
  if (current_.kind != TokenKind::kPower) return base;
  SW_RETURN_IF_ERROR(Advance());
  const Level level(*this);
  SW_RETURN_IF_ERROR(level.status());
  SW_ASSIGN_OR_RETURN(NodeId exponent, ParsePower());
  return expression_.Add({.op = Op::kPower, .left = base, .right = exponent});
}

absl::StatusOr<NodeId> Parser::ParseAccess() {
  SW_ASSIGN_OR_RETURN(NodeId node, ParseUnit());
  while (true) {
    if (current_.kind == TokenKind::kOpenBracket) {
      SW_ASSIGN_OR_RETURN(node, ParseBrackets(node));
    } else if (current_.kind == TokenKind::kDot) {
      SW_RETURN_IF_ERROR(Advance());
      const std::string_view name = current_.text;
      SW_RETURN_IF_ERROR(Take(TokenKind::kIdentifier));
      node = expression_.Add({.op = Op::kProperty, .left = node, .value = json::Value(name)});
    } else if (current_.kind == TokenKind::kOpenParenthesis) {
      SW_ASSIGN_OR_RETURN(node, ParseCall(node));
    } else {
      return node;
    }
  }
}

absl::StatusOr<NodeId> Parser::ParseUnit() {
  const Level level(*this);
  SW_RETURN_IF_ERROR(level.status());
  absl::StatusOr<NodeId> node = kNoNode;
  if (current_.kind == TokenKind::kMinus) {
    node = ParsePrefixed(Op::kUnaryMinus);
  } else if (current_.kind == TokenKind::kPlus) {
    node = ParsePrefixed(Op::kUnaryPlus);
  } else if (current_.kind == TokenKind::kNot) {
    node = ParsePrefixed(Op::kNot);
  } else if (current_.kind == TokenKind::kNumber) {
    SW_ASSIGN_OR_RETURN(json::Value number, NumberValue(current_.text));
    node = ParseConstant(std::move(number));
  } else if (current_.kind == TokenKind::kNull) {
    node = ParseConstant(json::Value());
  } else if (current_.kind == TokenKind::kTrue) {
    node = ParseConstant(json::Value(true));
  } else if (current_.kind == TokenKind::kFalse) {
    node = ParseConstant(json::Value(false));
  } else if (current_.kind == TokenKind::kString) {
    node = ParseConstant(json::Value(current_.text.substr(1, current_.text.size() - 2)));
  } else if (current_.kind == TokenKind::kIdentifier) {
    SW_ASSIGN_OR_RETURN(Token name, TakeAny());
    node = expression_.Add({.op = Op::kVariable, .value = json::Value(name.text)});
  } else if (current_.kind == TokenKind::kOpenParenthesis) {
    SW_RETURN_IF_ERROR(Advance());
    SW_ASSIGN_OR_RETURN(node, ParseInfix());
    SW_RETURN_IF_ERROR(Take(TokenKind::kCloseParenthesis));
  } else if (current_.kind == TokenKind::kOpenBracket) {
    SW_RETURN_IF_ERROR(Advance());
    SW_ASSIGN_OR_RETURN(std::vector<NodeId> items, ParseSequence(TokenKind::kCloseBracket));
    node = expression_.AddWithChildren({.op = Op::kList}, items);
  } else if (current_.kind == TokenKind::kOpenBrace) {
    node = ParseObject();
  } else {
    return Found(kUnitStarts);
  }
  return node;
}

absl::StatusOr<NodeId> Parser::ParsePrefixed(Op op) {
  SW_RETURN_IF_ERROR(Advance());
  SW_ASSIGN_OR_RETURN(NodeId operand, ParseUnit());
  return expression_.Add({.op = op, .left = operand});
}

absl::StatusOr<NodeId> Parser::ParseConstant(json::Value value) {
  SW_RETURN_IF_ERROR(Advance());
  return expression_.Add({.op = Op::kConstant, .value = std::move(value)});
}

// What follows "[" or "(", separated by commas, up to and with `close`.
absl::StatusOr<std::vector<NodeId>> Parser::ParseSequence(TokenKind close) {
  std::vector<NodeId> items;
  if (current_.kind != close) {
    SW_ASSIGN_OR_RETURN(NodeId first, ParseInfix());
    items.push_back(first);
    while (current_.kind == TokenKind::kComma) {
      SW_RETURN_IF_ERROR(Advance());
      SW_ASSIGN_OR_RETURN(NodeId next, ParseInfix());
      items.push_back(next);
    }
  }
  SW_RETURN_IF_ERROR(Take(close));
  return items;
}

absl::StatusOr<NodeId> Parser::ParseCall(NodeId left) {
  const Level level(*this);
  SW_RETURN_IF_ERROR(level.status());
  SW_RETURN_IF_ERROR(Advance());
  SW_ASSIGN_OR_RETURN(std::vector<NodeId> arguments, ParseSequence(TokenKind::kCloseParenthesis));
  return expression_.AddWithChildren({.op = Op::kCall, .left = left}, arguments);
}

absl::StatusOr<NodeId> Parser::ParseBrackets(NodeId left) {
  const Level level(*this);
  SW_RETURN_IF_ERROR(level.status());
  SW_RETURN_IF_ERROR(Advance());
  NodeId lower = kNoNode;
  NodeId upper = kNoNode;
  if (current_.kind != TokenKind::kColon) {
    SW_ASSIGN_OR_RETURN(lower, ParseInfix());
  }
  const bool is_slice = current_.kind == TokenKind::kColon;
  if (is_slice) {
    SW_RETURN_IF_ERROR(Advance());
    if (current_.kind != TokenKind::kCloseBracket) {
      SW_ASSIGN_OR_RETURN(upper, ParseInfix());
    }
  }
  SW_RETURN_IF_ERROR(Take(TokenKind::kCloseBracket));
  return expression_.Add(
      {.op = is_slice ? Op::kSlice : Op::kIndex, .left = left, .right = lower, .upper = upper});
}

// A later value takes the place of an earlier one with the same key, which is
// then never evaluated.
void Parser::SetMember(std::string_view key, NodeId value, Members& members) {
  const auto [position, is_new] = members.positions.try_emplace(key, members.nodes.size());
  if (!is_new) {
    members.nodes[position->second + 1] = value;
    return;
  }
  members.nodes.push_back(expression_.Add({.op = Op::kConstant, .value = json::Value(key)}));
  members.nodes.push_back(value);
}

absl::StatusOr<NodeId> Parser::ParseObject() {
  SW_RETURN_IF_ERROR(Advance());
  Members members;
  while (current_.kind == TokenKind::kString || current_.kind == TokenKind::kIdentifier) {
    SW_ASSIGN_OR_RETURN(Token key, TakeAny());
    if (key.kind == TokenKind::kString) {
      key.text = key.text.substr(1, key.text.size() - 2);
    }
    SW_RETURN_IF_ERROR(Take(TokenKind::kColon));
    SW_ASSIGN_OR_RETURN(NodeId value, ParseInfix());
    SetMember(key.text, value, members);
    if (current_.kind == TokenKind::kCloseBrace) break;
    SW_RETURN_IF_ERROR(Take(TokenKind::kComma));
  }
  SW_RETURN_IF_ERROR(Take(TokenKind::kCloseBrace));
  return expression_.AddWithChildren({.op = Op::kObject}, members.nodes);
}

}  // namespace

absl::StatusOr<Expression> ParseExpression(std::string_view source) {
  Parser parser(source);
  SW_RETURN_IF_ERROR(parser.Start());
  SW_ASSIGN_OR_RETURN(NodeId root, parser.ParseInfix());
  if (parser.current().kind != TokenKind::kEnd) {
    return parser.Found(kContinuations);
  }
  return parser.TakeExpression(root);
}

absl::StatusOr<EmbeddedExpression> ParseEmbeddedExpression(std::string_view source) {
  Parser parser(source);
  SW_RETURN_IF_ERROR(parser.Start());
  SW_ASSIGN_OR_RETURN(NodeId root, parser.ParseInfix());
  if (parser.current().kind == TokenKind::kEnd) {
    return TemplateError(ErrorClass::kSyntax, "unterminated ${..} expression");
  }
  if (parser.current().kind != TokenKind::kCloseBrace) {
    return parser.Found(kContinuations);
  }
  const size_t end = parser.current().start;
  return EmbeddedExpression{parser.TakeExpression(root), end};
}

}  // namespace scriptworker::jsone
