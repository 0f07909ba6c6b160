// SPDX-License-Identifier: MPL-2.0
#include "scriptworker/jsone/operator_syntax.h"

#include <algorithm>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/strip.h"
#include "scriptworker/json/member.h"
#include "scriptworker/jsone/template_error.h"
#include "scriptworker/jsone/whitespace.h"

namespace scriptworker::jsone {

bool IsIdentifier(std::string_view text) {
  if (text.empty() || absl::ascii_isdigit(static_cast<unsigned char>(text[0]))) {
    return false;
  }
  return std::all_of(text.begin(), text.end(), [](char c) {
    return absl::ascii_isalnum(static_cast<unsigned char>(c)) || c == '_';
  });
}

BindingKey ParseBindingKey(std::string_view key, std::string_view word, size_t min_names,
                           size_t max_names) {
  BindingKey binding;
  if (!absl::ConsumePrefix(&key, word) || !absl::ConsumePrefix(&key, "(") ||
      !absl::ConsumeSuffix(&key, ")")) {
    return binding;
  }
  while (true) {
    const size_t comma = key.find(',');
    const std::string_view name = key.substr(0, comma);
    if (!IsIdentifier(name)) return {};
    binding.names.push_back(name);
    if (comma == std::string_view::npos) break;
    key = StripLeading(key.substr(comma + 1));
  }
  if (binding.names.size() < min_names || binding.names.size() > max_names) {
    return {};
  }
  return binding;
}

absl::Status CheckProperties(const OperatorShape& shape, const json::Object& node) {
  std::vector<std::string_view> undefined;
  for (const json::Member& member : node) {
    const std::string_view key = member.key();
    if (key == shape.name ||
        std::find(shape.others.begin(), shape.others.end(), key) != shape.others.end()) {
      continue;
    }
    if (shape.binding_word.empty() ||
        ParseBindingKey(key, shape.binding_word, shape.min_names, shape.max_names).names.empty()) {
      undefined.push_back(key);
    }
  }
  if (undefined.empty()) return absl::OkStatus();
  std::sort(undefined.begin(), undefined.end());
  return TemplateError(
      ErrorClass::kTemplate,
      absl::StrCat(shape.name, " has undefined properties: ", absl::StrJoin(undefined, " ")));
}

BindingKey FindBinding(const OperatorShape& shape, const json::Object& node) {
  for (const json::Member& member : node) {
    BindingKey binding =
        ParseBindingKey(member.key(), shape.binding_word, shape.min_names, shape.max_names);
    if (binding.names.empty()) continue;
    binding.body = &member.value();
    return binding;
  }
  return {};
}

}  // namespace scriptworker::jsone
