// SPDX-License-Identifier: MPL-2.0

#include "scriptworker/crypto/base64.h"

#include <openssl/base64.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace scriptworker::crypto {
namespace {

// The six bits of a character of the alphabet, or -1. Without a table and
// without branches on the value: keys pass through here.
int Sextet(char c) {
  const int x = static_cast<unsigned char>(c);
  // In range: all ones, else zero.
  const auto within = [x](int low, int high) { return ~((x - low) >> 8) & ~((high - x) >> 8); };
  return (within('A', 'Z') & (x - 'A' + 1)) + (within('a', 'z') & (x - 'a' + 26 + 1)) +
         (within('0', '9') & (x - '0' + 52 + 1)) + (within('+', '+') & 63) +
         (within('/', '/') & 64) - 1;
}

}  // namespace

std::string Base64Encode(std::string_view bytes) {
  // Whole groups of four characters, and the NUL that BoringSSL adds.
  std::string text((bytes.size() + 2) / 3 * 4 + 1, '\0');
  const size_t size = EVP_EncodeBlock(reinterpret_cast<uint8_t*>(text.data()),
                                      reinterpret_cast<const uint8_t*>(bytes.data()), bytes.size());
  text.resize(size);
  return text;
}

absl::StatusOr<std::string> Base64Decode(std::string_view text) {
  absl::StatusOr<std::string> bytes = Base64DecodeLenient(text);
  if (bytes.ok() && Base64Encode(*bytes) != text) {
    return absl::InvalidArgumentError(
        "not base64 in its one canonical form (blanks, characters outside the "
        "alphabet, padding, unused bits)");
  }
  return bytes;
}

// CPython's binascii.a2b_base64 without strict_mode, step by step.
absl::StatusOr<std::string> Base64DecodeLenient(std::string_view text) {
  std::string bytes;
  bytes.reserve(text.size() / 4 * 3 + 3);
  int position = 0;  // in a group of four
  int pads = 0;
  uint32_t bits = 0;
  for (const char c : text) {
    if (c == '=') {
      if (position >= 2 && position + ++pads >= 4) return bytes;
      continue;
    }
    const int sextet = Sextet(c);
    if (sextet < 0) continue;
    pads = 0;
    bits = (bits << 6) | static_cast<uint32_t>(sextet);
    if (position != 0) {
      bytes.push_back(static_cast<char>((bits >> (6 - 2 * position)) & 0xff));
    }
    position = (position + 1) % 4;
  }
  if (position == 1) {
    return absl::InvalidArgumentError(
        "not base64: the number of characters is one more than a multiple of "
        "four");
  }
  if (position != 0) {
    return absl::InvalidArgumentError("not base64: the padding is incomplete");
  }
  return bytes;
}

}  // namespace scriptworker::crypto
