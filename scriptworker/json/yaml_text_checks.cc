// SPDX-License-Identifier: MPL-2.0
#include "scriptworker/json/yaml_text_checks.h"

#include <algorithm>
#include <cstdint>
#include <string_view>

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "scriptworker/base/utf8.h"

namespace scriptworker::json {
namespace {

// YAML 1.1, production c-printable, as PyYAML has it, without the line breaks
// that are peculiar to YAML 1.1 and a byte order mark, which yaml-cpp drops.
bool IsAllowed(uint32_t c) {
  if (c < 0xa0) return c == '\t' || c == '\n' || c == '\r' || (c >= ' ' && c < 0x7f);
  return c != 0x2028 && c != 0x2029 && c != 0xfeff && c != 0xfffe && c != 0xffff;
}

constexpr std::string_view kBlanks = " \t\r\n";
constexpr std::string_view kStrays = "\t%";

bool IsKnownDirective(std::string_view text) {
  return absl::StartsWith(text, "%TAG !") ||
         (absl::StartsWith(text, "%YAML 1.") && text.size() > 9 &&
          absl::ascii_isdigit(static_cast<unsigned char>(text[8])) &&
          kBlanks.find(text[9]) != std::string_view::npos);
}

// Whether the end of `text` is in a comment.
bool IsInComment(std::string_view text) {
  const std::string_view line = text.substr(text.rfind('\n') + 1);
  for (size_t hash = line.find('#'); hash != std::string_view::npos;
       hash = line.find('#', hash + 1)) {
    if (hash == 0 || kBlanks.find(line[hash - 1]) != std::string_view::npos) return true;
  }
  return false;
}

// How many line breaks yaml-cpp loses of a quoted text with that body: of n breaks
// at its end n - 1 count, and it gives one, or two behind an escape, or none if there
// is nothing else. `escape_end`: where the last escape of the body ends, 0 if none.
size_t LostBreaks(std::string_view body, size_t escape_end) {
  const size_t tail = body.find_last_not_of(kBlanks) + 1;
  const auto breaks = static_cast<size_t>(
      std::count(body.begin() + static_cast<std::ptrdiff_t>(tail), body.end(), '\n'));
  const size_t given = tail == 0 ? 0 : escape_end >= tail ? 2 : 1;
  return breaks > given + 1 ? breaks - 1 - given : 0;
}

// Of \x41, \u0041 and \U00000041, and of all others.
size_t EscapeLength(char letter) {
  switch (letter) {
    case 'x':
      return 4;
    case 'u':
      return 6;
    case 'U':
      return 10;
    default:
      return 2;
  }
}

// `text` begins with a quote. Removes the quoted text; returns what is wrong.
std::string_view FindQuotingFlaw(std::string_view& text, size_t& lost_breaks) {
  const char quote = text[0];
  size_t escape_end = 0;  // in the body, which begins at 1
  for (size_t i = 1; i < text.size(); ++i) {
    if (quote == '"' && text[i] == '\\') {
      ++i;
      if (i == text.size()) break;
      if (text[i] == '\'') return "\\' is no escape";
      escape_end = i - 2 + EscapeLength(text[i]);
    } else if (text[i] == quote) {
      if (quote == '"' || i + 1 == text.size() || text[i + 1] != quote) {
        const std::string_view body = text.substr(1, i - 1);
        text.remove_prefix(i + 1);
        lost_breaks = LostBreaks(body, escape_end);
        return {};
      }
      escape_end = i + 1;  // a quote escapes the quote behind it
      ++i;
    }
  }
  return "this quoted text does not end";
}

}  // namespace

absl::Status CheckYamlCharacters(std::string_view text, std::string_view source) {
  int line = 1;
  int column = 1;
  for (size_t i = 0; i < text.size();) {
    const auto byte = static_cast<unsigned char>(text[i]);
    const Utf8CodePoint next = byte < 0x80 ? Utf8CodePoint{byte, 1} : DecodeUtf8(text.substr(i));
    const bool lone_return = byte == '\r' && (i + 1 == text.size() || text[i + 1] != '\n');
    if (next.length == 0 || lone_return || !IsAllowed(next.code_point)) {
      return absl::InvalidArgumentError(absl::StrCat(
          source, ":", line, ":", column, ": ",
          next.length == 0
              ? absl::StrFormat("the byte 0x%02x is no UTF-8", byte)
              : absl::StrFormat("the character U+%04X is not allowed", next.code_point)));
    }
    i += next.length;
    ++column;
    if (byte == '\n') {
      ++line;
      column = 1;
    }
  }
  return absl::OkStatus();
}

bool HasLineStartingWith(std::string_view text, std::string_view prefix) {
  return absl::StartsWith(text, prefix) || absl::StrContains(text, absl::StrCat("\n", prefix));
}

YamlScalarShape MeasureScalar(std::string_view text) {
  YamlScalarShape shape;
  const size_t size = text.size();
  while (!text.empty() && (text[0] == '!' || text[0] == '&')) {
    const size_t word = std::min(text.find_first_of(kBlanks), text.size());
    if (text.substr(0, word) == "!") shape.flaw = "the tag ! states nothing, leave it out";
    text.remove_prefix(word);
    text.remove_prefix(std::min(text.find_first_not_of(kBlanks), text.size()));
  }
  if (text.empty() || !shape.flaw.empty()) return shape;
  if (text[0] == '|' || text[0] == '>') {
    shape.kind = YamlScalarShape::Kind::kBlock;
    const size_t header = std::min(text.find_first_not_of("0123456789+-", 1), text.size());
    // yaml-cpp keeps one line break less than there is.
    if (text[0] == '>' && absl::StrContains(text.substr(0, header), "+")) {
      shape.flaw = "a folded block that keeps its last line breaks is not supported";
    }
    if (header < text.size() && kBlanks.find(text[header]) == std::string_view::npos) {
      shape.flaw = "expected a line break after the block's indicators";
    }
  } else if (text[0] == '"' || text[0] == '\'') {
    shape.kind = YamlScalarShape::Kind::kQuoted;
    shape.flaw = FindQuotingFlaw(text, shape.lost_breaks);
    shape.length = size - text.size();
  }
  for (const std::string_view word : {"~", "null", "Null", "NULL"}) {
    if (absl::StartsWith(text, word)) shape.null_word = word;
  }
  return shape;
}

size_t FindStray(std::string_view text, size_t begin, size_t end) {
  const std::string_view searched = text.substr(0, end);
  for (size_t at = searched.find_first_of(kStrays, begin); at < searched.size();
       at = searched.find_first_of(kStrays, at + 1)) {
    if (text[at] == '%') {
      const bool starts_line = at == 0 || text[at - 1] == '\n';
      if (starts_line && !IsKnownDirective(text.substr(at))) return at;
    } else if (IsInComment(text.substr(begin, at - begin))) {
      at = std::min(searched.find('\n', at), searched.size());  // so is the rest of the line
    } else {
      return at;
    }
  }
  return std::string_view::npos;
}

bool IsKeyWithMark(std::string_view text, size_t offset) {
  const size_t line_begin = text.substr(0, offset).find_last_of("\r\n") + 1;
  const std::string_view before = text.substr(line_begin, offset - line_begin);
  if (before.find('?') != std::string_view::npos) return true;
  std::string_view behind = text.substr(offset);
  behind = behind.substr(0, behind.find_first_of("\r\n"));
  for (size_t colon = behind.find(':'); colon != std::string_view::npos;
       colon = behind.find(':', colon + 1)) {
    if (colon + 1 == behind.size() || kBlanks.find(behind[colon + 1]) != std::string_view::npos) {
      return true;
    }
  }
  return false;
}

}  // namespace scriptworker::json
