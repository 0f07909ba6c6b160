// SPDX-License-Identifier: MPL-2.0
#include "scriptworker/vcs/link_header.h"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_split.h"

namespace scriptworker::vcs {
namespace {

// Where the parameter that begins `text` ends: at the first ";" or "," outside quotes.
size_t ParameterEnd(std::string_view text) {
  bool quoted = false;
  for (size_t i = 0; i < text.size(); ++i) {
    if (quoted && text[i] == '\\') {
      ++i;
    } else if (text[i] == '"') {
      quoted = !quoted;
    } else if (!quoted && (text[i] == ';' || text[i] == ',')) {
      return i;
    }
  }
  return text.size();
}

// Whether `parameter` is rel= with `relation` among its values.
bool IsRelation(std::string_view parameter, std::string_view relation) {
  const size_t equals = parameter.find('=');
  if (equals == std::string_view::npos) return false;
  const std::string_view name = absl::StripAsciiWhitespace(parameter.substr(0, equals));
  std::string_view value = absl::StripAsciiWhitespace(parameter.substr(equals + 1));
  if (value.size() >= 2 && value.front() == '"' && value.back() == '"') {
    value = value.substr(1, value.size() - 2);
  }
  if (!absl::EqualsIgnoreCase(name, "rel")) return false;
  for (std::string_view one : absl::StrSplit(value, ' ')) {
    if (absl::EqualsIgnoreCase(one, relation)) return true;
  }
  return false;
}

}  // namespace

std::optional<std::string> FindLink(std::string_view header, std::string_view relation) {
  while (true) {
    header = absl::StripLeadingAsciiWhitespace(header);
    const size_t close = header.find('>');
    if (header.empty() || header.front() != '<' || close == std::string_view::npos) {
      return std::nullopt;
    }
    const std::string_view target = header.substr(1, close - 1);
    header.remove_prefix(close + 1);
    header = absl::StripLeadingAsciiWhitespace(header);
    while (!header.empty() && header.front() == ';') {
      header.remove_prefix(1);
      const size_t end = ParameterEnd(header);
      if (IsRelation(header.substr(0, end), relation)) return std::string(target);
      header.remove_prefix(end);
    }
    if (header.empty() || header.front() != ',') return std::nullopt;
    header.remove_prefix(1);
  }
}

}  // namespace scriptworker::vcs
