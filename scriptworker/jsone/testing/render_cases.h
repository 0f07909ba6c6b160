// SPDX-License-Identifier: MPL-2.0
#ifndef SCRIPTWORKER_JSONE_TESTING_RENDER_CASES_H_
#define SCRIPTWORKER_JSONE_TESTING_RENDER_CASES_H_

#include <ostream>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "gtest/gtest.h"
#include "scriptworker/json/value.h"

namespace scriptworker::jsone {

// One rendering, with JSON texts. Exactly one of `result` and `error` is set.
struct RenderCase {
  std::string_view name;
  std::string_view document;
  std::string_view context = "{}";
  std::string_view result = {};
  std::string_view error = {};  // the whole message
};

// Shorthands: an expression stands for {"$eval": expression}.
struct ExpressionCase {
  std::string_view name;
  std::string_view expression;
  std::string_view result = {};
  std::string_view error = {};
  std::string_view context = "{}";
};

// For gtest's messages.
void PrintTo(const RenderCase& render_case, std::ostream* out);
void PrintTo(const ExpressionCase& expression_case, std::ostream* out);

// Renders at 2017-01-19T16:27:20.974Z and expects what the case says.
void ExpectRendering(const RenderCase& render_case);
void ExpectValue(const ExpressionCase& expression_case);

template <typename Case>
std::string CaseName(const testing::TestParamInfo<Case>& info) {
  return std::string(info.param.name);
}

}  // namespace scriptworker::jsone

#endif  // SCRIPTWORKER_JSONE_TESTING_RENDER_CASES_H_
