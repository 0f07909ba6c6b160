// SPDX-License-Identifier: MPL-2.0
#include "cot/policy/url_rule.h"

#include <cstddef>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "re2/re2.h"

namespace cot {
namespace {

// What both languages accept but mean differently; empty if there is none.
std::string_view ReadOtherwiseByPython(std::string_view expression) {
  bool in_class = false;
  for (size_t i = 0; i < expression.size(); ++i) {
    const std::string_view rest = expression.substr(i);
    if (rest[0] == '\\') {
      ++i;
    } else if (!in_class) {
      if (rest.substr(0, 2) == "{,") return "{,";
      if (rest[0] == '[') {
        in_class = true;
        // A bracket that comes first, or after ^, is an ordinary character.
        if (rest.substr(1, 1) == "^") ++i;
        if (expression.substr(i + 1, 1) == "]") ++i;
      }
    } else {
      if (rest.substr(0, 2) == "[:") return "[:";
      if (rest[0] == ']') in_class = false;
    }
  }
  return "";
}

}  // namespace

PathPattern::PathPattern(std::shared_ptr<const re2::RE2> compiled)
    : compiled_(std::move(compiled)) {}

absl::StatusOr<PathPattern> PathPattern::Compile(std::string_view expression) {
  const std::string_view ambiguous = ReadOtherwiseByPython(expression);
  if (!ambiguous.empty()) {
    return absl::InvalidArgumentError(absl::StrCat("the regular expression \"", expression,
                                                   "\" has \"", ambiguous,
                                                   "\", which Python and RE2 read differently"));
  }
  re2::RE2::Options options;
  options.set_log_errors(false);
  auto compiled = std::make_shared<const re2::RE2>(expression, options);
  if (!compiled->ok()) {
    return absl::InvalidArgumentError(absl::StrCat(
        "the regular expression \"", expression, "\" does not compile: ", compiled->error(),
        " (RE2 matches in linear time and has neither look-around nor back "
        "references)"));
  }
  return PathPattern(std::move(compiled));
}

std::optional<std::map<std::string, std::string, std::less<>>> PathPattern::Match(
    std::string_view path) const {
  std::vector<absl::string_view> groups(static_cast<size_t>(compiled_->NumberOfCapturingGroups()) +
                                        1);
  if (!compiled_->Match(path, 0, path.size(), re2::RE2::ANCHOR_START, groups.data(),
                        static_cast<int>(groups.size()))) {
    return std::nullopt;
  }
  std::map<std::string, std::string, std::less<>> named;
  for (const auto& [name, index] : compiled_->NamedCapturingGroups()) {
    const absl::string_view text = groups[static_cast<size_t>(index)];
    if (text.data() != nullptr) named.emplace(name, text);
  }
  return named;
}

bool PathPattern::HasGroup(std::string_view name) const {
  return compiled_->NamedCapturingGroups().count(std::string(name)) > 0;
}

const std::string& PathPattern::expression() const { return compiled_->pattern(); }

}  // namespace cot
