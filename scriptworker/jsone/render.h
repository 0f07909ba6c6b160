// SPDX-License-Identifier: MPL-2.0
#ifndef SCRIPTWORKER_JSONE_RENDER_H_
#define SCRIPTWORKER_JSONE_RENDER_H_

#include "absl/status/statusor.h"
#include "scriptworker/json/object.h"
#include "scriptworker/json/value.h"
#include "scriptworker/jsone/context.h"
#include "scriptworker/jsone/expression_cache.h"
#include "scriptworker/jsone/limits.h"

namespace scriptworker::jsone {

// json-e 4.8.4 (https://json-e.js.org): fills a JSON or YAML document, the
// template, with values from a context. Decision tasks are made this way from a
// repository's .taskcluster.yml, and made again to be compared.
//
//   jsone::Context context(clock.Now());
//   context.Set("name", "world");
//   ASSIGN_OR_RETURN(json::Value value, jsone::Render(tmpl, context));
//
// Errors have json-e's texts, "TemplateError at template.tasks[0].payload:
// ...", and code kInvalidArgument; kResourceExhausted for a limit, which it
// names.
absl::StatusOr<json::Value> Render(const json::Value& document, const Context& context,
                                   const Limits& limits = {});
// The same within what is left of a budget that several renderings share.
absl::StatusOr<json::Value> Render(const json::Value& document, const Context& context,
                                   Budget& budget);

// Renders many documents and keeps the expressions that it has parsed.
// Thread-compatible.
class Renderer {
 public:
  explicit Renderer(const Limits& limits = {});
  absl::StatusOr<json::Value> Render(const json::Value& document, const Context& context);
  absl::StatusOr<json::Value> Render(const json::Value& document, const Context& context,
                                     Budget& budget);

 private:
  Limits limits_;
  json::Object builtins_;
  ExpressionCache cache_;
};

}  // namespace scriptworker::jsone

#endif  // SCRIPTWORKER_JSONE_RENDER_H_
