// SPDX-License-Identifier: MPL-2.0
#include "scriptworker/jsone/interpolation.h"

#include <optional>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "scriptworker/base/status_macros.h"
#include "scriptworker/jsone/interpreter.h"
#include "scriptworker/jsone/parser.h"
#include "scriptworker/jsone/template_error.h"
#include "scriptworker/jsone/text.h"

namespace scriptworker::jsone {

bool NeedsInterpolation(std::string_view text) { return absl::StrContains(text, "${"); }

Interpolation Interpolation::Parse(std::string_view text) {
  Interpolation result;
  std::string literal;
  std::string_view rest = text;
  for (size_t at = rest.find("${"); at != std::string_view::npos; at = rest.find("${")) {
    if (at > 0 && rest[at - 1] == '$') {
      absl::StrAppend(&literal, rest.substr(0, at - 1), "${");
      rest.remove_prefix(at + 2);
      continue;
    }
    absl::StrAppend(&literal, rest.substr(0, at));
    rest.remove_prefix(at + 2);
    absl::StatusOr<EmbeddedExpression> embedded = ParseEmbeddedExpression(rest);
    if (!embedded.ok()) {
      result.error_ = embedded.status();
      return result;
    }
    result.parts_.push_back({.literal = std::move(literal),
                             .source = std::string(rest.substr(0, embedded->end)),
                             .expression = std::move(embedded->expression)});
    literal.clear();
    rest.remove_prefix(embedded->end + 1);
  }
  result.tail_ = absl::StrCat(literal, rest);
  return result;
}

absl::StatusOr<std::string> Interpolation::Evaluate(const Scope& scope, Budget& budget) const {
  std::string text;
  const auto add = [&text, &budget](std::string_view more) {
    text.append(more);
    return budget.AddStringBytes(static_cast<int64_t>(more.size()));
  };
  for (const Part& part : parts_) {
    SW_RETURN_IF_ERROR(add(part.literal));
    SW_ASSIGN_OR_RETURN(json::Value value, jsone::Evaluate(part.expression, scope, budget));
    if (value.is_string()) {
      SW_RETURN_IF_ERROR(add(value.string_value()));
    } else if (std::optional<std::string> inner = InterpolatedText(value)) {
      SW_RETURN_IF_ERROR(add(*inner));
    } else {
      return TemplateError(ErrorClass::kTemplate,
                           absl::StrCat("interpolation of '", Excerpt(part.source),
                                        "' produced an array or object"));
    }
  }
  SW_RETURN_IF_ERROR(error_);
  SW_RETURN_IF_ERROR(add(tail_));
  return text;
}

}  // namespace scriptworker::jsone
