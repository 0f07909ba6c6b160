// SPDX-License-Identifier: MPL-2.0
#include "scriptworker/worker/process/output_lines.h"

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <string>
#include <string_view>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "scriptworker/base/utf8.h"

namespace scriptworker::worker {
namespace {

bool IsContinuationByte(char c) { return (static_cast<unsigned char>(c) & 0xC0U) == 0x80U; }

bool IsUtf8(std::string_view text) { return FindInvalidUtf8(text) == std::string_view::npos; }

// Python's repr(bytes).
std::string BytesRepr(std::string_view bytes) {
  const bool double_quotes =
      bytes.find('\'') != std::string_view::npos && bytes.find('"') == std::string_view::npos;
  const char quote = double_quotes ? '"' : '\'';
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string out = absl::StrCat("b", std::string(1, quote));
  out.reserve(4 * bytes.size() + 3);  // a script may print nothing but such bytes
  for (const char c : bytes) {
    const unsigned char byte = static_cast<unsigned char>(c);
    if (c == quote || c == '\\') {
      out.append({'\\', c});
    } else if (c == '\t') {
      out.append("\\t");
    } else if (c == '\n') {
      out.append("\\n");
    } else if (c == '\r') {
      out.append("\\r");
    } else if (byte < 0x20 || byte >= 0x7F) {
      out.append({'\\', 'x', kDigits[byte >> 4U], kDigits[byte & 0xFU]});
    } else {
      out.push_back(c);
    }
  }
  out.push_back(quote);
  return out;
}

// What Python's str.rstrip() takes away, in UTF-8: one character of it. False: there is none.
bool ConsumeTrailingBlank(std::string_view& text) {
  static constexpr std::string_view kWide[] = {"\u0085", "\u00a0", "\u1680", "\u2000", "\u2001",
                                               "\u2002", "\u2003", "\u2004", "\u2005", "\u2006",
                                               "\u2007", "\u2008", "\u2009", "\u200a", "\u2028",
                                               "\u2029", "\u202f", "\u205f", "\u3000"};
  if (text.empty()) return false;
  const auto last = static_cast<unsigned char>(text.back());
  if (last < 0x80) {
    if (!absl::ascii_isspace(last) && (last < 0x1c || last > 0x1f)) return false;
    text.remove_suffix(1);
    return true;
  }
  return std::any_of(std::begin(kWide), std::end(kWide),
                     [&text](std::string_view blank) { return absl::ConsumeSuffix(&text, blank); });
}

}  // namespace

void OutputLines::Feed(std::string_view bytes, Emit emit) {
  while (!bytes.empty()) {
    const size_t newline = bytes.find('\n');
    const size_t wanted = newline == std::string_view::npos ? bytes.size() : newline + 1;
    const size_t taken = std::min(wanted, kMaxPiece - buffer_.size());
    buffer_.append(bytes.substr(0, taken));
    bytes.remove_prefix(taken);
    if (buffer_.back() == '\n') {
      Finish(emit);
    } else if (buffer_.size() >= kMaxPiece) {
      EmitPiece(emit);
    }
  }
}

void OutputLines::Finish(Emit emit) {
  if (buffer_.empty()) return;
  redactor_.Redact(buffer_);
  emit(buffer_);
  buffer_.clear();
}

// A full buffer without a newline: emits all but what may be the start of a
// secret or of a UTF-8 sequence.
void OutputLines::EmitPiece(Emit emit) {
  redactor_.Redact(buffer_);
  const size_t longest = redactor_.longest();
  const size_t kept = std::min(longest > 0 ? longest - 1 : 0, buffer_.size() / 2);
  size_t cut = buffer_.size() - kept;
  // The start of the last sequence; at most three bytes follow a lead byte.
  size_t start = cut;
  while (start > 0 && cut - start < 4 && IsContinuationByte(buffer_[start - 1])) {
    --start;
  }
  if (start > 0 && cut - start < 4) {
    --start;
    if (static_cast<unsigned char>(buffer_[start]) >= 0xC0U &&
        DecodeUtf8(std::string_view(buffer_).substr(start, cut - start)).length == 0) {
      cut = start;
    }
  }
  emit(std::string_view(buffer_).substr(0, cut));
  buffer_.erase(0, cut);
}

std::string DisplayText(std::string_view line) {
  return IsUtf8(line) ? std::string(line) : BytesRepr(line);
}

std::string TrimmedDisplayText(std::string_view line) {
  if (!IsUtf8(line)) return BytesRepr(absl::StripTrailingAsciiWhitespace(line));
  while (ConsumeTrailingBlank(line)) {
  }
  return std::string(line);
}

}  // namespace scriptworker::worker
