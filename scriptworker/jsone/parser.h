// SPDX-License-Identifier: MPL-2.0
#ifndef SCRIPTWORKER_JSONE_PARSER_H_
#define SCRIPTWORKER_JSONE_PARSER_H_

#include <cstddef>
#include <string_view>

#include "absl/status/statusor.h"
#include "scriptworker/jsone/expression.h"

namespace scriptworker::jsone {

// json-e's expression grammar, loosest first; all but ** and the prefix
// operators are left-associative:
//
//   ||   &&   in   == !=   < > <= >=   + -   * /   **   x.y x[y] x(y)   - + ! x
//
// A prefix operator binds tighter than a property access: -a.b is (-a).b.

// Nesting deeper than this is refused (kResourceExhausted), so that a hostile
// text cannot exhaust the stack.
inline constexpr int kMaxExpressionDepth = 200;

// Parses a whole text. Errors are kSyntax template errors with json-e's texts.
absl::StatusOr<Expression> ParseExpression(std::string_view source);

struct EmbeddedExpression {
  Expression expression;
  size_t end = 0;  // offset of the closing brace in the source
};

// Parses the expression at the beginning of `source`, which follows a "${" and
// must end with a "}".
absl::StatusOr<EmbeddedExpression> ParseEmbeddedExpression(std::string_view source);

}  // namespace scriptworker::jsone

#endif  // SCRIPTWORKER_JSONE_PARSER_H_
