// SPDX-License-Identifier: MPL-2.0
#ifndef SCRIPTWORKER_JSONE_CONTEXT_H_
#define SCRIPTWORKER_JSONE_CONTEXT_H_

#include <functional>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "scriptworker/json/object.h"
#include "scriptworker/json/value.h"

namespace scriptworker::jsone {

// What a template sees: variables, own functions, and the time that $fromNow
// counts from. Thread-compatible.
class Context {
 public:
  // `now` is the variable of that name, unless it is set to something else.
  explicit Context(absl::Time now);

  // A name that is no identifier makes every rendering fail, as in json-e.
  void Set(std::string_view name, json::Value value);
  void SetAll(const json::Object& variables);

  // An error of `function` becomes a kBuiltin template error with its message.
  void AddFunction(
      std::string_view name,
      std::function<absl::StatusOr<json::Value>(absl::Span<const json::Value>)> function);

  const json::Object& variables() const { return variables_; }

 private:
  json::Object variables_;
};

}  // namespace scriptworker::jsone

#endif  // SCRIPTWORKER_JSONE_CONTEXT_H_
