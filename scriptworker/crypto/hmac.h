// SPDX-License-Identifier: MPL-2.0

#ifndef SCRIPTWORKER_CRYPTO_HMAC_H_
#define SCRIPTWORKER_CRYPTO_HMAC_H_

#include <string>
#include <string_view>

namespace scriptworker::crypto {

// HMAC-SHA-256 (RFC 2104), 32 raw bytes.
std::string HmacSha256(std::string_view key, std::string_view data);

// Equality in time that depends on the lengths only: for MACs and tokens.
bool ConstantTimeEqual(std::string_view a, std::string_view b);

}  // namespace scriptworker::crypto

#endif  // SCRIPTWORKER_CRYPTO_HMAC_H_
