// SPDX-License-Identifier: MPL-2.0
#ifndef SCRIPTWORKER_JSONE_TEXT_H_
#define SCRIPTWORKER_JSONE_TEXT_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "scriptworker/json/value.h"

namespace scriptworker::jsone {

// Strings as sequences of code points. All texts are UTF-8; a byte that is none
// counts as one character.

size_t CodePointCount(std::string_view text);
// The part from code point `begin` up to but not including `end`. REQUIRES: begin <= end;
// what lies behind the end of the text is left out.
std::string_view CodePointSlice(std::string_view text, size_t begin, size_t end);

// Where `needle` begins first in `text`; npos: nowhere. Takes linear time whatever the
// two are, unlike std::string_view::find.
size_t FindText(std::string_view text, std::string_view needle);

// With Unicode's full case mappings (one character may become several).
std::string Uppercase(std::string_view text);
std::string Lowercase(std::string_view text);

// What "${...}" puts into a string: null is empty; nullopt for an array, object
// or function.
std::optional<std::string> InterpolatedText(const json::Value& value);

}  // namespace scriptworker::jsone

#endif  // SCRIPTWORKER_JSONE_TEXT_H_
