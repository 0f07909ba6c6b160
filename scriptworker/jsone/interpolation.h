// SPDX-License-Identifier: MPL-2.0
#ifndef SCRIPTWORKER_JSONE_INTERPOLATION_H_
#define SCRIPTWORKER_JSONE_INTERPOLATION_H_

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "scriptworker/jsone/expression.h"
#include "scriptworker/jsone/limits.h"
#include "scriptworker/jsone/scope.h"

namespace scriptworker::jsone {

// Whether `text` has a "${", so that its interpolation differs from itself.
bool NeedsInterpolation(std::string_view text);

// A text with "${expression}" parts ("$${" stands for "${"), parsed once.
// Immutable, so thread-safe.
class Interpolation {
 public:
  // Never fails: an expression that does not parse is an error of Evaluate, and
  // only after the expressions in front of it were evaluated.
  static Interpolation Parse(std::string_view text);

  // The text with the values in it. Errors: as Evaluate(Expression), and
  // kTemplate for a value that is an array, object or function.
  absl::StatusOr<std::string> Evaluate(const Scope& scope, Budget& budget) const;

 private:
  struct Part {
    std::string literal;  // in front of the expression
    std::string source;   // of the expression, for errors
    Expression expression;
  };
  std::vector<Part> parts_;
  std::string tail_;    // behind the last expression
  absl::Status error_;  // of the first expression that did not parse
};

}  // namespace scriptworker::jsone

#endif  // SCRIPTWORKER_JSONE_INTERPOLATION_H_
