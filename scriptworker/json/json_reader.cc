// SPDX-License-Identifier: MPL-2.0
#include "scriptworker/json/json_reader.h"

#include <algorithm>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "scriptworker/base/status_macros.h"
#include "scriptworker/json/format.h"
#include "scriptworker/json/value.h"

namespace scriptworker::json {
namespace {

bool IsIdentifier(std::string_view key) {
  return !key.empty() && !absl::ascii_isdigit(static_cast<unsigned char>(key[0])) &&
         std::all_of(key.begin(), key.end(), [](char c) {
           return absl::ascii_isalnum(static_cast<unsigned char>(c)) || c == '_' || c == '-';
         });
}

std::string MemberPath(std::string_view path, std::string_view key) {
  return IsIdentifier(key) ? absl::StrCat(path, ".", key)
                           : absl::StrCat(path, "[", FormatString(key), "]");
}

}  // namespace

Reader::Reader(const Value& value, std::string_view source) : Reader(value, source, "$") {}

Reader::Reader(const Value& value, std::string_view source, std::string path)
    : value_(&value), source_(source), path_(std::move(path)) {}

absl::Status Reader::Error(std::string_view message) const {
  return absl::InvalidArgumentError(absl::StrCat(source_, ": ", path_, ": ", message));
}

absl::Status Reader::Expected(std::string_view what) const {
  return Error(absl::StrCat("expected ", what, ", found ", value_->type_name()));
}

absl::StatusOr<std::string> Reader::AsString() const {
  if (!value_->is_string()) return Expected("a string");
  return std::string(value_->string_value());
}

absl::StatusOr<int64_t> Reader::AsInt() const {
  if (value_->type() == Value::Type::kUint) {
    return Error("expected an integer below 2^63");
  }
  if (!value_->is_int()) return Expected("an integer");
  return value_->int_value();
}

absl::StatusOr<bool> Reader::AsBool() const {
  if (!value_->is_bool()) return Expected("a boolean");
  return value_->bool_value();
}

absl::StatusOr<double> Reader::AsDouble() const {
  if (!value_->is_number()) return Expected("a number");
  return value_->double_value();
}

absl::StatusOr<std::vector<std::string>> Reader::AsStrings() const {
  SW_ASSIGN_OR_RETURN(const std::vector<Reader> elements, Elements());
  std::vector<std::string> strings;
  strings.reserve(elements.size());
  for (const Reader& element : elements) {
    SW_ASSIGN_OR_RETURN(std::string text, element.AsString());
    strings.push_back(std::move(text));
  }
  return strings;
}

absl::StatusOr<std::vector<Reader>> Reader::Elements() const {
  SW_RETURN_IF_ERROR(CheckArray());
  std::vector<Reader> elements;
  elements.reserve(value_->array().size());
  for (const Value& element : value_->array()) {
    elements.push_back(Reader(element, source_, absl::StrCat(path_, "[", elements.size(), "]")));
  }
  return elements;
}

absl::StatusOr<std::vector<std::pair<std::string, Reader>>> Reader::Members() const {
  SW_RETURN_IF_ERROR(CheckObject());
  std::vector<std::pair<std::string, Reader>> members;
  members.reserve(value_->object().size());
  for (const auto& [key, value] : value_->object()) {
    members.emplace_back(std::string(key), Reader(value, source_, MemberPath(path_, key)));
  }
  return members;
}

absl::Status Reader::CheckObject() const {
  return value_->is_object() ? absl::OkStatus() : Expected("an object");
}

absl::Status Reader::CheckArray() const {
  return value_->is_array() ? absl::OkStatus() : Expected("an array");
}

absl::StatusOr<std::optional<Reader>> Reader::OptionalField(std::string_view key) const {
  SW_RETURN_IF_ERROR(CheckObject());
  const Value* const member = value_->Find(key);
  if (member == nullptr) return std::nullopt;
  return Reader(*member, source_, MemberPath(path_, key));
}

absl::StatusOr<Reader> Reader::Field(std::string_view key) const {
  SW_ASSIGN_OR_RETURN(std::optional<Reader> field, OptionalField(key));
  if (!field.has_value()) {
    return Error(absl::StrCat("the member ", FormatString(key), " is missing"));
  }
  return *std::move(field);
}

absl::StatusOr<std::string> Reader::String(std::string_view key) const {
  SW_ASSIGN_OR_RETURN(const Reader field, Field(key));
  return field.AsString();
}

absl::StatusOr<int64_t> Reader::Int(std::string_view key) const {
  SW_ASSIGN_OR_RETURN(const Reader field, Field(key));
  return field.AsInt();
}

absl::StatusOr<bool> Reader::Bool(std::string_view key) const {
  SW_ASSIGN_OR_RETURN(const Reader field, Field(key));
  return field.AsBool();
}

absl::StatusOr<std::vector<std::string>> Reader::Strings(std::string_view key) const {
  SW_ASSIGN_OR_RETURN(const Reader field, Field(key));
  return field.AsStrings();
}

absl::StatusOr<std::string> Reader::StringOr(std::string_view key, std::string_view absent) const {
  SW_ASSIGN_OR_RETURN(const std::optional<Reader> field, OptionalField(key));
  if (!field.has_value()) return std::string(absent);
  return field->AsString();
}

absl::StatusOr<int64_t> Reader::IntOr(std::string_view key, int64_t absent) const {
  SW_ASSIGN_OR_RETURN(const std::optional<Reader> field, OptionalField(key));
  if (!field.has_value()) return absent;
  return field->AsInt();
}

absl::StatusOr<bool> Reader::BoolOr(std::string_view key, bool absent) const {
  SW_ASSIGN_OR_RETURN(const std::optional<Reader> field, OptionalField(key));
  if (!field.has_value()) return absent;
  return field->AsBool();
}

absl::StatusOr<double> Reader::DoubleOr(std::string_view key, double absent) const {
  SW_ASSIGN_OR_RETURN(const std::optional<Reader> field, OptionalField(key));
  if (!field.has_value()) return absent;
  return field->AsDouble();
}

absl::StatusOr<std::vector<std::string>> Reader::StringsOr(std::string_view key,
                                                           std::vector<std::string> absent) const {
  SW_ASSIGN_OR_RETURN(const std::optional<Reader> field, OptionalField(key));
  if (!field.has_value()) return absent;
  return field->AsStrings();
}

absl::Status Reader::RefuseOtherFields(std::initializer_list<std::string_view> known) const {
  SW_RETURN_IF_ERROR(CheckObject());
  std::vector<std::string> unknown;
  for (const auto& [key, value] : value_->object()) {
    if (std::find(known.begin(), known.end(), key) == known.end()) {
      unknown.push_back(FormatString(key));
    }
  }
  if (unknown.empty()) return absl::OkStatus();
  return Error(absl::StrCat("unknown member", unknown.size() == 1 ? " " : "s ",
                            absl::StrJoin(unknown, ", ")));
}

}  // namespace scriptworker::json
