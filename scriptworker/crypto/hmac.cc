// SPDX-License-Identifier: MPL-2.0

#include "scriptworker/crypto/hmac.h"

#include <openssl/digest.h>
#include <openssl/hmac.h>
#include <openssl/mem.h>
#include <openssl/sha.h>

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/log/check.h"

namespace scriptworker::crypto {

std::string HmacSha256(std::string_view key, std::string_view data) {
  std::string mac(SHA256_DIGEST_LENGTH, '\0');
  unsigned int size = 0;
  CHECK(HMAC(EVP_sha256(), key.data(), key.size(), reinterpret_cast<const uint8_t*>(data.data()),
             data.size(), reinterpret_cast<uint8_t*>(mac.data()), &size) != nullptr);
  return mac;
}

bool ConstantTimeEqual(std::string_view a, std::string_view b) {
  return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

}  // namespace scriptworker::crypto
