// SPDX-License-Identifier: MPL-2.0
#ifndef SCRIPTWORKER_JSONE_EXPRESSION_CACHE_H_
#define SCRIPTWORKER_JSONE_EXPRESSION_CACHE_H_

#include <cstddef>
#include <string>
#include <string_view>

#include "absl/container/node_hash_map.h"
#include "absl/status/statusor.h"
#include "scriptworker/jsone/expression.h"
#include "scriptworker/jsone/interpolation.h"

namespace scriptworker::jsone {

// The parsed forms of expressions and of texts with expressions, by text: loops
// and repeated renderings parse each once. Thread-compatible.
class ExpressionCache {
 public:
  // References stay valid until Trim.
  const absl::StatusOr<Expression>& Get(std::string_view source);
  const Interpolation& GetInterpolation(std::string_view text);

  // Forgets everything if there is more than `max_bytes` of text.
  void Trim(size_t max_bytes);

  // Of text.
  size_t bytes() const { return bytes_; }

 private:
  absl::node_hash_map<std::string, absl::StatusOr<Expression>> expressions_;
  absl::node_hash_map<std::string, Interpolation> interpolations_;
  size_t bytes_ = 0;
};

}  // namespace scriptworker::jsone

#endif  // SCRIPTWORKER_JSONE_EXPRESSION_CACHE_H_
