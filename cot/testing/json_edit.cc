// SPDX-License-Identifier: MPL-2.0
#include "cot/testing/json_edit.h"

#include <cstddef>
#include <utility>

#include "absl/log/check.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "scriptworker/json/array.h"
#include "scriptworker/json/json_pointer.h"
#include "scriptworker/json/object.h"

namespace cot {
namespace {

using scriptworker::json::Array;
using scriptworker::json::Member;
using scriptworker::json::Value;

std::vector<std::string> Tokens(std::string_view pointer) {
  if (pointer.empty()) return {};
  CHECK_EQ(pointer.front(), '/') << pointer;
  std::vector<std::string> tokens;
  for (std::string_view token : absl::StrSplit(pointer.substr(1), '/')) {
    tokens.push_back(absl::StrReplaceAll(token, {{"~1", "/"}, {"~0", "~"}}));
  }
  return tokens;
}

size_t IndexOf(const std::string& token, const Array& array, std::string_view pointer) {
  size_t index = 0;
  CHECK(absl::SimpleAtoi(token, &index) && index < array.size()) << pointer;
  return index;
}

Value* Step(Value& at, const std::string& token, std::string_view pointer) {
  if (at.is_array()) {
    Array* array = at.mutable_array();
    return array->mutable_at(IndexOf(token, *array, pointer));
  }
  CHECK(at.is_object()) << pointer;
  return at.mutable_object()->FindOrAdd(token);
}

void AddLeaves(const Value& value, const std::string& pointer, std::vector<std::string>& leaves) {
  if (value.is_object() && !value.object().empty()) {
    for (const Member& member : value.object()) {
      std::string inner = pointer;
      scriptworker::json::AppendPointerToken(member.key(), &inner);
      AddLeaves(member.value(), inner, leaves);
    }
  } else if (value.is_array() && !value.array().empty()) {
    for (size_t i = 0; i < value.array().size(); ++i) {
      AddLeaves(value.array()[i], absl::StrCat(pointer, "/", i), leaves);
    }
  } else {
    leaves.push_back(pointer);
  }
}

}  // namespace

void SetAt(Value& root, std::string_view pointer, Value value) {
  Value* at = &root;
  for (const std::string& token : Tokens(pointer)) at = Step(*at, token, pointer);
  *at = std::move(value);
}

void RemoveAt(Value& root, std::string_view pointer) {
  std::vector<std::string> tokens = Tokens(pointer);
  CHECK(!tokens.empty()) << "the root cannot be removed";
  const std::string last = tokens.back();
  tokens.pop_back();
  Value* at = &root;
  for (const std::string& token : tokens) at = Step(*at, token, pointer);
  if (at->is_object()) {
    CHECK(at->mutable_object()->Erase(last)) << pointer;
    return;
  }
  const Array& old = at->array();
  const size_t removed = IndexOf(last, old, pointer);
  Array rest;
  for (size_t i = 0; i < old.size(); ++i) {
    if (i != removed) rest.push_back(old[i]);
  }
  *at = std::move(rest);
}

std::vector<std::string> LeavesOf(const Value& root) {
  std::vector<std::string> leaves;
  AddLeaves(root, "", leaves);
  return leaves;
}

}  // namespace cot
