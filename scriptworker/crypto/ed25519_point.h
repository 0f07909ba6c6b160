// SPDX-License-Identifier: MPL-2.0
//
// What BoringSSL does not check of a public key: Ed25519 verification takes a
// key in non-canonical form or of small order as it comes, and with such a key
// one signature can fit every message.

#ifndef SCRIPTWORKER_CRYPTO_ED25519_POINT_H_
#define SCRIPTWORKER_CRYPTO_ED25519_POINT_H_

#include <cstdint>

#include "absl/status/status.h"
#include "absl/types/span.h"

namespace scriptworker::crypto {

// OK if the 32 bytes are the canonical encoding (RFC 8032, 5.1.2) of a point
// on the curve whose order is not 1, 2, 4 or 8; else kInvalidArgument.
// Not constant-time: the key is public. REQUIRES: encoded.size() == 32.
absl::Status CheckEd25519Point(absl::Span<const uint8_t> encoded);

}  // namespace scriptworker::crypto

#endif  // SCRIPTWORKER_CRYPTO_ED25519_POINT_H_
