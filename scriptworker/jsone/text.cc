// SPDX-License-Identifier: MPL-2.0
#include "scriptworker/jsone/text.h"

#include <string.h>

#include <algorithm>
#include <array>
#include <iterator>

#include "absl/strings/ascii.h"
#include "absl/types/span.h"
#include "scriptworker/base/utf8.h"
#include "scriptworker/jsone/number.h"

namespace scriptworker::jsone {
namespace {

struct CaseRange {
  char32_t first;
  char32_t last;
  uint32_t step;
  int32_t difference;
};
struct CaseExpansion {
  char32_t character;
  std::string_view utf8;
};
struct CharacterRange {
  char32_t first;
  char32_t last;
};
#include "scriptworker/jsone/case_table.inc"
#include "scriptworker/jsone/sigma_table.inc"

constexpr char32_t kNoCharacter = 0xFFFFFFFF;
constexpr char32_t kCapitalSigma = 0x03A3;

// The length of the UTF-8 sequence that begins at `i`; 1 for a byte that begins
// none or whose sequence is cut.
size_t SequenceLength(std::string_view text, size_t i) {
  const auto lead = static_cast<unsigned char>(text[i]);
  const size_t length = lead < 0xC2 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : lead < 0xF5 ? 4 : 1;
  return i + length <= text.size() ? length : 1;
}

// Not DecodeUtf8: what follows a byte that fits is taken as it is, as SequenceLength cuts it, since
// every parser has refused what is no UTF-8.
char32_t Decode(std::string_view sequence) {
  const auto byte = [&](size_t i) {
    return static_cast<char32_t>(static_cast<unsigned char>(sequence[i]));
  };
  switch (sequence.size()) {
    case 1:
      return byte(0) < 0x80 ? byte(0) : kNoCharacter;
    case 2:
      return (byte(0) & 0x1F) << 6 | (byte(1) & 0x3F);
    case 3:
      return (byte(0) & 0x0F) << 12 | (byte(1) & 0x3F) << 6 | (byte(2) & 0x3F);
    default:
      return (byte(0) & 0x07) << 18 | (byte(1) & 0x3F) << 12 | (byte(2) & 0x3F) << 6 |
             (byte(3) & 0x3F);
  }
}

char32_t MapSimple(absl::Span<const CaseRange> ranges, char32_t c) {
  const auto after =
      std::upper_bound(ranges.begin(), ranges.end(), c,
                       [](char32_t value, const CaseRange& range) { return value < range.first; });
  if (after == ranges.begin()) return c;
  const CaseRange& range = *std::prev(after);
  if (c > range.last || (c - range.first) % range.step != 0) return c;
  return static_cast<char32_t>(static_cast<int32_t>(c) + range.difference);
}

const CaseExpansion* FindExpansion(absl::Span<const CaseExpansion> expansions, char32_t c) {
  const auto found = std::lower_bound(
      expansions.begin(), expansions.end(), c,
      [](const CaseExpansion& expansion, char32_t value) { return expansion.character < value; });
  return found != expansions.end() && found->character == c ? &*found : nullptr;
}

bool IsIn(absl::Span<const CharacterRange> ranges, char32_t c) {
  const auto after = std::upper_bound(
      ranges.begin(), ranges.end(), c,
      [](char32_t value, const CharacterRange& range) { return value < range.first; });
  return after != ranges.begin() && c <= std::prev(after)->last;
}

bool EndsWithCased(std::string_view text) {
  while (!text.empty()) {
    size_t start = text.size() - 1;
    while (start > 0 && (static_cast<unsigned char>(text[start]) & 0xC0) == 0x80) --start;
    const char32_t c = Decode(text.substr(start));
    if (!IsIn(kCaseIgnorable, c)) return IsIn(kCased, c);
    text.remove_suffix(text.size() - start);
  }
  return false;
}

bool StartsWithCased(std::string_view text) {
  while (!text.empty()) {
    const size_t length = SequenceLength(text, 0);
    const char32_t c = Decode(text.substr(0, length));
    if (!IsIn(kCaseIgnorable, c)) return IsIn(kCased, c);
    text.remove_prefix(length);
  }
  return false;
}

// Unicode's Final_Sigma rule: a cased letter stands before it and none behind, where points,
// apostrophes, accents and their like do not count.
bool IsFinalSigma(std::string_view before, std::string_view behind) {
  return EndsWithCased(before) && !StartsWithCased(behind);
}

}  // namespace

size_t CodePointCount(std::string_view text) {
  size_t count = 0;
  for (size_t i = 0; i < text.size(); i += SequenceLength(text, i)) ++count;
  return count;
}

std::string_view CodePointSlice(std::string_view text, size_t begin, size_t end) {
  size_t i = 0;
  size_t index = 0;
  for (; i < text.size() && index < begin; ++index) i += SequenceLength(text, i);
  const size_t first = i;
  for (; i < text.size() && index < end; ++index) i += SequenceLength(text, i);
  return text.substr(first, i - first);
}

size_t FindText(std::string_view text, std::string_view needle) {
  if (needle.empty()) return 0;
  const void* const found = ::memmem(text.data(), text.size(), needle.data(), needle.size());
  return found == nullptr ? std::string_view::npos
                          : static_cast<size_t>(static_cast<const char*>(found) - text.data());
}

std::string Uppercase(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (size_t i = 0; i < text.size();) {
    const size_t length = SequenceLength(text, i);
    const std::string_view sequence = text.substr(i, length);
    const char32_t c = Decode(sequence);
    if (c < 0x80) {
      out.push_back(absl::ascii_toupper(static_cast<unsigned char>(c)));
    } else if (const CaseExpansion* more = FindExpansion(kUpperExpansions, c)) {
      out.append(more->utf8);
    } else if (c == kNoCharacter) {
      out.append(sequence);
    } else {
      AppendUtf8(MapSimple(kUpperRanges, c), &out);
    }
    i += length;
  }
  return out;
}

std::string Lowercase(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (size_t i = 0; i < text.size();) {
    const size_t length = SequenceLength(text, i);
    const std::string_view sequence = text.substr(i, length);
    const char32_t c = Decode(sequence);
    if (c < 0x80) {
      out.push_back(absl::ascii_tolower(static_cast<unsigned char>(c)));
    } else if (c == kCapitalSigma && IsFinalSigma(text.substr(0, i), text.substr(i + length))) {
      out.append("\xCF\x82");
    } else if (const CaseExpansion* more = FindExpansion(kLowerExpansions, c)) {
      out.append(more->utf8);
    } else if (c == kNoCharacter) {
      out.append(sequence);
    } else {
      AppendUtf8(MapSimple(kLowerRanges, c), &out);
    }
    i += length;
  }
  return out;
}

std::optional<std::string> InterpolatedText(const json::Value& value) {
  if (value.is_null()) return "";
  if (value.is_bool()) return value.bool_value() ? "true" : "false";
  if (value.is_string()) return std::string(value.string_value());
  if (value.is_number()) return NumberText(value);
  return std::nullopt;
}

}  // namespace scriptworker::jsone
