// SPDX-License-Identifier: MPL-2.0
#ifndef SCRIPTWORKER_BASE_UTF8_H_
#define SCRIPTWORKER_BASE_UTF8_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace scriptworker {

struct Utf8CodePoint {
  uint32_t code_point = 0;
  size_t length = 0;  // bytes; 0: what is there is no UTF-8
};

// The first code point of `text`, by RFC 3629: no overlong form, no surrogate,
// nothing above U+10FFFF. REQUIRES: !text.empty()
Utf8CodePoint DecodeUtf8(std::string_view text);

// Offset of the first byte that begins no valid code point; npos if all are
// valid.
size_t FindInvalidUtf8(std::string_view text);

// REQUIRES: code_point <= 0x10FFFF
void AppendUtf8(uint32_t code_point, std::string* out);

}  // namespace scriptworker

#endif  // SCRIPTWORKER_BASE_UTF8_H_
