// SPDX-License-Identifier: MPL-2.0
#include "scriptworker/json/schema_validator.h"

#include <algorithm>
#include <cmath>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "re2/re2.h"
#include "scriptworker/json/format.h"
#include "scriptworker/json/json_pointer.h"
#include "scriptworker/json/number.h"
#include "scriptworker/json/unique_values.h"

namespace scriptworker::json {
namespace {

// Schemas may go round in circles without an end.
constexpr int kMaxDepth = 2000;

bool IsInteger(const Value& value, SchemaDraft draft) {
  if (value.type() != Value::Type::kDouble) return value.is_number();
  const double number = value.double_value();
  return draft != SchemaDraft::k4 && std::isfinite(number) && std::trunc(number) == number;
}

bool HasType(const Value& value, std::string_view type, SchemaDraft draft) {
  if (type == "null") return value.is_null();
  if (type == "boolean") return value.is_bool();
  if (type == "integer") return IsInteger(value, draft);
  if (type == "number") return value.is_number();
  if (type == "string") return value.is_string();
  if (type == "array") return value.is_array();
  return value.is_object();
}

// The absolute value of an integer, also of a double that is one; nullopt: none within 64 bit.
std::optional<uint64_t> Magnitude(const Value& value) {
  constexpr double kTwoTo64 = 18446744073709551616.0;
  if (value.is_int()) {
    const auto bits = static_cast<uint64_t>(value.int_value());
    return value.int_value() < 0 ? 0 - bits : bits;
  }
  if (value.type() == Value::Type::kUint) return value.uint_value();
  const double real = std::fabs(value.double_value());
  if (!(real < kTwoTo64) || std::trunc(real) != real) return std::nullopt;
  return static_cast<uint64_t>(real);
}

// REQUIRES: of > 0
bool IsMultiple(const Value& value, const Value& of) {
  const std::optional<uint64_t> magnitude = Magnitude(value);
  const std::optional<uint64_t> divisor = Magnitude(of);
  if (magnitude.has_value() && divisor.has_value()) return *magnitude % *divisor == 0;
  const double quotient = value.double_value() / of.double_value();
  if (std::isfinite(quotient)) return std::trunc(quotient) == quotient;
  return std::fmod(value.double_value(), of.double_value()) == 0;
}

uint64_t CountCodePoints(std::string_view text) {
  return static_cast<uint64_t>(std::count_if(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xc0) != 0x80;
  }));
}

// Values out of the schema, not the instance, cut to a readable length.
std::string Shown(const Value& value) {
  std::string text = FormatCompact(value);
  if (text.size() > 200) text.replace(197, std::string::npos, "...");
  return text;
}

}  // namespace

bool SchemaValidator::Fail(const SchemaNode& node, std::string_view keyword, std::string message) {
  if (errors_ != nullptr && errors_->size() < max_errors_) {
    errors_->push_back(
        {.instance_pointer = pointer_,
         .schema_path = keyword.empty() ? node.path : absl::StrCat(node.path, "/", keyword),
         .message = std::move(message)});
  }
  return false;
}

bool SchemaValidator::Matches(const SchemaNode& node, const Value& value) {
  std::vector<SchemaError>* const errors = std::exchange(errors_, nullptr);
  const bool matches = Check(node, value);
  errors_ = errors;
  return matches;
}

bool SchemaValidator::Check(const SchemaNode& node, const Value& value) {
  if (depth_ >= kMaxDepth) return Fail(node, "", "the schema goes round in circles");
  ++depth_;
  const bool valid = CheckKeywords(node, value);
  --depth_;
  return valid;
}

bool SchemaValidator::CheckKeywords(const SchemaNode& node, const Value& value) {
  if (node.never) return Fail(node, "", "nothing is allowed here");
  if (node.ref != nullptr) return Check(*node.ref, value);
  bool valid = CheckAnyType(node, value);
  if (!valid && MayStop()) return false;
  if (value.is_number()) {
    valid &= CheckNumber(node, value);
  } else if (value.is_string()) {
    valid &= CheckString(node, value.string_value());
  } else if (value.is_array()) {
    valid &= CheckArray(node, value.array());
  } else if (value.is_object()) {
    valid &= CheckObject(node, value.object());
    if (!valid && MayStop()) return false;
    valid &= CheckDependencies(node, value);
  }
  if (!valid && MayStop()) return false;
  return CheckCombinations(node, value) && valid;
}

bool SchemaValidator::CheckAnyType(const SchemaNode& node, const Value& value) {
  bool valid = true;
  if (!node.types.empty() &&
      std::none_of(node.types.begin(), node.types.end(),
                   [&](const std::string& type) { return HasType(value, type, node.draft); })) {
    valid = Fail(node, "type",
                 absl::StrCat("expected ", absl::StrJoin(node.types, " or "), ", found ",
                              value.type_name()));
  }
  if (node.constant.has_value() && !(value == *node.constant)) {
    valid = Fail(node, "const", absl::StrCat("is not ", Shown(*node.constant)));
  }
  if (node.enumeration.has_value() && std::find(node.enumeration->begin(), node.enumeration->end(),
                                                value) == node.enumeration->end()) {
    valid = Fail(node, "enum", absl::StrCat("is none of ", Shown(*node.enumeration)));
  }
  return valid;
}

bool SchemaValidator::CheckNumber(const SchemaNode& node, const Value& value) {
  bool valid = true;
  if (node.minimum.has_value() && !std::is_gteq(CompareNumbers(value, *node.minimum))) {
    valid = Fail(node, "minimum", absl::StrCat("is less than ", Shown(*node.minimum)));
  }
  if (node.maximum.has_value() && !std::is_lteq(CompareNumbers(value, *node.maximum))) {
    valid = Fail(node, "maximum", absl::StrCat("is greater than ", Shown(*node.maximum)));
  }
  if (node.exclusive_minimum.has_value() &&
      !std::is_gt(CompareNumbers(value, *node.exclusive_minimum))) {
    valid = Fail(node, "exclusiveMinimum",
                 absl::StrCat("is not greater than ", Shown(*node.exclusive_minimum)));
  }
  if (node.exclusive_maximum.has_value() &&
      !std::is_lt(CompareNumbers(value, *node.exclusive_maximum))) {
    valid = Fail(node, "exclusiveMaximum",
                 absl::StrCat("is not less than ", Shown(*node.exclusive_maximum)));
  }
  if (node.multiple_of.has_value() && !IsMultiple(value, *node.multiple_of)) {
    valid = Fail(node, "multipleOf", absl::StrCat("is no multiple of ", Shown(*node.multiple_of)));
  }
  return valid;
}

bool SchemaValidator::CheckString(const SchemaNode& node, std::string_view text) {
  bool valid = true;
  if (node.min_length.has_value() && CountCodePoints(text) < *node.min_length) {
    valid =
        Fail(node, "minLength", absl::StrCat("is shorter than ", *node.min_length, " characters"));
  }
  if (node.max_length.has_value() && CountCodePoints(text) > *node.max_length) {
    valid =
        Fail(node, "maxLength", absl::StrCat("is longer than ", *node.max_length, " characters"));
  }
  if (node.pattern != nullptr && !RE2::PartialMatch(text, *node.pattern)) {
    valid = Fail(node, "pattern",
                 absl::StrCat("does not match ", FormatString(node.pattern->pattern())));
  }
  if (node.format_checker != nullptr && !node.format_checker(text)) {
    valid = Fail(node, "format", absl::StrCat("is no ", node.format));
  }
  return valid;
}

bool SchemaValidator::CheckBelow(const SchemaNode& node, std::string_view token,
                                 const Value& value) {
  const size_t size = pointer_.size();
  AppendPointerToken(token, &pointer_);
  const bool valid = Check(node, value);
  pointer_.resize(size);
  return valid;
}

bool SchemaValidator::CheckArray(const SchemaNode& node, const Array& array) {
  bool valid = true;
  if (node.min_items.has_value() && array.size() < *node.min_items) {
    valid = Fail(node, "minItems", absl::StrCat("has fewer than ", *node.min_items, " elements"));
  }
  if (node.max_items.has_value() && array.size() > *node.max_items) {
    valid = Fail(node, "maxItems", absl::StrCat("has more than ", *node.max_items, " elements"));
  }
  if (node.unique_items && !AreUnique(array)) {
    valid = Fail(node, "uniqueItems", "has equal elements");
  }
  if (node.contains != nullptr &&
      std::none_of(array.begin(), array.end(),
                   [&](const Value& element) { return Matches(*node.contains, element); })) {
    valid = Fail(node, "contains", "has no element as it must");
  }
  if (!valid && MayStop()) return false;
  return CheckElements(node, array) && valid;
}

bool SchemaValidator::CheckElements(const SchemaNode& node, const Array& array) {
  bool valid = true;
  for (size_t i = 0; i < array.size(); ++i) {
    const SchemaNode* element_node = node.items;
    if (node.has_tuple) {
      element_node = i < node.tuple.size() ? node.tuple[i] : node.additional_items;
    }
    if (element_node == nullptr) break;
    valid &= CheckBelow(*element_node, absl::StrCat(i), array[i]);
    if (!valid && MayStop()) return false;
  }
  return valid;
}

bool SchemaValidator::CheckObject(const SchemaNode& node, const Object& object) {
  bool valid = true;
  if (node.min_properties.has_value() && object.size() < *node.min_properties) {
    valid = Fail(node, "minProperties",
                 absl::StrCat("has fewer than ", *node.min_properties, " members"));
  }
  if (node.max_properties.has_value() && object.size() > *node.max_properties) {
    valid = Fail(node, "maxProperties",
                 absl::StrCat("has more than ", *node.max_properties, " members"));
  }
  for (const std::string& key : node.required) {
    if (!object.contains(key)) {
      valid = Fail(node, "required", absl::StrCat("the member ", FormatString(key), " is missing"));
    }
  }
  if (!valid && MayStop()) return false;
  for (const Member& member : object) {
    valid &= CheckMember(node, member);
    if (!valid && MayStop()) return false;
  }
  return valid;
}

bool SchemaValidator::CheckMember(const SchemaNode& node, const Member& member) {
  const auto& [key, value] = member;
  bool valid = true;
  bool known = false;
  if (const auto found = node.properties.find(key); found != node.properties.end()) {
    known = true;
    valid &= CheckBelow(*found->second, key, value);
  }
  for (const auto& [regex, target] : node.pattern_properties) {
    if (!RE2::PartialMatch(key, *regex)) continue;
    known = true;
    valid &= CheckBelow(*target, key, value);
  }
  if (!known && node.additional_properties != nullptr) {
    if (node.additional_properties->never) {
      valid = Fail(node, "additionalProperties",
                   absl::StrCat("the member ", FormatString(key), " is not allowed"));
    } else {
      valid &= CheckBelow(*node.additional_properties, key, value);
    }
  }
  if (node.property_names != nullptr) {
    valid &= CheckBelow(*node.property_names, key, member.key_as_value());
  }
  return valid;
}

bool SchemaValidator::CheckDependencies(const SchemaNode& node, const Value& value) {
  bool valid = true;
  for (const SchemaNode::Dependency& dependency : node.dependencies) {
    if (value.Find(dependency.key) == nullptr) continue;
    for (const std::string& key : dependency.required) {
      if (value.Find(key) == nullptr) {
        valid = Fail(node, "dependencies",
                     absl::StrCat("the member ", FormatString(key), ", which ",
                                  FormatString(dependency.key), " needs, is missing"));
      }
    }
    if (dependency.schema != nullptr) valid &= Check(*dependency.schema, value);
  }
  return valid;
}

bool SchemaValidator::CheckCombinations(const SchemaNode& node, const Value& value) {
  bool valid = true;
  for (const SchemaNode* part : node.all_of) {
    valid &= Check(*part, value);
    if (!valid && MayStop()) return false;
  }
  const auto matches = [&](const SchemaNode* part) { return Matches(*part, value); };
  if (!node.any_of.empty() && std::none_of(node.any_of.begin(), node.any_of.end(), matches)) {
    valid = Fail(node, "anyOf",
                 absl::StrCat("is valid by none of ", node.any_of.size(), " alternatives"));
  }
  if (!node.one_of.empty()) {
    const auto count = std::count_if(node.one_of.begin(), node.one_of.end(), matches);
    if (count != 1) {
      valid = Fail(node, "oneOf",
                   absl::StrCat("is valid by ", count, " of ", node.one_of.size(),
                                " alternatives, not by one"));
    }
  }
  if (node.negated != nullptr && Matches(*node.negated, value)) {
    valid = Fail(node, "not", "is valid by a schema that it must not fulfil");
  }
  if (node.condition != nullptr) {
    const SchemaNode* const branch =
        Matches(*node.condition, value) ? node.consequence : node.alternative;
    if (branch != nullptr) valid &= Check(*branch, value);
  }
  return valid;
}

}  // namespace scriptworker::json
