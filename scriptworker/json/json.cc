// SPDX-License-Identifier: MPL-2.0
// A recursive-descent parser, one function per production of RFC 8259. Elements
// of the containers that are still open lie on one stack, so that each array
// and object is allocated once and with its final size.
#include "scriptworker/json/json.h"

#include <cstdint>
#include <cstring>
#include <limits>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/charconv.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "scriptworker/json/utf8.h"

namespace scriptworker::json {
namespace {

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

// The bytes of a string that need no attention: neither a quote, backslash,
// control character nor part of a longer UTF-8 sequence.
bool IsPlain(char c) { return static_cast<signed char>(c) >= 0x20 && c != '"' && c != '\\'; }

// Whether any of 8 bytes is not plain (may also say so by mistake).
bool MayNeedAttention(uint64_t word) {
  constexpr uint64_t kOnes = 0x0101010101010101U;
  constexpr uint64_t kHighs = 0x8080808080808080U;
  const uint64_t quote = word ^ (kOnes * '"');
  const uint64_t backslash = word ^ (kOnes * '\\');
  return ((word | (word - kOnes * 0x20) | (quote - kOnes) | (backslash - kOnes)) & kHighs) != 0;
}

const char* SkipPlain(const char* p, const char* end) {
  while (end - p >= 8) {
    uint64_t word;
    std::memcpy(&word, p, sizeof(word));
    if (MayNeedAttention(word)) break;
    p += 8;
  }
  while (p != end && IsPlain(*p)) ++p;
  return p;
}

// What stands at `p`, for messages.
std::string Describe(const char* p, const char* end) {
  if (p == end) return "the end of the text";
  const Utf8CodePoint next = DecodeUtf8({p, static_cast<size_t>(end - p)});
  if (next.length == 0) {
    return absl::StrFormat("the byte 0x%02x", static_cast<unsigned char>(*p));
  }
  if (next.code_point < 0x20 || next.code_point == 0x7f) {
    return absl::StrFormat("the control character U+%04X", next.code_point);
  }
  return absl::StrCat("'", std::string_view(p, next.length), "'");
}

class Parser {
 public:
  Parser(std::string_view text, const ParseOptions& options)
      : begin_(text.data()), end_(text.data() + text.size()), p_(begin_), options_(options) {}

  absl::StatusOr<Value> ParseFirst() {
    if (absl::StartsWith({p_, static_cast<size_t>(end_ - p_)}, "\xef\xbb\xbf")) {
      Fail(p_, "a byte order mark is not allowed");
      return status_;
    }
    Value value;
    if (!ParseValue(&value, 0)) return status_;
    return value;
  }

  size_t offset() const { return static_cast<size_t>(p_ - begin_); }

  absl::Status CheckAtEnd() {
    SkipBlanks();
    if (p_ != end_) Unexpected("the end of the text");
    return status_;
  }

 private:
  // All parse functions return whether they succeeded and leave p_ behind what
  // they read; on failure status_ says why.
  bool Fail(const char* where, std::string_view message) {
    int line = 1;
    const char* line_begin = begin_;
    for (const char* p = begin_; p != where; ++p) {
      if (*p == '\n') {
        ++line;
        line_begin = p + 1;
      }
    }
    status_ = absl::InvalidArgumentError(
        absl::StrCat(options_.source, ":", line, ":", where - line_begin + 1, ": ", message));
    return false;
  }

  bool Unexpected(std::string_view wanted) {
    return Fail(p_, absl::StrCat("expected ", wanted, ", found ", Describe(p_, end_)));
  }

  void SkipBlanks() {
    while (p_ != end_ && (*p_ == ' ' || *p_ == '\n' || *p_ == '\r' || *p_ == '\t')) {
      ++p_;
    }
  }

  bool Next(char c) {
    if (p_ == end_ || *p_ != c) return false;
    ++p_;
    return true;
  }

  bool ParseValue(Value* value, int depth) {
    SkipBlanks();
    switch (p_ == end_ ? '\0' : *p_) {
      case '{':
        return ParseObject(value, depth + 1);
      case '[':
        return ParseArray(value, depth + 1);
      case '"':
        return ParseString(value);
      case 't':
        return ParseWord("true", Value(true), value);
      case 'f':
        return ParseWord("false", Value(false), value);
      case 'n':
        return ParseWord("null", Value(), value);
      case '-':
        return ParseNumber(value);
      default:
        if (p_ != end_ && IsDigit(*p_)) return ParseNumber(value);
        return Unexpected("a value");
    }
  }

  bool ParseWord(std::string_view word, Value meaning, Value* value) {
    if (!absl::StartsWith({p_, static_cast<size_t>(end_ - p_)}, word)) {
      return Unexpected("a value");
    }
    p_ += word.size();
    *value = std::move(meaning);
    return true;
  }

  bool CheckDepth(int depth) {
    return depth <= options_.max_depth ||
           Fail(p_, absl::StrCat("nested deeper than ", options_.max_depth, " levels"));
  }

  bool ParseArray(Value* value, int depth) {
    if (!CheckDepth(depth)) return false;
    ++p_;
    const size_t base = stack_.size();
    SkipBlanks();
    if (!Next(']')) {
      do {
        Value element;
        if (!ParseValue(&element, depth)) return false;
        stack_.push_back(std::move(element));
        SkipBlanks();
      } while (Next(','));
      if (!Next(']')) return Unexpected("',' or ']'");
    }
    Array array;
    array.reserve(stack_.size() - base);
    for (size_t i = base; i < stack_.size(); ++i) {
      array.push_back(std::move(stack_[i]));
    }
    stack_.resize(base);
    *value = Value(std::move(array));
    return true;
  }

  bool ParseObject(Value* value, int depth) {
    if (!CheckDepth(depth)) return false;
    ++p_;
    const size_t base = stack_.size();
    const size_t keys_base = keys_.size();
    SkipBlanks();
    if (!Next('}')) {
      do {
        SkipBlanks();
        if (p_ == end_ || *p_ != '"') return Unexpected("a string as key");
        keys_.push_back(p_);
        Value part;
        if (!ParseString(&part)) return false;
        stack_.push_back(std::move(part));
        SkipBlanks();
        if (!Next(':')) return Unexpected("':'");
        if (!ParseValue(&part, depth)) return false;
        stack_.push_back(std::move(part));
        SkipBlanks();
      } while (Next(','));
      if (!Next('}')) return Unexpected("',' or '}'");
    }
    if (!CloseObject(base, keys_base, value)) return false;
    stack_.resize(base);
    keys_.resize(keys_base);
    return true;
  }

  bool CloseObject(size_t base, size_t keys_base, Value* value) {
    Object object;
    object.reserve((stack_.size() - base) / 2);
    for (size_t i = base; i < stack_.size(); i += 2) {
      if (options_.allow_duplicate_keys) {
        object.Set(stack_[i], std::move(stack_[i + 1]));
      } else if (const Value key = stack_[i];
                 !object.Insert(std::move(stack_[i]), std::move(stack_[i + 1]))) {
        return Fail(keys_[keys_base + (i - base) / 2],
                    absl::StrCat("the key ", FormatString(key.string_value()), " is repeated"));
      }
    }
    *value = Value(std::move(object));
    return true;
  }

  bool ParseString(Value* value) {
    const char* const quote = p_++;
    const char* const begin = p_;
    p_ = SkipPlain(p_, end_);
    if (p_ != end_ && *p_ == '"') {
      *value = Value(std::string_view(begin, static_cast<size_t>(p_ - begin)));
      ++p_;
      return true;
    }
    buffer_.assign(begin, p_);
    while (p_ != end_ && *p_ != '"') {
      if (!ParseSpecial()) return false;
      const char* const plain = p_;
      p_ = SkipPlain(p_, end_);
      buffer_.append(plain, p_);
    }
    if (p_ == end_) return Fail(quote, "this string does not end");
    ++p_;
    *value = Value(std::string_view(buffer_));
    return true;
  }

  // An escape, or a UTF-8 sequence of several bytes.
  bool ParseSpecial() {
    if (*p_ == '\\') return ParseEscape();
    if (static_cast<unsigned char>(*p_) < 0x20) {
      return Fail(p_, absl::StrCat(Describe(p_, end_), " must be escaped in a string"));
    }
    const size_t length = DecodeUtf8({p_, static_cast<size_t>(end_ - p_)}).length;
    if (length == 0) {
      return Fail(p_, absl::StrCat(Describe(p_, end_), " is no UTF-8"));
    }
    buffer_.append(p_, length);
    p_ += length;
    return true;
  }

  bool ParseEscape() {
    static constexpr std::string_view kLetters = "\"\\/bfnrt";
    static constexpr std::string_view kMeanings = "\"\\/\b\f\n\r\t";
    const char* const escape = p_++;
    if (p_ != end_ && *p_ == 'u') return ParseUnicodeEscape(escape);
    const size_t i = p_ == end_ ? std::string_view::npos : kLetters.find(*p_);
    if (i == std::string_view::npos) return Fail(escape, "unknown escape");
    buffer_.push_back(kMeanings[i]);
    ++p_;
    return true;
  }

  bool ParseUnicodeEscape(const char* escape) {
    uint32_t code_point;
    if (!ParseHexUnit(escape, &code_point)) return false;
    if (code_point >= 0xd800 && code_point <= 0xdbff && end_ - p_ >= 2 && p_[0] == '\\' &&
        p_[1] == 'u') {
      ++p_;
      uint32_t low;
      if (!ParseHexUnit(p_ - 1, &low)) return false;
      if (low >= 0xdc00 && low <= 0xdfff) {
        code_point = 0x10000 + ((code_point - 0xd800) << 10) + (low - 0xdc00);
      }
    }
    if (code_point >= 0xd800 && code_point <= 0xdfff) {
      return Fail(escape, "lone surrogate");
    }
    AppendUtf8(code_point, &buffer_);
    return true;
  }

  // The u and four digits at p_.
  bool ParseHexUnit(const char* escape, uint32_t* unit) {
    ++p_;
    *unit = 0;
    for (int i = 0; i < 4; ++i, ++p_) {
      static constexpr std::string_view kDigits = "0123456789abcdef";
      const char c = p_ == end_ ? '\0' : *p_;
      const size_t digit = kDigits.find(c >= 'A' && c <= 'F' ? static_cast<char>(c + 32) : c);
      if (digit == std::string_view::npos) {
        return Fail(escape, "\\u needs four hexadecimal digits");
      }
      *unit = *unit << 4 | static_cast<uint32_t>(digit);
    }
    return true;
  }

  bool ParseNumber(Value* value) {
    const char* const begin = p_;
    const bool negative = Next('-');
    const char* const digits = p_;
    if (!Next('0') && !SkipDigits()) return false;
    const char* const digits_end = p_;
    if (p_ != end_ && IsDigit(*p_)) {
      return Fail(begin, "a number must not begin with 0");
    }
    if (Next('.') && !SkipDigits()) return false;
    if (p_ != end_ && (*p_ == 'e' || *p_ == 'E')) {
      ++p_;
      if (!Next('+')) Next('-');
      if (!SkipDigits()) return false;
    }
    if (p_ == digits_end) {
      if (ParseInteger(digits, negative, value)) return true;
      if (!options_.allow_big_integers) {
        return Fail(begin, "this integer does not fit into 64 bits");
      }
    }
    double number;
    const absl::from_chars_result result = absl::from_chars(begin, p_, number);
    if (result.ec != std::errc() && (number > 1 || number < -1)) {
      return Fail(begin, "this number is too large for a double");
    }
    *value = Value(number);
    return true;
  }

  bool SkipDigits() {
    if (p_ == end_ || !IsDigit(*p_)) return Unexpected("a digit");
    while (p_ != end_ && IsDigit(*p_)) ++p_;
    return true;
  }

  // The digits from `digits` to p_. False, without an error, if they do not
  // fit.
  bool ParseInteger(const char* digits, bool negative, Value* value) {
    if (p_ - digits > 20) return false;
    constexpr uint64_t kMax = std::numeric_limits<uint64_t>::max();
    uint64_t number = 0;
    for (const char* p = digits; p != p_; ++p) {
      const auto digit = static_cast<uint64_t>(*p - '0');
      if (number > (kMax - digit) / 10) return false;
      number = number * 10 + digit;
    }
    if (!negative) {
      *value = Value(number);
    } else if (number <= uint64_t{1} << 63) {
      *value = Value(static_cast<int64_t>(0 - number));
    } else {
      return false;
    }
    return true;
  }

  const char* const begin_;
  const char* const end_;
  const char* p_;
  const ParseOptions& options_;
  std::vector<Value> stack_;       // elements, or keys and values
  std::vector<const char*> keys_;  // where the keys on the stack begin
  std::string buffer_;             // of a string with escapes
  absl::Status status_;
};

}  // namespace

absl::StatusOr<Value> Parse(std::string_view text, const ParseOptions& options) {
  Parser parser(text, options);
  absl::StatusOr<Value> value = parser.ParseFirst();
  if (!value.ok()) return value;
  if (absl::Status status = parser.CheckAtEnd(); !status.ok()) return status;
  return value;
}

absl::StatusOr<Value> ParsePrefix(std::string_view text, size_t* consumed,
                                  const ParseOptions& options) {
  Parser parser(text, options);
  absl::StatusOr<Value> value = parser.ParseFirst();
  if (value.ok()) *consumed = parser.offset();
  return value;
}

}  // namespace scriptworker::json
