// SPDX-License-Identifier: MPL-2.0

#include "scriptworker/http/headers.h"

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"

namespace scriptworker::http {
namespace {

bool IsToken(std::string_view name) {
  return !name.empty() && std::all_of(name.begin(), name.end(), [](unsigned char c) {
    return absl::ascii_isalnum(c) ||
           std::string_view("!#$%&'*+-.^_`|~").find(static_cast<char>(c)) != std::string_view::npos;
  });
}

bool IsFieldValue(std::string_view value) {
  return std::none_of(value.begin(), value.end(),
                      [](unsigned char c) { return absl::ascii_iscntrl(c) && c != '\t'; });
}

}  // namespace

void Headers::Add(std::string_view name, std::string_view value) {
  fields_.emplace_back(name, value);
}

void Headers::Set(std::string_view name, std::string_view value) {
  const auto first = std::find_if(fields_.begin(), fields_.end(), [&](const Field& field) {
    return absl::EqualsIgnoreCase(field.first, name);
  });
  if (first == fields_.end()) {
    Add(name, value);
    return;
  }
  *first = Field(name, value);
  fields_.erase(
      std::remove_if(first + 1, fields_.end(),
                     [&](const Field& field) { return absl::EqualsIgnoreCase(field.first, name); }),
      fields_.end());
}

void Headers::Remove(std::string_view name) {
  fields_.erase(
      std::remove_if(fields_.begin(), fields_.end(),
                     [&](const Field& field) { return absl::EqualsIgnoreCase(field.first, name); }),
      fields_.end());
}

std::optional<std::string_view> Headers::Find(std::string_view name) const {
  for (const Field& field : fields_) {
    if (absl::EqualsIgnoreCase(field.first, name)) return field.second;
  }
  return std::nullopt;
}

absl::Status ValidateHeaders(const Headers& headers) {
  for (const auto& [name, value] : headers) {
    if (!IsToken(name)) {
      return absl::InvalidArgumentError(
          absl::StrCat("header name \"", absl::CHexEscape(name), "\" is no token"));
    }
    if (!IsFieldValue(value)) {
      return absl::InvalidArgumentError(
          absl::StrCat("the value of header ", name, " holds a control character"));
    }
  }
  return absl::OkStatus();
}

bool AddHeaderLine(std::string_view line, Headers& headers) {
  const size_t colon = line.find(':');
  if (colon == std::string_view::npos) return false;
  const std::string_view name = line.substr(0, colon);
  const std::string_view value = absl::StripAsciiWhitespace(line.substr(colon + 1));
  if (!IsToken(name) || !IsFieldValue(value)) return false;
  headers.Add(name, value);
  return true;
}

}  // namespace scriptworker::http
