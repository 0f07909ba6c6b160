// SPDX-License-Identifier: MPL-2.0

#include "scriptworker/crypto/hex.h"

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/escaping.h"

namespace scriptworker::crypto {

std::string HexEncode(std::string_view bytes) { return absl::BytesToHexString(bytes); }

absl::StatusOr<std::string> HexDecode(std::string_view text) {
  std::string bytes;
  if (!absl::HexStringToBytes(text, &bytes)) {
    return absl::InvalidArgumentError("expected an even number of hexadecimal digits");
  }
  return bytes;
}

bool IsLowerHexDigest(std::string_view text, size_t digest_size) {
  return text.size() == 2 * digest_size && std::all_of(text.begin(), text.end(), [](char c) {
           return ('0' <= c && c <= '9') || ('a' <= c && c <= 'f');
         });
}

}  // namespace scriptworker::crypto
