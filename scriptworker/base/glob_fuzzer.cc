// SPDX-License-Identifier: MPL-2.0
//
// The first line is the pattern, the rest the name.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "absl/log/check.h"
#include "absl/strings/str_cat.h"
#include "scriptworker/base/glob.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using ::scriptworker::GlobMatch;
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  const size_t newline = input.find('\n');
  const std::string_view pattern = input.substr(0, newline);
  const std::string_view name = newline == std::string_view::npos ? "" : input.substr(newline + 1);
  // What matches still does when stars are added.
  if (GlobMatch(pattern, name)) {
    CHECK(GlobMatch(absl::StrCat("*", pattern), absl::StrCat("x", name)));
    CHECK(GlobMatch(absl::StrCat(pattern, "*"), absl::StrCat(name, "x")));
  }
  // A name in which every special character stands in a set matches itself.
  std::string literal;
  for (const char c : name) {
    if (c == '*' || c == '?' || c == '[') {
      absl::StrAppend(&literal, "[", std::string_view(&c, 1), "]");
    } else {
      literal.push_back(c);
    }
  }
  CHECK(GlobMatch(literal, name));
  return 0;
}
