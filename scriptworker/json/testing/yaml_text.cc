// SPDX-License-Identifier: MPL-2.0
#include "scriptworker/json/testing/yaml_text.h"

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "scriptworker/base/utf8.h"
#include "scriptworker/json/testing/yaml_cursor.h"

namespace scriptworker::json {
namespace {

// The bytes from here on that a plain scalar has before a blank, ": " or, in a
// flow collection, a separator.
size_t PlainRun(const YamlCursor& cursor, bool in_flow) {
  constexpr std::string_view kFlowSeparators = ",?[]{}";
  size_t n = 0;
  while (true) {
    const char c = cursor.Peek(n);
    if (c > '?' && c < '[') {  // letters, mostly
      ++n;
      continue;
    }
    if (cursor.AtBlank(n)) return n;
    if (c == ':' &&
        (cursor.AtBlank(n + 1) || (in_flow && std::string_view(",[]{}").find(cursor.Peek(n + 1)) !=
                                                  std::string_view::npos))) {
      return n;
    }
    if (in_flow && kFlowSeparators.find(c) != std::string_view::npos) return n;
    ++n;
  }
}

// What stands between two words of a plain scalar: blanks, or a folded line
// break, for which `buffer` is used. Empty if the scalar ends here.
std::string_view ReadPlainSpaces(YamlCursor& cursor, std::string& buffer, bool* at_line_start) {
  size_t n = 0;
  while (cursor.Peek(n) == ' ') ++n;
  const std::string_view blanks = cursor.View(n);
  cursor.Advance(n);
  const std::string_view line_break = cursor.TakeBreak();
  if (line_break.empty()) return blanks;
  *at_line_start = true;
  if (cursor.AtDocumentMarker()) return {};
  buffer.clear();
  if (line_break != "\n") buffer.append(line_break);
  bool more_breaks = false;
  while (cursor.Peek() == ' ' || cursor.AtBreak()) {
    if (cursor.Skip(' ')) continue;
    buffer.append(cursor.TakeBreak());
    more_breaks = true;
    if (cursor.AtDocumentMarker()) return {};
  }
  if (line_break == "\n" && !more_breaks) return " ";
  return buffer;
}

// The line breaks and blanks inside a quoted scalar after its line's end.
bool ReadQuotedBreaks(YamlCursor& cursor, std::string& breaks) {
  while (true) {
    if (cursor.AtDocumentMarker()) {
      return cursor.FailHere("a document marker within a quoted text");
    }
    while (cursor.Peek() == ' ' || cursor.Peek() == '\t') cursor.Advance(1);
    const std::string_view line_break = cursor.TakeBreak();
    if (line_break.empty()) return true;
    breaks.append(line_break);
  }
}

// Blanks, which count unless a line ends with them, and folded line breaks.
bool ReadQuotedSpaces(YamlCursor& cursor, YamlPosition start, YamlTextBuilder& text) {
  size_t n = 0;
  while (cursor.Peek(n) == ' ' || cursor.Peek(n) == '\t') ++n;
  const std::string_view blanks = cursor.View(n);
  cursor.Advance(n);
  if (cursor.AtEnd()) return cursor.Fail(start, "this quoted text does not end");
  const std::string_view line_break = cursor.TakeBreak();
  if (line_break.empty()) {
    text.Append(blanks);
    return true;
  }
  std::string breaks;
  if (!ReadQuotedBreaks(cursor, breaks)) return false;
  if (line_break != "\n") {
    text.copy().append(line_break);
  } else if (breaks.empty()) {
    text.copy().push_back(' ');
  }
  text.copy().append(breaks);
  return true;
}

// `digits` hexadecimal digits at offset `from`, which are not moved over.
bool ReadHex(YamlCursor& cursor, size_t from, size_t digits, uint32_t* code) {
  *code = 0;
  for (size_t i = from; i < from + digits; ++i) {
    const char c = cursor.Peek(i);
    if (!absl::ascii_isxdigit(static_cast<unsigned char>(c))) return false;
    *code = *code << 4 | static_cast<uint32_t>(c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10);
  }
  return true;
}

// The code point of \x, \u or \U with `digits` digits, at the letter. Two
// escapes of a surrogate pair, as JSON has them, are one character.
bool ReadCodeEscape(YamlCursor& cursor, size_t digits, YamlTextBuilder& text) {
  uint32_t code;
  if (!ReadHex(cursor, 1, digits, &code)) {
    return cursor.FailHere(absl::StrCat("this escape needs ", digits, " hexadecimal digits"));
  }
  uint32_t low;
  size_t length = 1 + digits;
  if (code >= 0xd800 && code <= 0xdbff && cursor.Peek(length) == '\\' &&
      cursor.Peek(length + 1) == 'u' && ReadHex(cursor, length + 2, 4, &low) && low >= 0xdc00 &&
      low <= 0xdfff) {
    code = 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00);
    length += 6;
  }
  if (code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff)) {
    return cursor.FailHere("this escape names no character");
  }
  cursor.Advance(length);
  AppendUtf8(code, &text.copy());
  return true;
}

// At the backslash.
bool ReadEscape(YamlCursor& cursor, YamlTextBuilder& text) {
  struct Escape {
    char letter;
    std::string_view meaning;
  };
  static constexpr Escape kEscapes[] = {
      {'0', std::string_view("\0", 1)},
      {'a', "\a"},
      {'b', "\b"},
      {'t', "\t"},
      {'\t', "\t"},
      {'n', "\n"},
      {'v', "\v"},
      {'f', "\f"},
      {'r', "\r"},
      {'e', "\x1b"},
      {' ', " "},
      {'"', "\""},
      {'\\', "\\"},
      {'/', "/"},
      {'N', "\u0085"},
      {'_', "\u00a0"},
      {'L', "\u2028"},
      {'P', "\u2029"},
  };
  cursor.Advance(1);
  const char letter = cursor.Peek();
  if (letter == 'x') return ReadCodeEscape(cursor, 2, text);
  if (letter == 'u') return ReadCodeEscape(cursor, 4, text);
  if (letter == 'U') return ReadCodeEscape(cursor, 8, text);
  if (!cursor.TakeBreak().empty()) return ReadQuotedBreaks(cursor, text.copy());
  for (const Escape& escape : kEscapes) {
    if (escape.letter != letter) continue;
    cursor.Advance(1);
    text.copy().append(escape.meaning);
    return true;
  }
  return cursor.Expected("a known escape after '\\'");
}

// Characters up to the closing quote or a blank.
bool ReadQuotedWord(YamlCursor& cursor, char quote, YamlTextBuilder& text) {
  while (true) {
    size_t n = 0;
    while (cursor.Peek(n) != '\'' && cursor.Peek(n) != '"' && cursor.Peek(n) != '\\' &&
           !cursor.AtBlank(n)) {
      ++n;
    }
    text.Append(cursor.View(n));
    cursor.Advance(n);
    const char c = cursor.Peek();
    if (quote == '\'' && c == '\'' && cursor.Peek(1) == '\'') {
      text.Append(cursor.View(1));
      cursor.Advance(2);
    } else if (quote == '"' && c == '\\') {
      if (!ReadEscape(cursor, text)) return false;
    } else if (c != quote && (c == '\'' || c == '"' || c == '\\')) {
      text.Append(cursor.View(1));
      cursor.Advance(1);
    } else {
      return true;
    }
  }
}

enum class Chomping { kStrip, kClip, kKeep };

struct BlockHeader {
  Chomping chomping = Chomping::kClip;
  int indent = 0;  // 0: not stated
};

// The indicators, a comment and the line break.
bool ReadBlockHeader(YamlCursor& cursor, BlockHeader* header) {
  cursor.Advance(1);
  const auto read_chomping = [&] {
    if (cursor.Peek() != '+' && cursor.Peek() != '-') return false;
    header->chomping = cursor.Peek() == '+' ? Chomping::kKeep : Chomping::kStrip;
    cursor.Advance(1);
    return true;
  };
  const bool chomping_first = read_chomping();
  if (absl::ascii_isdigit(static_cast<unsigned char>(cursor.Peek()))) {
    header->indent = cursor.Peek() - '0';
    if (header->indent == 0) return cursor.Expected("an indentation from 1 to 9");
    cursor.Advance(1);
    if (!chomping_first) read_chomping();
  }
  if (cursor.Peek() != ' ' && !cursor.AtBreakOrEnd()) {
    return cursor.Expected("a line break after the block's indicators");
  }
  cursor.SkipSpaces();
  cursor.SkipComment();
  if (!cursor.AtBreakOrEnd()) return cursor.Expected("a comment or a line break");
  cursor.TakeBreak();
  return true;
}

// Empty lines, and the blanks of the next one up to `indent`.
void ReadBlockBreaks(YamlCursor& cursor, int indent, std::string& breaks) {
  const auto skip_indent = [&] {
    while (cursor.column() < indent && cursor.Peek() == ' ') cursor.Advance(1);
  };
  skip_indent();
  while (cursor.AtBreak()) {
    breaks.append(cursor.TakeBreak());
    skip_indent();
  }
}

// Empty lines before the text; returns the deepest indentation seen.
int ReadBlockIndentation(YamlCursor& cursor, std::string& breaks) {
  int deepest = 0;
  while (cursor.Peek() == ' ' || cursor.AtBreak()) {
    if (cursor.AtBreak()) {
      breaks.append(cursor.TakeBreak());
    } else {
      cursor.Advance(1);
      deepest = std::max(deepest, cursor.column());
    }
  }
  return deepest;
}

}  // namespace

bool ReadPlainText(YamlCursor& cursor, int indent, bool in_flow, std::string_view* text,
                   bool* at_line_start) {
  YamlTextBuilder builder(cursor);
  std::string buffer;
  std::string_view spaces;
  *at_line_start = false;
  while (cursor.Peek() != '#') {
    const size_t n = PlainRun(cursor, in_flow);
    if (n == 0) break;
    *at_line_start = false;
    builder.Append(spaces);
    builder.Append(cursor.View(n));
    cursor.Advance(n);
    spaces = ReadPlainSpaces(cursor, buffer, at_line_start);
    if (spaces.empty() || (!in_flow && cursor.column() <= indent)) break;
  }
  *text = builder.text();
  return true;
}

bool ReadQuotedText(YamlCursor& cursor, std::string_view* text) {
  const YamlPosition start = cursor.position();
  const char quote = cursor.Peek();
  cursor.Advance(1);
  YamlTextBuilder builder(cursor);
  if (!ReadQuotedWord(cursor, quote, builder)) return false;
  while (cursor.Peek() != quote) {
    if (!ReadQuotedSpaces(cursor, start, builder)) return false;
    if (!ReadQuotedWord(cursor, quote, builder)) return false;
  }
  cursor.Advance(1);
  *text = builder.text();
  return true;
}

bool ReadBlockText(YamlCursor& cursor, int indent, std::string_view* text) {
  const bool folded = cursor.Peek() == '>';
  BlockHeader header;
  if (!ReadBlockHeader(cursor, &header)) return false;
  const int least = std::max(indent + 1, 1);
  std::string breaks;
  int block_indent;
  if (header.indent == 0) {
    block_indent = std::max(least, ReadBlockIndentation(cursor, breaks));
  } else {
    block_indent = least + header.indent - 1;
    ReadBlockBreaks(cursor, block_indent, breaks);
  }
  YamlTextBuilder builder(cursor);
  std::string_view line_break;
  while (cursor.column() == block_indent && !cursor.AtEnd()) {
    if (!breaks.empty()) builder.copy().append(breaks);
    const bool starts_blank = cursor.Peek() == ' ' || cursor.Peek() == '\t';
    size_t n = 0;
    while (!cursor.AtBreakOrEnd(n)) ++n;
    builder.Append(cursor.View(n));
    cursor.Advance(n);
    line_break = cursor.TakeBreak();
    breaks.clear();
    ReadBlockBreaks(cursor, block_indent, breaks);
    if (cursor.column() != block_indent || cursor.AtEnd()) break;
    const bool next_starts_blank = cursor.Peek() == ' ' || cursor.Peek() == '\t';
    if (!folded || line_break != "\n" || starts_blank || next_starts_blank) {
      builder.copy().append(line_break);
    } else if (breaks.empty()) {
      builder.copy().push_back(' ');
    }
  }
  if (header.chomping != Chomping::kStrip && !line_break.empty()) {
    builder.copy().append(line_break);
  }
  if (header.chomping == Chomping::kKeep && !breaks.empty()) builder.copy().append(breaks);
  *text = builder.text();
  return true;
}

}  // namespace scriptworker::json
