// SPDX-License-Identifier: MPL-2.0
#include "scriptworker/json/yaml_format.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_split.h"
#include "scriptworker/base/utf8.h"
#include "scriptworker/json/format.h"

namespace scriptworker::json {
namespace {

// Longer keys need a "?" before them: without it, 1024 characters are allowed.
constexpr size_t kMaxKeyBytes = 1000;

// May stand in a scalar without an escape, quoted or in a block.
bool IsPlainCharacter(uint32_t c) {
  if (c < 0xa0) return c >= ' ' && c < 0x7f;
  return c != 0x2028 && c != 0x2029 && c != 0xfeff && c != 0xfffe && c != 0xffff;
}

bool HasPlainCharactersOnly(std::string_view text, std::string_view also) {
  for (size_t i = 0; i < text.size();) {
    const Utf8CodePoint next = DecodeUtf8(text.substr(i));
    if (next.length == 0) return false;
    const bool allowed = next.length == 1 && also.find(text[i]) != std::string_view::npos;
    if (!allowed && !IsPlainCharacter(next.code_point)) return false;
    i += next.length;
  }
  return true;
}

// What YAML 1.2 or other readers take for a number.
bool LooksNumeric(std::string_view text) {
  return absl::ascii_isdigit(static_cast<unsigned char>(text[0])) &&
         text.find_first_not_of("0123456789abcdefABCDEFxXoO_.:+-TtZz ") == std::string_view::npos;
}

bool MayBePlain(std::string_view text) {
  if (text.empty() || !HasPlainCharactersOnly(text, "")) return false;
  if (std::string_view(" -+.?:,[]{}#&*!|>'\"%@`~=<").find(text[0]) != std::string_view::npos) {
    return false;
  }
  if (text.back() == ' ' || text.back() == ':' || LooksNumeric(text)) return false;
  if (absl::StrContains(text, ": ") || absl::StrContains(text, " #")) return false;
  const std::string lower = absl::AsciiStrToLower(text);
  for (const std::string_view word :
       {"y", "n", "yes", "no", "on", "off", "true", "false", "null"}) {
    if (lower == word) return false;
  }
  return true;
}

// A text of several lines that a block with |, |- or |+ holds as it is.
bool MayBeBlock(std::string_view text) {
  return absl::StrContains(text, '\n') && text[0] != '\n' && text[0] != ' ' && text[0] != '\t' &&
         HasPlainCharactersOnly(text, "\n\t");
}

std::string Quoted(std::string_view text) {
  std::string out = "\"";
  for (size_t i = 0; i < text.size();) {
    const Utf8CodePoint next = DecodeUtf8(text.substr(i));
    const uint32_t c = next.length == 0 ? 0xfffd : next.code_point;
    const size_t length = std::max<size_t>(next.length, 1);
    if (c == '"' || c == '\\') {
      absl::StrAppend(&out, "\\", text.substr(i, 1));
    } else if (c == '\n') {
      out.append("\\n");
    } else if (c == '\t') {
      out.append("\\t");
    } else if (IsPlainCharacter(c)) {
      AppendUtf8(c, &out);
    } else if (c < 0x100) {
      absl::StrAppendFormat(&out, "\\x%02x", c);
    } else if (c < 0x10000) {
      absl::StrAppendFormat(&out, "\\u%04x", c);
    } else {
      absl::StrAppendFormat(&out, "\\U%08x", c);
    }
    i += length;
  }
  out.push_back('"');
  return out;
}

std::string OneLine(std::string_view text) {
  return MayBePlain(text) ? std::string(text) : Quoted(text);
}

std::string Number(double value) {
  if (std::isnan(value)) return ".nan";
  if (std::isinf(value)) return value < 0 ? "-.inf" : ".inf";
  std::string text = FormatDouble(value);
  // YAML 1.1 wants a point before the exponent.
  const size_t e = text.find('e');
  if (e != std::string::npos && !absl::StrContains(text, '.')) text.insert(e, ".0");
  return text;
}

class Formatter {
 public:
  // After "key:" or "-", or at the beginning; `indent` is that of its parts.
  void AppendValue(const Value& value, size_t indent) {
    switch (value.type()) {
      case Value::Type::kArray:
        if (value.array().empty()) return AppendWord("[]");
        return AppendArray(value.array(), indent);
      case Value::Type::kObject:
        if (value.object().empty()) return AppendWord("{}");
        return AppendObject(value.object(), indent);
      case Value::Type::kString:
        return AppendText(value.string_value(), indent);
      case Value::Type::kDouble:
        return AppendWord(Number(value.double_value()));
      case Value::Type::kNull:
      case Value::Type::kBool:
      case Value::Type::kInt:
      case Value::Type::kUint:
      case Value::Type::kOpaque:
        return AppendWord(FormatCompact(value));
    }
  }

  std::string Take() { return std::move(out_); }

 private:
  void AppendWord(std::string_view word) {
    absl::StrAppend(&out_, out_.empty() || at_line_start_ ? "" : " ", word, "\n");
    at_line_start_ = true;
  }

  // Begins a line, or goes on behind "- ".
  void StartItem(size_t indent) {
    if (at_line_start_) {
      out_.append(indent, ' ');
    } else {
      out_.push_back(' ');
    }
    at_line_start_ = false;
  }

  void AppendText(std::string_view text, size_t indent) {
    if (!MayBeBlock(text)) return AppendWord(OneLine(text));
    std::string_view chomping = "-";
    if (text.back() == '\n') chomping = absl::EndsWith(text, "\n\n") ? "+" : "";
    AppendWord(absl::StrCat("|", chomping));
    if (text.back() == '\n') text.remove_suffix(1);
    for (const std::string_view line : absl::StrSplit(text, '\n')) {
      if (!line.empty()) out_.append(std::max<size_t>(indent, 2), ' ');
      absl::StrAppend(&out_, line, "\n");
    }
  }

  void AppendArray(const Array& array, size_t indent) {
    for (const Value& element : array) {
      StartItem(indent);
      out_.push_back('-');
      AppendValue(element, indent + 2);
    }
  }

  void AppendObject(const Object& object, size_t indent) {
    for (const auto& [key, value] : object) {
      StartItem(indent);
      const std::string name = OneLine(key);
      if (name.size() > kMaxKeyBytes) {
        absl::StrAppend(&out_, "? ", name, "\n", std::string(indent, ' '));
      } else {
        out_.append(name);
      }
      out_.push_back(':');
      const bool nested = (value.is_array() && !value.array().empty()) ||
                          (value.is_object() && !value.object().empty());
      if (nested) {
        out_.push_back('\n');
        at_line_start_ = true;
      }
      AppendValue(value, indent + 2);
    }
  }

  std::string out_;
  bool at_line_start_ = true;
};

}  // namespace

std::string FormatYaml(const Value& value) {
  Formatter formatter;
  formatter.AppendValue(value, 0);
  return formatter.Take();
}

}  // namespace scriptworker::json
