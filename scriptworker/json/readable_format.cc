// SPDX-License-Identifier: MPL-2.0
#include "scriptworker/json/readable_format.h"

#include <utility>
#include <vector>

#include "scriptworker/json/array.h"
#include "scriptworker/json/format.h"
#include "scriptworker/json/member.h"
#include "scriptworker/json/object.h"

namespace scriptworker::json {
namespace {

constexpr size_t kBlanksPerLevel = 2;

bool IsContainer(const Value& value) { return value.is_array() || value.is_object(); }

// Without recursion: the depth is that of a document of others.
bool IsIndentedWithin(const Value& value, size_t max_indentation) {
  size_t left = max_indentation;
  std::vector<std::pair<const Value*, size_t>> open;  // with the level of their elements
  if (IsContainer(value)) open.emplace_back(&value, 1);
  while (!open.empty()) {
    const auto [container, level] = open.back();
    open.pop_back();
    const size_t size =
        container->is_array() ? container->array().size() : container->object().size();
    // A line for each element, and one for the bracket that closes.
    if (size > left / (kBlanksPerLevel * level)) return false;
    left -= size * kBlanksPerLevel * level;
    const size_t closing = kBlanksPerLevel * (level - 1);
    if (closing > left) return false;
    left -= closing;
    if (container->is_array()) {
      for (const Value& element : container->array()) {
        if (IsContainer(element)) open.emplace_back(&element, level + 1);
      }
    } else {
      for (const Member& member : container->object()) {
        if (IsContainer(member.value())) open.emplace_back(&member.value(), level + 1);
      }
    }
  }
  return true;
}

}  // namespace

std::string FormatReadably(const Value& value, size_t max_indentation) {
  return IsIndentedWithin(value, max_indentation) ? Format(value) : FormatCompact(value);
}

}  // namespace scriptworker::json
