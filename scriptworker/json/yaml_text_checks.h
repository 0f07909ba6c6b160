// SPDX-License-Identifier: MPL-2.0
#ifndef SCRIPTWORKER_JSON_YAML_TEXT_CHECKS_H_
#define SCRIPTWORKER_JSON_YAML_TEXT_CHECKS_H_

#include <cstddef>
#include <string_view>

#include "absl/status/status.h"

namespace scriptworker::json {

// Checks of a YAML text itself, for what yaml-cpp lets pass and PyYAML does not.

// kInvalidArgument with the position of the first byte that is no UTF-8, of a
// character that YAML does not allow, or of one of the line breaks that YAML 1.1
// and 1.2 or yaml-cpp treat differently (U+0085, U+2028, U+2029, \r alone).
absl::Status CheckYamlCharacters(std::string_view text, std::string_view source);

bool HasLineStartingWith(std::string_view text, std::string_view prefix);

struct YamlScalarShape {
  enum class Kind { kPlain, kQuoted, kBlock };
  Kind kind = Kind::kPlain;
  size_t length = 0;                // of a quoted scalar with its properties, in bytes
  std::string_view flaw = {};       // what is wrong; empty: nothing
  std::string_view null_word = {};  // a word for null that it begins with; empty: none
  // Line breaks at the end of a quoted text that yaml-cpp leaves out: it keeps one.
  size_t lost_breaks = 0;
};

// `text` begins with a scalar, perhaps behind its anchor and tag. Flaws: quotes do
// not end, an escape is unknown, a block's header is malformed, the tag is "!", by
// which YAML 1.1 and 1.2 mean different things, or yaml-cpp would lose line breaks
// (>+).
YamlScalarShape MeasureScalar(std::string_view text);

// In [begin, end), which holds no quoted text and no block, the offset of the first
// tab that is not in a comment, or of a line's first "%" that begins no known
// directive; npos: none.
size_t FindStray(std::string_view text, size_t begin, size_t end);

// Whether the key of a block mapping at `offset` has its mark: a "?" before it on
// its line, or a ":" behind it.
bool IsKeyWithMark(std::string_view text, size_t offset);

}  // namespace scriptworker::json

#endif  // SCRIPTWORKER_JSON_YAML_TEXT_CHECKS_H_
