// SPDX-License-Identifier: MPL-2.0

#ifndef SCRIPTWORKER_CRYPTO_HEX_H_
#define SCRIPTWORKER_CRYPTO_HEX_H_

#include <cstddef>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"

namespace scriptworker::crypto {

// Lower case, two digits a byte.
std::string HexEncode(std::string_view bytes);

// Accepts both cases; anything but an even number of hexadecimal digits is
// kInvalidArgument. The text is not part of the error.
absl::StatusOr<std::string> HexDecode(std::string_view text);

// Whether `text` is exactly `digest_size` bytes in lower-case hexadecimal.
bool IsLowerHexDigest(std::string_view text, size_t digest_size);

}  // namespace scriptworker::crypto

#endif  // SCRIPTWORKER_CRYPTO_HEX_H_
