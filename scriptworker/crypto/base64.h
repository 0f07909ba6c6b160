// SPDX-License-Identifier: MPL-2.0
//
// Base64 with the standard alphabet (RFC 4648 section 4). Errors never quote
// the text: it may be a key.

#ifndef SCRIPTWORKER_CRYPTO_BASE64_H_
#define SCRIPTWORKER_CRYPTO_BASE64_H_

#include <string>
#include <string_view>

#include "absl/status/statusor.h"

namespace scriptworker::crypto {

// With padding, without line breaks.
std::string Base64Encode(std::string_view bytes);

// Strict: the one text that Base64Encode gives for some bytes, nothing else
// (no blanks, padding required, unused bits zero). kInvalidArgument.
absl::StatusOr<std::string> Base64Decode(std::string_view text);

// As Python's base64.b64decode(text) with its defaults, which is how the
// reference reads key files: characters outside the alphabet are ignored,
// reading ends at a complete padding, unused bits may be anything. Errors
// (kInvalidArgument): padding missing, or one character too many.
absl::StatusOr<std::string> Base64DecodeLenient(std::string_view text);

}  // namespace scriptworker::crypto

#endif  // SCRIPTWORKER_CRYPTO_BASE64_H_
