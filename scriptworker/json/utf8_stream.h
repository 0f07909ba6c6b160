// SPDX-License-Identifier: MPL-2.0
#ifndef SCRIPTWORKER_JSON_UTF8_STREAM_H_
#define SCRIPTWORKER_JSON_UTF8_STREAM_H_

#include <cstdint>

namespace scriptworker::json {

// Checks UTF-8 that comes byte by byte (RFC 3629: no overlong forms, no
// surrogates, nothing above U+10FFFF). Thread-compatible.
class Utf8Stream {
 public:
  // False: this byte cannot stand here. The checker is of no use then.
  bool Accept(uint8_t byte) {
    if (left_ == 0) return AcceptLead(byte);
    if (byte < low_ || byte > high_) return false;
    low_ = 0x80;
    high_ = 0xBF;
    --left_;
    return true;
  }
  // Whether no character is cut.
  bool AtBoundary() const { return left_ == 0; }

 private:
  bool AcceptLead(uint8_t byte) {
    low_ = 0x80;
    high_ = 0xBF;
    if (byte < 0x80) return true;
    if (byte < 0xC2 || byte > 0xF4) return false;
    left_ = byte < 0xE0 ? 1 : byte < 0xF0 ? 2 : 3;
    if (byte == 0xE0) low_ = 0xA0;
    if (byte == 0xED) high_ = 0x9F;
    if (byte == 0xF0) low_ = 0x90;
    if (byte == 0xF4) high_ = 0x8F;
    return true;
  }

  int left_ = 0;  // continuation bytes to come
  uint8_t low_ = 0x80;
  uint8_t high_ = 0xBF;
};

}  // namespace scriptworker::json

#endif  // SCRIPTWORKER_JSON_UTF8_STREAM_H_
