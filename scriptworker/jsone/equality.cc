// SPDX-License-Identifier: MPL-2.0
#include "scriptworker/jsone/equality.h"

#include <cstddef>

#include "absl/status/statusor.h"
#include "scriptworker/base/status_macros.h"
#include "scriptworker/json/value.h"

namespace scriptworker::jsone {
namespace {

absl::StatusOr<bool> EqualAt(int depth, const json::Value& a, const json::Value& b, Budget& budget);

absl::StatusOr<bool> EqualArrays(int depth, const json::Array& a, const json::Array& b,
                                 Budget& budget) {
  if (a.size() != b.size()) return false;
  for (size_t i = 0; i < a.size(); ++i) {
    SW_ASSIGN_OR_RETURN(const bool equal, EqualAt(depth + 1, a[i], b[i], budget));
    if (!equal) return false;
  }
  return true;
}

absl::StatusOr<bool> EqualObjects(int depth, const json::Object& a, const json::Object& b,
                                  Budget& budget) {
  if (a.size() != b.size()) return false;
  for (const json::Member& member : a) {
    SW_RETURN_IF_ERROR(budget.ReadText(member.key().size()));
    const json::Value* const other = b.Find(member.key());
    if (other == nullptr) return false;
    SW_ASSIGN_OR_RETURN(const bool equal, EqualAt(depth + 1, member.value(), *other, budget));
    if (!equal) return false;
  }
  return true;
}

absl::StatusOr<bool> EqualAt(int depth, const json::Value& a, const json::Value& b,
                             Budget& budget) {
  SW_RETURN_IF_ERROR(budget.Step());
  SW_RETURN_IF_ERROR(Budget::CheckValueDepth(depth));
  if (a.SharesContentWith(b)) return true;
  if (a.is_array() && b.is_array()) return EqualArrays(depth, a.array(), b.array(), budget);
  if (a.is_object() && b.is_object()) return EqualObjects(depth, a.object(), b.object(), budget);
  if (a.is_string() && b.is_string() && a.string_value().size() == b.string_value().size()) {
    SW_RETURN_IF_ERROR(budget.ReadText(a.string_value().size()));
  }
  return a == b;
}

}  // namespace

absl::StatusOr<bool> Equal(const json::Value& a, const json::Value& b, Budget& budget) {
  return EqualAt(0, a, b, budget);
}

}  // namespace scriptworker::jsone
