// SPDX-License-Identifier: MPL-2.0
#include "scriptworker/json/schema_regex.h"

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "re2/re2.h"
#include "scriptworker/json/format.h"

namespace scriptworker::json {
namespace {

// What \s stands for in ECMAScript, without brackets. RE2's is ASCII only.
constexpr std::string_view kSpaces =
    R"(\t\n\v\f\r \x{a0}\x{1680}\x{2000}-\x{200a}\x{2028}\x{2029}\x{202f}\x{205f}\x{3000}\x{feff})";

// Rewrites what the two languages spell or understand differently.
class Translator {
 public:
  explicit Translator(std::string_view in) : in_(in) {}

  std::string Translate() {
    while (!in_.empty()) {
      const char c = in_[0];
      if (c == '\\' && in_.size() > 1) {
        TranslateEscape();
        continue;
      }
      in_.remove_prefix(1);
      if (in_class_) {
        in_class_ = c != ']';
        out_.append(c == '[' ? "\\[" : std::string_view(&c, 1));
      } else if (c == '[') {
        OpenClass();
      } else if (c == '.') {
        out_.append(R"([^\n\r\x{2028}\x{2029}])");
      } else {
        out_.push_back(c);
      }
    }
    return std::move(out_);
  }

 private:
  // In ECMAScript "]" closes a class even as its first character.
  void OpenClass() {
    const bool negated = !in_.empty() && in_[0] == '^';
    if (negated) in_.remove_prefix(1);
    if (!in_.empty() && in_[0] == ']') {
      in_.remove_prefix(1);
      out_.append(negated ? R"([\x{0}-\x{10ffff}])" : R"([^\x{0}-\x{10ffff}])");
      return;
    }
    in_class_ = true;
    out_.append(negated ? "[^" : "[");
  }

  void TranslateEscape() {
    const char letter = in_[1];
    if (letter == 's') {
      Replace(2, in_class_ ? std::string(kSpaces) : absl::StrCat("[", kSpaces, "]"));
    } else if (letter == 'S' && !in_class_) {
      Replace(2, absl::StrCat("[^", kSpaces, "]"));
    } else if (letter == '0' && (in_.size() == 2 || !IsDigit(in_[2]))) {
      Replace(2, R"(\x00)");
    } else if (letter == 'c' && in_.size() > 2 && IsLetter(in_[2])) {
      Replace(3, absl::StrFormat("\\x%02x", in_[2] & 0x1f));
    } else if (letter == 'b' && in_class_) {
      Replace(2, R"(\x08)");
    } else if (letter == 'u') {
      TranslateUnicodeEscape();
    } else if (std::string_view("aAzCQE").find(letter) != std::string_view::npos) {
      Replace(2, R"(\y)");  // an escape in RE2 only: make it an error
    } else {
      Replace(2, std::string(in_.substr(0, 2)));
    }
  }

  void TranslateUnicodeEscape() {
    uint32_t unit;
    if (!TakeUnit(&unit)) {
      Replace(2, R"(\y)");
      return;
    }
    uint32_t low;
    const std::string_view before = in_;
    if (unit >= 0xd800 && unit <= 0xdbff && in_.size() >= 6 && in_[0] == '\\' && in_[1] == 'u' &&
        TakeUnit(&low)) {
      if (low >= 0xdc00 && low <= 0xdfff) {
        unit = 0x10000 + ((unit - 0xd800) << 10) + (low - 0xdc00);
      } else {
        in_ = before;
      }
    }
    absl::StrAppendFormat(&out_, "\\x{%x}", unit);
  }

  // \uXXXX at the front.
  bool TakeUnit(uint32_t* unit) {
    if (in_.size() < 6 || !absl::SimpleHexAtoi(in_.substr(2, 4), unit)) return false;
    for (const char c : in_.substr(2, 4)) {
      if (!absl::ascii_isxdigit(static_cast<unsigned char>(c))) return false;
    }
    in_.remove_prefix(6);
    return true;
  }

  void Replace(size_t length, const std::string& text) {
    out_.append(text);
    in_.remove_prefix(length);
  }

  static bool IsDigit(char c) { return absl::ascii_isdigit(static_cast<unsigned char>(c)); }
  static bool IsLetter(char c) { return absl::ascii_isalpha(static_cast<unsigned char>(c)); }

  std::string_view in_;
  std::string out_;
  bool in_class_ = false;
};

}  // namespace

absl::StatusOr<std::unique_ptr<const RE2>> CompileSchemaRegex(std::string_view pattern) {
  RE2::Options options;
  options.set_log_errors(false);
  auto regex = std::make_unique<const RE2>(Translator(pattern).Translate(), options);
  if (!regex->ok()) {
    return absl::InvalidArgumentError(absl::StrCat("the regular expression ", FormatString(pattern),
                                                   " is not supported: ", regex->error()));
  }
  return regex;
}

}  // namespace scriptworker::json
