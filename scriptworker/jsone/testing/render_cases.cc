// SPDX-License-Identifier: MPL-2.0
#include "scriptworker/jsone/testing/render_cases.h"

#include <utility>

#include "absl/time/time.h"
#include "scriptworker/json/json.h"
#include "scriptworker/json/object.h"
#include "scriptworker/jsone/context.h"
#include "scriptworker/jsone/render.h"

namespace scriptworker::jsone {
namespace {

json::Value ParseOrFail(std::string_view text) {
  absl::StatusOr<json::Value> value = json::Parse(text);
  EXPECT_TRUE(value.ok()) << value.status() << " in " << text;
  return value.ok() ? *std::move(value) : json::Value();
}

void Expect(const json::Value& document, std::string_view context_text, std::string_view result,
            std::string_view error) {
  Context context(absl::FromUnixMillis(1484843240974));
  const json::Value variables = ParseOrFail(context_text);
  context.SetAll(variables.object());

  const absl::StatusOr<json::Value> rendered = Render(document, context);

  if (error.empty()) {
    ASSERT_TRUE(rendered.ok()) << rendered.status();
    EXPECT_EQ(*rendered, ParseOrFail(result));
  } else {
    ASSERT_FALSE(rendered.ok());
    EXPECT_EQ(rendered.status().message(), error);
  }
}

}  // namespace

void PrintTo(const RenderCase& render_case, std::ostream* out) {
  *out << render_case.name << ": " << render_case.document;
}

void PrintTo(const ExpressionCase& expression_case, std::ostream* out) {
  *out << expression_case.name << ": " << expression_case.expression;
}

void ExpectRendering(const RenderCase& render_case) {
  Expect(ParseOrFail(render_case.document), render_case.context, render_case.result,
         render_case.error);
}

void ExpectValue(const ExpressionCase& expression_case) {
  json::Object document;
  document.Set("$eval", json::Value(expression_case.expression));
  Expect(json::Value(std::move(document)), expression_case.context, expression_case.result,
         expression_case.error);
}

}  // namespace scriptworker::jsone
