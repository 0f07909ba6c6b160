// SPDX-License-Identifier: MPL-2.0
#include "scriptworker/json/yaml_position.h"

#include <optional>
#include <string>
#include <string_view>

#include "absl/strings/str_cat.h"

namespace scriptworker::json {

std::optional<YamlPosition> YamlMarks::Find(std::string_view json_pointer) const {
  while (true) {
    const auto found = positions_.find(json_pointer);
    if (found != positions_.end()) return found->second;
    const size_t slash = json_pointer.rfind('/');
    if (slash == std::string_view::npos) return std::nullopt;
    json_pointer = json_pointer.substr(0, slash);
  }
}

std::string YamlMarks::Prefix(std::string_view json_pointer) const {
  const std::optional<YamlPosition> position = Find(json_pointer);
  if (!position.has_value()) return absl::StrCat(source_, ": ");
  return absl::StrCat(source_, ":", position->line, ": ");
}

void YamlMarks::Add(std::string_view json_pointer, YamlPosition position) {
  positions_.insert_or_assign(json_pointer, position);
}

}  // namespace scriptworker::json
