// SPDX-License-Identifier: MPL-2.0
//
// Keys from untrusted text. A key that was accepted must come back from its
// own text, and must not accept the forgery that keys of small order accept.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "absl/log/check.h"
#include "absl/status/statusor.h"
#include "scriptworker/base/secret_string.h"
#include "scriptworker/crypto/ed25519.h"

namespace scriptworker::crypto {
namespace {

void CheckPublicKey(const absl::StatusOr<Ed25519PublicKey>& key) {
  if (!key.ok()) return;
  const auto again = Ed25519PublicKey::FromBase64(key->ToBase64());
  CHECK(again.ok() && *again == *key);
  // R = the neutral element, S = 0: holds for every message whose hash is a
  // multiple of the key's order.
  std::string forgery(kEd25519SignatureSize, '\0');
  forgery[0] = 1;
  for (char message = 0; message < 8; ++message) {
    CHECK(!key->Verify(forgery, std::string_view(&message, 1)).ok());
  }
}

}  // namespace
}  // namespace scriptworker::crypto

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace ::scriptworker::crypto;  // NOLINT(build/namespaces)
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  CheckPublicKey(Ed25519PublicKey::FromBase64(input));
  CheckPublicKey(Ed25519PublicKey::FromRaw(input));
  const auto private_key =
      Ed25519PrivateKey::FromBase64Seed(scriptworker::SecretString(std::string(input)));
  if (private_key.ok()) {
    const auto& public_key = private_key->public_key();
    CHECK(public_key.Verify(private_key->Sign(input), input).ok());
    CheckPublicKey(Ed25519PublicKey::FromRaw(public_key.raw()));
  }
  return 0;
}
