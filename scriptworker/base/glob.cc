// SPDX-License-Identifier: MPL-2.0
//
// Matching goes forward over the pattern with one way back: to the last '*',
// which then takes one character more. A later star that was reached makes
// every earlier choice as good as any other, so no further way back is needed.

#include "scriptworker/base/glob.h"

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "scriptworker/base/utf8.h"

namespace scriptworker {
namespace {

struct Character {
  uint32_t value;
  size_t size;  // in bytes
};

// Bytes that are no part of valid UTF-8 are given values above Unicode's.
constexpr uint32_t kInvalidByteBase = 0x110000;

// The first character of `text`. REQUIRES: !text.empty().
Character First(std::string_view text) {
  const Utf8CodePoint first = DecodeUtf8(text);
  if (first.length == 0) return {kInvalidByteBase + static_cast<unsigned char>(text[0]), 1};
  return {first.code_point, first.length};
}

// The content of the set that starts after a '[', or nothing if it is never
// closed. A ']' that comes first (after an optional '!') is a member.
// `last_bracket` is the pattern's last ']': knowing it keeps a row of '[' from
// being searched again and again.
std::string_view SetContent(std::string_view after_bracket, const char* last_bracket) {
  size_t from = 0;
  if (after_bracket.substr(from).starts_with('!')) ++from;
  if (after_bracket.substr(from).starts_with(']')) ++from;
  if (last_bracket == nullptr || last_bracket < after_bracket.data() + from) {
    return {};
  }
  return after_bracket.substr(0, after_bracket.find(']', from));
}

// A range whose ends are in the wrong order is empty, as in Python.
bool SetContains(std::string_view set, uint32_t wanted) {
  const bool negated = set.starts_with('!');
  if (negated) set.remove_prefix(1);
  bool found = false;
  while (!set.empty() && !found) {
    const Character low = First(set);
    set.remove_prefix(low.size);
    if (set.size() >= 2 && set.front() == '-') {
      set.remove_prefix(1);
      const Character high = First(set);
      set.remove_prefix(high.size);
      found = low.value <= wanted && wanted <= high.value;
    } else {
      found = low.value == wanted;
    }
  }
  return found != negated;
}

// Matches one character against the pattern's first element (no star) and
// removes that element.
bool MatchElement(std::string_view& pattern, const char* last_bracket, uint32_t wanted) {
  const Character element = First(pattern);
  pattern.remove_prefix(element.size);
  if (element.value == '?') return true;
  if (element.value == '[') {
    const std::string_view set = SetContent(pattern, last_bracket);
    if (!set.empty()) {
      pattern.remove_prefix(set.size() + 1);
      return SetContains(set, wanted);
    }
  }
  return element.value == wanted;
}

}  // namespace

bool GlobMatch(std::string_view pattern, std::string_view name) {
  const size_t last = pattern.rfind(']');
  const char* last_bracket = last == std::string_view::npos ? nullptr : pattern.data() + last;
  bool seen_star = false;
  std::string_view pattern_after_star;
  std::string_view name_after_star;
  while (true) {
    if (pattern.starts_with('*')) {
      pattern.remove_prefix(1);
      if (pattern.empty()) return true;
      seen_star = true;
      pattern_after_star = pattern;
      name_after_star = name;
      continue;
    }
    if (name.empty()) return pattern.empty();
    const Character character = First(name);
    if (!pattern.empty() && MatchElement(pattern, last_bracket, character.value)) {
      name.remove_prefix(character.size);
      continue;
    }
    if (!seen_star) return false;
    // name_after_star is a suffix of what is left or longer: not empty.
    name_after_star.remove_prefix(First(name_after_star).size);
    pattern = pattern_after_star;
    name = name_after_star;
  }
}

}  // namespace scriptworker
