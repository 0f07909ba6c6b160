// SPDX-License-Identifier: MPL-2.0
#include "cot/policy/document_part.h"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/strings/str_cat.h"
#include "scriptworker/json/json_pointer.h"
#include "scriptworker/json/value.h"

namespace cot {

using ::scriptworker::json::AppendPointerToken;
using ::scriptworker::json::TypeName;
using ::scriptworker::json::Value;

std::string_view YamlTypeName(Value::Type type) {
  if (type == Value::Type::kArray) return "a list";
  if (type == Value::Type::kObject) return "a mapping";
  return TypeName(type);
}

void DocumentPart::Defect(std::string_view sentence) const {
  report_(pointer_, std::string(sentence));
}

void DocumentPart::Expected(std::string_view what) const {
  Defect(absl::StrCat("expected ", what, ", found ", YamlTypeName(value_.type())));
}

std::optional<std::string> DocumentPart::AsString() const {
  if (value_.is_string()) return std::string(value_.string_value());
  Expected("a string");
  return std::nullopt;
}

std::optional<std::vector<std::string>> DocumentPart::AsStrings() const {
  std::vector<std::string> strings;
  const bool is_list = ForEachElement("a list of strings", [&strings](const DocumentPart& element) {
    if (auto string = element.AsString()) {
      strings.push_back(*std::move(string));
    }
  });
  if (!is_list) return std::nullopt;
  return strings;
}

std::optional<bool> DocumentPart::AsBool() const {
  if (value_.is_bool()) return value_.bool_value();
  Expected("true or false");
  return std::nullopt;
}

bool DocumentPart::ForEachElement(std::string_view what,
                                  absl::FunctionRef<void(const DocumentPart& element)> read) const {
  if (!value_.is_array()) {
    Expected(what);
    return false;
  }
  for (size_t i = 0; i < value_.array().size(); ++i) {
    read(Child(absl::StrCat(i), value_.array()[i]));
  }
  return true;
}

bool DocumentPart::ForEachMember(
    std::string_view what,
    absl::FunctionRef<void(std::string_view key, const DocumentPart& member)> read) const {
  if (!value_.is_object()) {
    Expected(what);
    return false;
  }
  for (const auto& [key, value] : value_.object()) {
    read(key, Child(key, value));
  }
  return true;
}

DocumentPart DocumentPart::Child(std::string_view token, const Value& value) const {
  DocumentPart child(value, report_);
  child.pointer_ = pointer_;
  AppendPointerToken(token, &child.pointer_);
  return child;
}

}  // namespace cot
