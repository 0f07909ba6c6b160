// SPDX-License-Identifier: MPL-2.0
#include "scriptworker/json/json_pointer.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "absl/strings/numbers.h"
#include "scriptworker/json/value.h"

namespace scriptworker::json {
namespace {

std::optional<std::string> UnescapeToken(std::string_view token) {
  std::string out;
  for (size_t i = 0; i < token.size(); ++i) {
    if (token[i] != '~') {
      out.push_back(token[i]);
      continue;
    }
    ++i;
    if (i == token.size() || (token[i] != '0' && token[i] != '1')) {
      return std::nullopt;
    }
    out.push_back(token[i] == '0' ? '~' : '/');
  }
  return out;
}

const Value* FindElement(const Array& array, std::string_view token) {
  const bool digits_only = token.find_first_not_of("0123456789") == std::string_view::npos;
  uint64_t index;
  if (!digits_only || (token.size() > 1 && token[0] == '0') || !absl::SimpleAtoi(token, &index) ||
      index >= array.size()) {
    return nullptr;
  }
  return &array[index];
}

}  // namespace

void AppendPointerToken(std::string_view token, std::string* pointer) {
  pointer->push_back('/');
  for (const char c : token) {
    if (c == '~') {
      pointer->append("~0");
    } else if (c == '/') {
      pointer->append("~1");
    } else {
      pointer->push_back(c);
    }
  }
}

const Value* FindByPointer(const Value& value, std::string_view pointer) {
  const Value* found = &value;
  while (found != nullptr && !pointer.empty()) {
    if (pointer.front() != '/') return nullptr;
    pointer.remove_prefix(1);
    const std::string_view escaped = pointer.substr(0, pointer.find('/'));
    pointer.remove_prefix(escaped.size());
    const std::optional<std::string> token = UnescapeToken(escaped);
    if (!token.has_value()) return nullptr;
    found = found->is_array() ? FindElement(found->array(), *token) : found->Find(*token);
  }
  return found;
}

}  // namespace scriptworker::json
