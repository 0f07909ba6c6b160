// SPDX-License-Identifier: MPL-2.0
#include "cot/policy/defect_list.h"

#include <algorithm>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "scriptworker/base/visible_text.h"
#include "scriptworker/json/yaml.h"

namespace cot {
namespace {

using ::scriptworker::json::YamlMarks;
using ::scriptworker::json::YamlPosition;

bool IsIndex(std::string_view token) {
  return !token.empty() && std::all_of(token.begin(), token.end(), absl::ascii_isdigit);
}

bool IsPlainName(std::string_view token) {
  return !token.empty() && std::all_of(token.begin(), token.end(), [](char c) {
    return absl::ascii_isalnum(static_cast<unsigned char>(c)) || c == '_' || c == '-';
  });
}

// A line stays a line, and a terminal what it was, whatever the document says.
std::string OnOneLine(std::string_view text) {
  return scriptworker::VisibleText(text, scriptworker::TextLayout::kOneLine);
}

}  // namespace

std::string KeyPath(std::string_view pointer) {
  std::string path;
  if (pointer.empty()) return path;
  for (std::string_view escaped : absl::StrSplit(pointer.substr(1), '/')) {
    const std::string token = absl::StrReplaceAll(escaped, {{"~1", "/"}, {"~0", "~"}});
    if (IsIndex(token) && !path.empty()) {
      absl::StrAppend(&path, "[", token, "]");
    } else if (IsPlainName(token)) {
      absl::StrAppend(&path, path.empty() ? "" : ".", token);
    } else {
      absl::StrAppend(&path, "[\"", token, "\"]");
    }
  }
  return path;
}

DefectList::DefectList(std::string_view source, const YamlMarks& marks)
    : source_(source), marks_(marks) {}

void DefectList::Add(std::string_view pointer, std::string_view sentence) {
  const std::optional<YamlPosition> position = marks_.Find(pointer);
  const int line = position.has_value() ? position->line : 0;
  const std::string path = KeyPath(pointer);
  defects_.push_back(
      {line, OnOneLine(absl::StrCat(source_, ":", line > 0 ? absl::StrCat(line, ":") : "", " ",
                                    path, path.empty() ? "" : ": ", sentence))});
}

void DefectList::AddAbsentKey(std::string_view key, std::string_view sentence) {
  defects_.push_back({std::numeric_limits<int>::max(),
                      OnOneLine(absl::StrCat(source_, ": ", key, ": ", sentence))});
}

absl::Status DefectList::ToStatus() const {
  if (defects_.empty()) return absl::OkStatus();
  std::vector<Defect> ordered = defects_;
  std::stable_sort(ordered.begin(), ordered.end(),
                   [](const Defect& a, const Defect& b) { return a.line < b.line; });
  return absl::InvalidArgumentError(absl::StrJoin(
      ordered, "\n", [](std::string* out, const Defect& defect) { out->append(defect.text); }));
}

}  // namespace cot
