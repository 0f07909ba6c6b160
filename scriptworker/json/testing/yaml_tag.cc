// SPDX-License-Identifier: MPL-2.0
#include "scriptworker/json/testing/yaml_tag.h"

#include <cstddef>
#include <string>
#include <string_view>

#include "absl/strings/ascii.h"
#include "scriptworker/base/utf8.h"
#include "scriptworker/json/testing/yaml_cursor.h"
#include "scriptworker/json/testing/yaml_token.h"

namespace scriptworker::json {
namespace {

bool IsDigit(char c) { return absl::ascii_isdigit(static_cast<unsigned char>(c)); }

bool IsNameChar(char c) {
  return absl::ascii_isalnum(static_cast<unsigned char>(c)) || c == '-' || c == '_';
}

bool IsUriChar(char c) {
  constexpr std::string_view kOthers = ";/?:@&=+$,.!~*'()[]";
  return IsNameChar(c) || (c != '\0' && kOthers.find(c) != std::string_view::npos);
}

bool AtEndOfWord(const YamlCursor& cursor) { return cursor.Peek() == ' ' || cursor.AtBreakOrEnd(); }

// Moves over digits; returns how many.
size_t SkipDigits(YamlCursor& cursor) {
  size_t n = 0;
  while (IsDigit(cursor.Peek(n))) ++n;
  cursor.Advance(n);
  return n;
}

// %XX, once or more.
bool ReadUriEscapes(YamlCursor& cursor, std::string& out) {
  const YamlPosition position = cursor.position();
  std::string bytes;
  while (cursor.Skip('%')) {
    int byte = 0;
    for (int i = 0; i < 2; ++i) {
      const auto c = static_cast<unsigned char>(cursor.Peek());
      if (!absl::ascii_isxdigit(c)) return cursor.Expected("two hexadecimal digits");
      byte = byte * 16 + (c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10);
      cursor.Advance(1);
    }
    bytes.push_back(static_cast<char>(byte));
  }
  if (FindInvalidUtf8(bytes) != std::string_view::npos) {
    return cursor.Fail(position, "these escapes are no UTF-8");
  }
  out.append(bytes);
  return true;
}

bool ReadUri(YamlCursor& cursor, std::string_view* uri) {
  YamlTextBuilder text(cursor);
  while (true) {
    size_t n = 0;
    while (IsUriChar(cursor.Peek(n))) ++n;
    text.Append(cursor.View(n));
    cursor.Advance(n);
    if (cursor.Peek() != '%') break;
    if (!ReadUriEscapes(cursor, text.copy())) return false;
  }
  *uri = text.text();
  return !uri->empty() || cursor.Expected("a tag");
}

// "!", "!!" or "!name!".
bool ReadHandle(YamlCursor& cursor, std::string_view* handle) {
  if (cursor.Peek() != '!') return cursor.Expected("'!'");
  size_t length = 1;
  if (cursor.Peek(1) != ' ') {
    length += YamlNameLength(cursor, 1);
    if (cursor.Peek(length) != '!') {
      cursor.Advance(length);
      return cursor.Expected("'!'");
    }
    ++length;
  }
  *handle = cursor.View(length);
  cursor.Advance(length);
  return true;
}

bool ReadVersion(YamlCursor& cursor, YamlToken* token) {
  token->type = YamlTokenType::kYamlDirective;
  cursor.SkipSpaces();
  size_t n = 0;
  while (IsDigit(cursor.Peek(n))) ++n;
  token->text = cursor.View(n);  // the major version decides
  cursor.Advance(n);
  const bool is_version =
      n > 0 && cursor.Skip('.') && SkipDigits(cursor) > 0 && AtEndOfWord(cursor);
  return is_version || cursor.Expected("a version such as 1.1");
}

bool ReadTagDefinition(YamlCursor& cursor, YamlToken* token) {
  token->type = YamlTokenType::kTagDirective;
  cursor.SkipSpaces();
  if (!ReadHandle(cursor, &token->handle)) return false;
  if (cursor.Peek() != ' ') return cursor.Expected("a blank");
  cursor.SkipSpaces();
  if (!ReadUri(cursor, &token->text)) return false;
  return AtEndOfWord(cursor) || cursor.Expected("a blank");
}

}  // namespace

size_t YamlNameLength(const YamlCursor& cursor, size_t from) {
  size_t n = from;
  while (IsNameChar(cursor.Peek(n))) ++n;
  return n - from;
}

bool ReadYamlTag(YamlCursor& cursor, YamlToken* token) {
  *token = {.type = YamlTokenType::kTag, .position = cursor.position()};
  if (cursor.Peek(1) == '<') {
    cursor.Advance(2);
    if (!ReadUri(cursor, &token->text)) return false;
    if (!cursor.Skip('>')) return cursor.Expected("'>'");
  } else if (cursor.AtBlank(1)) {
    token->text = "!";
    cursor.Advance(1);
  } else {
    size_t n = 1;
    while (cursor.Peek(n) != '!' && cursor.Peek(n) != ' ' && !cursor.AtBreakOrEnd(n)) ++n;
    if (cursor.Peek(n) == '!') {
      if (!ReadHandle(cursor, &token->handle)) return false;
    } else {
      token->handle = "!";
      cursor.Advance(1);
    }
    if (!ReadUri(cursor, &token->text)) return false;
  }
  return AtEndOfWord(cursor) || cursor.Expected("a blank after the tag");
}

bool ReadYamlDirective(YamlCursor& cursor, YamlToken* token) {
  *token = {.type = YamlTokenType::kOtherDirective, .position = cursor.position()};
  cursor.Advance(1);
  const size_t length = YamlNameLength(cursor);
  const std::string_view name = cursor.View(length);
  cursor.Advance(length);
  if (length == 0 || !AtEndOfWord(cursor)) return cursor.Expected("a directive's name");
  if (name == "YAML") {
    if (!ReadVersion(cursor, token)) return false;
  } else if (name == "TAG") {
    if (!ReadTagDefinition(cursor, token)) return false;
  } else {
    size_t n = 0;
    while (!cursor.AtBreakOrEnd(n)) ++n;
    cursor.Advance(n);
  }
  cursor.SkipSpaces();
  cursor.SkipComment();
  if (!cursor.AtBreakOrEnd()) return cursor.Expected("a comment or a line break");
  cursor.TakeBreak();
  return true;
}

}  // namespace scriptworker::json
