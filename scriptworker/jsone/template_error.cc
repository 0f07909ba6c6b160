// SPDX-License-Identifier: MPL-2.0
#include "scriptworker/jsone/template_error.h"

#include <algorithm>
#include <optional>
#include <string>

#include "absl/strings/ascii.h"
#include "absl/strings/cord.h"
#include "absl/strings/str_cat.h"
#include "scriptworker/json/format.h"

namespace scriptworker::jsone {
namespace {

constexpr std::string_view kClassUrl = "scriptworker.jsone/class";
constexpr std::string_view kPlaceUrl = "scriptworker.jsone/place";
constexpr size_t kMaxExcerptBytes = 300;

std::string_view ClassName(ErrorClass error_class) {
  switch (error_class) {
    case ErrorClass::kSyntax:
      return "SyntaxError";
    case ErrorClass::kInterpreter:
      return "InterpreterError";
    case ErrorClass::kTemplate:
      return "TemplateError";
    case ErrorClass::kBuiltin:
      return "BuiltinError";
  }
  return "TemplateError";
}

void Prepend(std::string_view step, absl::Status& status) {
  absl::Cord place(step);
  if (std::optional<absl::Cord> inner = status.GetPayload(kPlaceUrl)) {
    place.Append(*inner);
  }
  status.SetPayload(kPlaceUrl, place);
}

bool IsPlainKey(std::string_view key) {
  return !key.empty() && absl::ascii_isalpha(static_cast<unsigned char>(key[0])) &&
         std::all_of(key.begin(), key.end(),
                     [](char c) { return absl::ascii_isalnum(static_cast<unsigned char>(c)); });
}

}  // namespace

absl::Status TemplateError(ErrorClass error_class, std::string_view message) {
  absl::Status status = absl::InvalidArgumentError(message);
  status.SetPayload(kClassUrl, absl::Cord(ClassName(error_class)));
  return status;
}

absl::Status BudgetError(std::string_view message) {
  absl::Status status = absl::ResourceExhaustedError(message);
  status.SetPayload(kClassUrl, absl::Cord("BudgetError"));
  return status;
}

std::string Excerpt(std::string_view text) {
  if (text.size() <= kMaxExcerptBytes) return std::string(text);
  size_t end = kMaxExcerptBytes;
  // Not within a character.
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;
  return absl::StrCat(text.substr(0, end), "...");
}

void PrependKey(std::string_view key, absl::Status& status) {
  Prepend(
      IsPlainKey(key) ? absl::StrCat(".", key) : absl::StrCat("[", json::FormatString(key), "]"),
      status);
}

void PrependIndex(size_t index, absl::Status& status) {
  Prepend(absl::StrCat("[", index, "]"), status);
}

absl::Status WithPlaceInMessage(const absl::Status& status) {
  std::optional<absl::Cord> error_class = status.GetPayload(kClassUrl);
  if (status.ok() || !error_class.has_value()) return status;
  std::string text(*error_class);
  if (std::optional<absl::Cord> place = status.GetPayload(kPlaceUrl)) {
    absl::StrAppend(&text, " at template", std::string(*place));
  }
  absl::StrAppend(&text, ": ", status.message());
  return absl::Status(status.code(), text);
}

}  // namespace scriptworker::jsone
