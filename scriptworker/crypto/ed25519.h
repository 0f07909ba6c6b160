// SPDX-License-Identifier: MPL-2.0
//
// Ed25519 (RFC 8032, the pure variant), strict: a signature has exactly one
// encoding, and a key that would accept signatures it never made cannot be
// loaded. A key object is always usable; there is no empty state.

#ifndef SCRIPTWORKER_CRYPTO_ED25519_H_
#define SCRIPTWORKER_CRYPTO_ED25519_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "scriptworker/base/secret_string.h"

namespace scriptworker::crypto {

inline constexpr size_t kEd25519PublicKeySize = 32;
inline constexpr size_t kEd25519SeedSize = 32;
inline constexpr size_t kEd25519SignatureSize = 64;

// Thread-compatible value.
class Ed25519PublicKey {
 public:
  // 32 bytes that are the canonical encoding of a point on the curve whose
  // order is not small; all else is kInvalidArgument.
  static absl::StatusOr<Ed25519PublicKey> FromRaw(std::string_view bytes);
  // Base64 of the raw bytes, decoded leniently (see Base64DecodeLenient).
  static absl::StatusOr<Ed25519PublicKey> FromBase64(std::string_view text);
  // The file holds that base64 text; errors name the file.
  static absl::StatusOr<Ed25519PublicKey> FromFile(const std::string& path);

  // OK only if `signature` is 64 bytes (else kInvalidArgument) and, with S and
  // R in canonical form, this key's signature of `message` (else
  // kPermissionDenied).
  absl::Status Verify(std::string_view signature, std::string_view message) const;

  std::string_view raw() const;
  std::string ToBase64() const;

  friend bool operator==(const Ed25519PublicKey&, const Ed25519PublicKey&) = default;

 private:
  friend class Ed25519PrivateKey;
  Ed25519PublicKey() = default;

  std::array<uint8_t, kEd25519PublicKeySize> bytes_;
};

// Move-only; does not print; the secret is overwritten when the object dies.
// Thread-compatible.
class Ed25519PrivateKey {
 public:
  // From the operating system's randomness.
  static Ed25519PrivateKey Generate();
  // 32 raw bytes; another length is kInvalidArgument.
  static absl::StatusOr<Ed25519PrivateKey> FromSeed(const SecretString& seed);
  // Base64 of the seed, decoded leniently; errors never quote the text.
  static absl::StatusOr<Ed25519PrivateKey> FromBase64Seed(const SecretString& text);
  // The file holds that base64 text; errors name the file.
  static absl::StatusOr<Ed25519PrivateKey> FromFile(const std::string& path);

  Ed25519PrivateKey(Ed25519PrivateKey&& other) noexcept;
  Ed25519PrivateKey& operator=(Ed25519PrivateKey&& other) noexcept;
  ~Ed25519PrivateKey();

  // 64 raw bytes; the same for the same message.
  std::string Sign(std::string_view message) const;

  const Ed25519PublicKey& public_key() const { return public_key_; }

  // The text for a private key file: base64 of the seed, no newline.
  SecretString SeedToBase64() const;

 private:
  Ed25519PrivateKey() = default;

  std::array<uint8_t, 64> key_;  // seed, then public key: BoringSSL's form
  Ed25519PublicKey public_key_;
};

}  // namespace scriptworker::crypto

#endif  // SCRIPTWORKER_CRYPTO_ED25519_H_
