// SPDX-License-Identifier: MPL-2.0
#include "scriptworker/json/testing/yaml_cursor.h"

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "scriptworker/base/utf8.h"
#include "scriptworker/json/yaml_events.h"

namespace scriptworker::json {
namespace {

constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";

// YAML 1.1, production c-printable, as PyYAML has it.
bool IsPrintable(uint32_t c) {
  if (c < 0xa0) return c == '\t' || c == '\n' || c == '\r' || (c >= ' ' && c < 0x7f) || c == 0x85;
  return c != 0xfffe && c != 0xffff;
}

}  // namespace

YamlCursor::YamlCursor(const std::string& text, std::string_view source)
    : source_(source), p_(text.c_str()) {
  CheckCharacters(text);
  if (ok() && absl::StartsWith(text, kByteOrderMark)) Advance(kByteOrderMark.size());
}

void YamlCursor::CheckCharacters(std::string_view text) {
  size_t i = 0;
  while (i < text.size()) {
    const auto byte = static_cast<unsigned char>(text[i]);
    if ((byte >= ' ' && byte < 0x7f) || byte == '\n') {
      ++i;
      continue;
    }
    const Utf8CodePoint next = DecodeUtf8(text.substr(i));
    if (next.length != 0 && IsPrintable(next.code_point)) {
      i += next.length;
      continue;
    }
    while (static_cast<size_t>(p_ - text.data()) < i) {  // for the position
      if (TakeBreak().empty()) Advance(1);
    }
    FailHere(next.length == 0
                 ? absl::StrFormat("the byte 0x%02x is no UTF-8", byte)
                 : absl::StrFormat("the character U+%04X is not allowed", next.code_point));
    return;
  }
}

void YamlCursor::Advance(size_t bytes) {
  const char* const end = p_ + bytes;
  for (; p_ != end; ++p_) {
    if ((static_cast<unsigned char>(*p_) & 0xc0) == 0x80) continue;
    ++index_;
    ++column_;
    // A byte order mark takes no column.
    if (*p_ == '\xef' && p_[1] == '\xbb' && p_[2] == '\xbf') --column_;
  }
}

std::string_view YamlCursor::TakeBreak() {
  size_t length = BreakLength(0);
  if (length == 0) return {};
  std::string_view meaning = length == 3 ? View(3) : "\n";
  ++index_;
  if (p_[0] == '\r' && p_[1] == '\n') {
    ++length;
    ++index_;
  }
  p_ += length;
  ++line_;
  column_ = 0;
  return meaning;
}

bool YamlCursor::Fail(YamlPosition position, std::string_view what) {
  if (status_.ok()) status_ = YamlErrorAt(source_, position, what);
  return false;
}

bool YamlCursor::Expected(std::string_view what) {
  std::string found;
  if (AtEnd()) {
    found = "the end of the text";
  } else if (AtBreak()) {
    found = "the end of the line";
  } else {
    found =
        absl::StrCat("'", View(DecodeUtf8(View(std::char_traits<char>::length(p_))).length), "'");
  }
  return FailHere(absl::StrCat("expected ", what, ", found ", found));
}

}  // namespace scriptworker::json
