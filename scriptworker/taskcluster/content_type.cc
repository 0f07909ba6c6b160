// SPDX-License-Identifier: MPL-2.0
#include "scriptworker/taskcluster/content_type.h"

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"

namespace scriptworker::taskcluster {
namespace {

using Row = std::pair<std::string_view, std::string_view>;

// Of the reference; first match wins, and there is no encoding.
constexpr Row kSuffixRules[] = {
    {".tar.gz", "application/x-tar"}, {".tgz", "application/x-tar"},
    {".txt", "text/plain"},           {".dmg", "application/x-apple-diskimage"},
    {".log", "text/plain"},           {".asc", "text/plain"},
    {".diff", "text/plain"},          {".xml", "application/xml"},
};

// What follows are the tables of Python's mimetypes.
constexpr Row kExpansions[] = {
    {".svgz", ".svg.gz"}, {".tgz", ".tar.gz"},   {".taz", ".tar.gz"},
    {".tz", ".tar.gz"},   {".tbz2", ".tar.bz2"}, {".txz", ".tar.xz"},
};

constexpr Row kEncodings[] = {
    {".gz", "gzip"}, {".Z", "compress"}, {".bz2", "bzip2"}, {".xz", "xz"}, {".br", "br"},
};

constexpr Row kTypes[] = {
#include "scriptworker/taskcluster/content_types.inc"
};

constexpr std::string_view kUnknown = "application/binary";

template <size_t N>
std::string_view Lookup(const Row (&table)[N], std::string_view key) {
  for (const Row& row : table) {
    if (row.first == key) return row.second;
  }
  return "";
}

std::string_view LookupType(std::string_view suffix) {
  const auto* row = std::lower_bound(std::begin(kTypes), std::end(kTypes), suffix,
                                     [](const Row& a, std::string_view b) { return a.first < b; });
  return row != std::end(kTypes) && row->first == suffix ? row->second : std::string_view();
}

// Divides `name` before its last dot; leading dots of the last segment do not
// count (Python's splitext).
std::pair<std::string_view, std::string_view> SplitSuffix(std::string_view name) {
  const size_t slash = name.rfind('/');
  const size_t begin = slash == std::string_view::npos ? 0 : slash + 1;
  const size_t first = name.find_first_not_of('.', begin);
  const size_t dot = name.rfind('.');
  if (dot == std::string_view::npos || first == std::string_view::npos || dot < first) {
    return {name, ""};
  }
  return {name.substr(0, dot), name.substr(dot)};
}

}  // namespace

ContentType GuessContentType(std::string_view name) {
  for (const auto& [suffix, type] : kSuffixRules) {
    if (absl::EndsWith(name, suffix)) {
      return {.type = std::string(type), .encoding = ""};
    }
  }
  auto [base, suffix] = SplitSuffix(name);
  std::string expanded;
  if (const std::string_view expansion = Lookup(kExpansions, absl::AsciiStrToLower(suffix));
      !expansion.empty()) {
    expanded = absl::StrCat(base, expansion);
    std::tie(base, suffix) = SplitSuffix(expanded);
  }
  const std::string_view encoding = Lookup(kEncodings, suffix);
  if (!encoding.empty()) suffix = SplitSuffix(base).second;
  const std::string_view type = LookupType(absl::AsciiStrToLower(suffix));
  return {.type = std::string(type.empty() ? kUnknown : type), .encoding = std::string(encoding)};
}

bool IsCompressible(const ContentType& content_type) {
  return content_type.encoding.empty() &&
         (content_type.type == "text/plain" || content_type.type == "application/json" ||
          content_type.type == "text/html" || content_type.type == "application/xml");
}

}  // namespace scriptworker::taskcluster
