// SPDX-License-Identifier: MPL-2.0
#include "scriptworker/json/format.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/strings/str_cat.h"
#include "scriptworker/base/utf8.h"
#include "scriptworker/json/value.h"

namespace scriptworker::json {
namespace {

void AppendEscapedUnit(uint32_t unit, std::string* out) {
  static constexpr std::string_view kHex = "0123456789abcdef";
  const char text[] = {
      '\\',           'u', kHex[unit >> 12 & 15], kHex[unit >> 8 & 15], kHex[unit >> 4 & 15],
      kHex[unit & 15]};
  out->append(text, sizeof(text));
}

void AppendEscapedCodePoint(uint32_t code_point, std::string* out) {
  if (code_point < 0x10000) {
    AppendEscapedUnit(code_point, out);
    return;
  }
  AppendEscapedUnit(0xd800 + ((code_point - 0x10000) >> 10), out);
  AppendEscapedUnit(0xdc00 + ((code_point - 0x10000) & 0x3ff), out);
}

void AppendEscapedAscii(char c, std::string* out) {
  switch (c) {
    case '"':
      out->append("\\\"");
      return;
    case '\\':
      out->append("\\\\");
      return;
    case '\n':
      out->append("\\n");
      return;
    case '\r':
      out->append("\\r");
      return;
    case '\t':
      out->append("\\t");
      return;
    case '\b':
      out->append("\\b");
      return;
    case '\f':
      out->append("\\f");
      return;
    default:
      AppendEscapedUnit(static_cast<unsigned char>(c), out);
  }
}

// Whether Python writes the byte as it is. It escapes DEL.
bool IsBare(char c) {
  return static_cast<unsigned char>(c) >= 0x20 && static_cast<unsigned char>(c) < 0x7f &&
         c != '"' && c != '\\';
}

void AppendString(std::string_view text, std::string* out) {
  out->push_back('"');
  size_t i = 0;
  while (i < text.size()) {
    const size_t begin = i;
    while (i < text.size() && IsBare(text[i])) ++i;
    out->append(text, begin, i - begin);
    if (i == text.size()) break;
    if (static_cast<unsigned char>(text[i]) < 0x80) {
      AppendEscapedAscii(text[i++], out);
      continue;
    }
    const Utf8CodePoint next = DecodeUtf8(text.substr(i));
    AppendEscapedCodePoint(next.length == 0 ? 0xfffd : next.code_point, out);
    i += std::max<size_t>(next.length, 1);
  }
  out->push_back('"');
}

// The digits and exponent of std::to_chars (shortest round trip), laid out as
// Python's repr does: with an exponent below 1e-4 and from 1e16 on.
void AppendDouble(double value, std::string* out) {
  std::array<char, 32> buffer;
  const char* const end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value,
                                        std::chars_format::scientific)
                              .ptr;
  std::string_view text(buffer.data(), static_cast<size_t>(end - buffer.data()));
  if (text.front() == '-') {
    out->push_back('-');
    text.remove_prefix(1);
  }
  const size_t e = text.find('e');
  int exponent = 0;
  std::from_chars(text.data() + e + (text[e + 1] == '+' ? 2 : 1), end, exponent);
  std::string digits(1, text[0]);
  if (e > 2) digits.append(text, 2, e - 2);
  const int count = static_cast<int>(digits.size());
  if (exponent < -4 || exponent >= 16) {
    out->push_back(digits[0]);
    if (count > 1) absl::StrAppend(out, ".", std::string_view(digits).substr(1));
    absl::StrAppend(out, exponent < 0 ? "e-" : "e+",
                    absl::Dec(std::abs(exponent), absl::kZeroPad2));
  } else if (exponent < 0) {
    out->append("0.");
    out->append(static_cast<size_t>(-exponent - 1), '0');
    out->append(digits);
  } else if (count <= exponent + 1) {
    out->append(digits);
    out->append(static_cast<size_t>(exponent + 1 - count), '0');
    out->append(".0");
  } else {
    const auto point = static_cast<size_t>(exponent) + 1;
    out->append(digits, 0, point);
    out->push_back('.');
    out->append(digits, point);
  }
}

// Writes one value after another into `out`.
class Formatter {
 public:
  Formatter(bool canonical, std::string* out) : canonical_(canonical), out_(*out) {}

  void Append(const Value& value) {
    switch (value.type()) {
      case Value::Type::kNull:
      case Value::Type::kOpaque:
        out_.append("null");
        return;
      case Value::Type::kBool:
        out_.append(value.bool_value() ? "true" : "false");
        return;
      case Value::Type::kInt:
        absl::StrAppend(&out_, value.int_value());
        return;
      case Value::Type::kUint:
        absl::StrAppend(&out_, value.uint_value());
        return;
      case Value::Type::kDouble:
        AppendNumber(value.double_value());
        return;
      case Value::Type::kString:
        AppendString(value.string_value(), &out_);
        return;
      case Value::Type::kArray:
        AppendArray(value.array());
        return;
      case Value::Type::kObject:
        AppendObject(value.object());
        return;
    }
  }

 private:
  void AppendNumber(double value) {
    if (std::isnan(value)) {
      out_.append("NaN");
    } else if (std::isinf(value)) {
      out_.append(value < 0 ? "-Infinity" : "Infinity");
    } else {
      AppendDouble(value, &out_);
    }
  }

  void AppendArray(const Array& array) {
    if (array.empty()) {
      out_.append("[]");
      return;
    }
    char separator = '[';
    ++depth_;
    for (const Value& element : array) {
      StartItem(separator);
      separator = ',';
      Append(element);
    }
    --depth_;
    EndItems(']');
  }

  void AppendObject(const Object& object) {
    if (object.empty()) {
      out_.append("{}");
      return;
    }
    separator_ = '{';
    ++depth_;
    if (canonical_) {
      std::vector<const Member*> members;
      members.reserve(object.size());
      for (const Member& member : object) members.push_back(&member);
      // The order of UTF-8 bytes is the order of code points.
      std::sort(members.begin(), members.end(),
                [](const Member* a, const Member* b) { return a->key() < b->key(); });
      for (const Member* member : members) AppendMember(*member);
    } else {
      for (const Member& member : object) AppendMember(member);
    }
    --depth_;
    EndItems('}');
  }

  void AppendMember(const Member& member) {
    StartItem(separator_);
    AppendString(member.key(), &out_);
    out_.append(canonical_ ? ": " : ":");
    Append(member.value());
    separator_ = ',';
  }

  void StartItem(char separator) {
    out_.push_back(separator);
    if (canonical_) BreakLine();
  }

  void EndItems(char bracket) {
    if (canonical_) BreakLine();
    out_.push_back(bracket);
  }

  void BreakLine() {
    out_.push_back('\n');
    out_.append(2 * depth_, ' ');
  }

  const bool canonical_;
  std::string& out_;
  size_t depth_ = 0;
  char separator_ = '{';  // of the object whose member comes next
};

}  // namespace

std::string Format(const Value& value) {
  std::string out;
  Formatter(/*canonical=*/true, &out).Append(value);
  return out;
}

std::string FormatCompact(const Value& value) {
  std::string out;
  Formatter(/*canonical=*/false, &out).Append(value);
  return out;
}

std::string FormatDouble(double value) {
  if (std::isnan(value)) return "nan";
  if (std::isinf(value)) return value < 0 ? "-inf" : "inf";
  std::string out;
  AppendDouble(value, &out);
  return out;
}

std::string FormatString(std::string_view text) {
  std::string out;
  AppendString(text, &out);
  return out;
}

}  // namespace scriptworker::json
