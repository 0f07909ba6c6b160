// SPDX-License-Identifier: MPL-2.0
#include "scriptworker/jsone/context.h"

#include <memory>
#include <utility>

#include "scriptworker/json/member.h"
#include "scriptworker/jsone/from_now.h"
#include "scriptworker/jsone/function.h"
#include "scriptworker/jsone/template_error.h"

namespace scriptworker::jsone {

Context::Context(absl::Time now) { Set("now", FormatTimestamp(now)); }

void Context::Set(std::string_view name, json::Value value) {
  variables_.Set(name, std::move(value));
}

void Context::SetAll(const json::Object& variables) {
  for (const json::Member& member : variables) {
    variables_.Set(member.key_as_value(), member.value());
  }
}

void Context::AddFunction(
    std::string_view name,
    std::function<absl::StatusOr<json::Value>(absl::Span<const json::Value>)> function) {
  Function::Body body =
      [function = std::move(function)](const Function::Call& call) -> absl::StatusOr<json::Value> {
    absl::StatusOr<json::Value> result = function(call.arguments);
    if (result.ok()) return result;
    return TemplateError(ErrorClass::kBuiltin, result.status().message());
  };
  variables_.Set(name, json::Value(std::make_unique<Function>(std::string(name), std::move(body))));
}

}  // namespace scriptworker::jsone
