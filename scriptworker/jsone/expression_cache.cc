// SPDX-License-Identifier: MPL-2.0
#include "scriptworker/jsone/expression_cache.h"

#include "scriptworker/jsone/parser.h"

namespace scriptworker::jsone {

const absl::StatusOr<Expression>& ExpressionCache::Get(std::string_view source) {
  const auto found = expressions_.find(source);
  if (found != expressions_.end()) return found->second;
  bytes_ += source.size();
  return expressions_.try_emplace(std::string(source), ParseExpression(source)).first->second;
}

const Interpolation& ExpressionCache::GetInterpolation(std::string_view text) {
  const auto found = interpolations_.find(text);
  if (found != interpolations_.end()) return found->second;
  bytes_ += text.size();
  return interpolations_.try_emplace(std::string(text), Interpolation::Parse(text)).first->second;
}

void ExpressionCache::Trim(size_t max_bytes) {
  if (bytes_ <= max_bytes) return;
  expressions_.clear();
  interpolations_.clear();
  bytes_ = 0;
}

}  // namespace scriptworker::jsone
