// SPDX-License-Identifier: MPL-2.0
#ifndef SCRIPTWORKER_JSON_TESTING_YAML_CURSOR_H_
#define SCRIPTWORKER_JSON_TESTING_YAML_CURSOR_H_

#include <cstddef>
#include <deque>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "scriptworker/json/yaml_position.h"

namespace scriptworker::json {

// A place in a YAML text, with the line and column that the indentation rules
// need. The end of the text reads as '\0', which cannot occur in it. Line breaks
// are \n, \r, \r\n, U+0085, U+2028 and U+2029. Thread-compatible.
class YamlCursor {
 public:
  // `text` and `source` must outlive the cursor. If a byte or character is not
  // allowed in YAML, ok() is false at once.
  YamlCursor(const std::string& text, std::string_view source);

  // The byte `n` behind this place. REQUIRES: no '\0' before it.
  char Peek(size_t n = 0) const { return p_[n]; }
  std::string_view View(size_t bytes) const { return {p_, bytes}; }
  bool AtEnd() const { return *p_ == '\0'; }
  bool AtBreak(size_t n = 0) const { return BreakLength(n) != 0; }
  bool AtBreakOrEnd(size_t n = 0) const { return p_[n] == '\0' || AtBreak(n); }
  // At '\0', a space, a tab or a line break.
  bool AtBlank(size_t n = 0) const { return p_[n] == ' ' || p_[n] == '\t' || AtBreakOrEnd(n); }
  // At "---" or "..." and a blank, in whatever column.
  bool AtDocumentMarker(char c) const {
    return p_[0] == c && p_[1] == c && p_[2] == c && AtBlank(3);
  }
  bool AtDocumentMarker() const { return AtDocumentMarker('-') || AtDocumentMarker('.'); }

  // Moves over bytes that hold no line break.
  void Advance(size_t bytes);
  bool Skip(char c) {
    if (*p_ != c) return false;
    Advance(1);
    return true;
  }
  void SkipSpaces() {
    while (*p_ == ' ') Advance(1);
  }
  // A comment, up to the line break.
  void SkipComment() {
    if (*p_ != '#') return;
    size_t n = 0;
    while (!AtBreakOrEnd(n)) ++n;
    Advance(n);
  }
  // Moves over one line break. What it stands for: "\n", U+2028, U+2029; empty if
  // there is none.
  std::string_view TakeBreak();

  int line() const { return line_; }       // from 0
  int column() const { return column_; }   // from 0, in code points
  size_t index() const { return index_; }  // code points from the beginning
  YamlPosition position() const { return {.line = line_ + 1, .column = column_ + 1}; }

  // Errors: the first one counts. Fail returns false.
  bool Fail(YamlPosition position, std::string_view what);
  bool FailHere(std::string_view what) { return Fail(position(), what); }
  // "expected WHAT, found 'x'" here.
  bool Expected(std::string_view what);
  bool ok() const { return status_.ok(); }
  const absl::Status& status() const { return status_; }

  // A new string that lives as long as the cursor.
  std::string& NewText(std::string_view text) { return texts_.emplace_back(text); }

 private:
  size_t BreakLength(size_t n) const;  // bytes of one break character; 0: none
  void CheckCharacters(std::string_view text);

  const std::string_view source_;
  const char* p_;
  int line_ = 0;
  int column_ = 0;
  size_t index_ = 0;
  absl::Status status_;
  std::deque<std::string> texts_;
};

inline size_t YamlCursor::BreakLength(size_t n) const {
  const auto c = static_cast<unsigned char>(p_[n]);
  if (c == '\n' || c == '\r') return 1;
  if (c < 0xc2) return 0;
  if (c == 0xc2) return static_cast<unsigned char>(p_[n + 1]) == 0x85 ? 2 : 0;
  if (c != 0xe2 || static_cast<unsigned char>(p_[n + 1]) != 0x80) return 0;
  return (static_cast<unsigned char>(p_[n + 2]) | 1) == 0xa9 ? 3 : 0;
}

// Puts a text together. As long as its parts follow each other in the document,
// nothing is copied.
class YamlTextBuilder {
 public:
  explicit YamlTextBuilder(YamlCursor& cursor) : cursor_(cursor) {}

  void Append(std::string_view part) {
    if (part.empty()) return;
    if (copy_ != nullptr) {
      copy_->append(part);
    } else if (text_.empty()) {
      text_ = part;
    } else if (text_.data() + text_.size() == part.data()) {
      text_ = {text_.data(), text_.size() + part.size()};
    } else {
      copy_ = &cursor_.NewText(text_);
      copy_->append(part);
    }
  }
  // For what is not in the document.
  std::string& copy() {
    if (copy_ == nullptr) copy_ = &cursor_.NewText(text_);
    return *copy_;
  }
  std::string_view text() const { return copy_ == nullptr ? text_ : std::string_view(*copy_); }

 private:
  YamlCursor& cursor_;
  std::string_view text_;
  std::string* copy_ = nullptr;
};

}  // namespace scriptworker::json

#endif  // SCRIPTWORKER_JSON_TESTING_YAML_CURSOR_H_
