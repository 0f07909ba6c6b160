// SPDX-License-Identifier: MPL-2.0
#include "scriptworker/jsone/limits.h"

#include <cstdint>
#include <utility>

#include "absl/strings/str_cat.h"
#include "scriptworker/jsone/template_error.h"

namespace scriptworker::jsone {

absl::Status Budget::CheckRange(uint64_t count) const {
  if (std::cmp_less_equal(count, limits_.max_range)) return absl::OkStatus();
  return BudgetError(absl::StrCat("range() of ", count, " elements exceeds the limit max_range of ",
                                  limits_.max_range));
}

absl::Status Budget::ValueDepthExceeded() {
  return BudgetError(
      absl::StrCat("a value nested deeper than ", kMaxValueDepth, " levels was built"));
}

absl::Status Budget::StepsExceeded() const {
  return BudgetError(absl::StrCat("rendering exceeds the limit max_steps of ", limits_.max_steps));
}

absl::Status Budget::NodesExceeded() const {
  return BudgetError(absl::StrCat("rendering exceeds the limit max_nodes of ", limits_.max_nodes));
}

absl::Status Budget::BytesExceeded() const {
  return BudgetError(
      absl::StrCat("rendering exceeds the limit max_string_bytes of ", limits_.max_string_bytes));
}

absl::Status Budget::DepthExceeded() const {
  return BudgetError(absl::StrCat("rendering exceeds the limit max_depth of ", limits_.max_depth));
}

}  // namespace scriptworker::jsone
