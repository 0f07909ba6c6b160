// SPDX-License-Identifier: MPL-2.0
#include "scriptworker/jsone/whitespace.h"

#include "absl/strings/match.h"

namespace scriptworker::jsone {
namespace {

// UTF-8 of U+00A0, U+1680, U+2000-200A, U+2028, U+2029, U+202F, U+205F, U+3000,
// U+FEFF.
constexpr std::string_view kWide[] = {
    "\xC2\xA0",     "\xE1\x9A\x80", "\xE2\x80\x80", "\xE2\x80\x81", "\xE2\x80\x82",
    "\xE2\x80\x83", "\xE2\x80\x84", "\xE2\x80\x85", "\xE2\x80\x86", "\xE2\x80\x87",
    "\xE2\x80\x88", "\xE2\x80\x89", "\xE2\x80\x8A", "\xE2\x80\xA8", "\xE2\x80\xA9",
    "\xE2\x80\xAF", "\xE2\x81\x9F", "\xE3\x80\x80", "\xEF\xBB\xBF"};

bool IsAsciiSpace(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

}  // namespace

size_t LeadingWhitespace(std::string_view text) {
  if (text.empty()) return 0;
  if (IsAsciiSpace(text.front())) return 1;
  if (static_cast<unsigned char>(text.front()) < 0x80) return 0;
  for (std::string_view wide : kWide) {
    if (absl::StartsWith(text, wide)) return wide.size();
  }
  return 0;
}

std::string_view StripLeading(std::string_view text) {
  while (size_t n = LeadingWhitespace(text)) text.remove_prefix(n);
  return text;
}

std::string_view StripTrailing(std::string_view text) {
  while (!text.empty()) {
    if (IsAsciiSpace(text.back())) {
      text.remove_suffix(1);
      continue;
    }
    size_t cut = 0;
    for (std::string_view wide : kWide) {
      if (absl::EndsWith(text, wide)) cut = wide.size();
    }
    if (cut == 0) break;
    text.remove_suffix(cut);
  }
  return text;
}

}  // namespace scriptworker::jsone
