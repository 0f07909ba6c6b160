// SPDX-License-Identifier: MPL-2.0

#include "scriptworker/crypto/ed25519.h"

#include <openssl/curve25519.h>
#include <openssl/mem.h>

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "absl/log/check.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "scriptworker/base/file.h"
#include "scriptworker/base/secret_string.h"
#include "scriptworker/base/status_macros.h"
#include "scriptworker/crypto/base64.h"
#include "scriptworker/crypto/ed25519_point.h"

namespace scriptworker::crypto {
namespace {

// A key file is 44 characters and perhaps some blanks; a wrong path is noticed
// before a large file is read.
constexpr int64_t kMaxKeyFileBytes = 64 * 1024;

const uint8_t* Bytes(std::string_view text) {
  return reinterpret_cast<const uint8_t*>(text.data());
}

}  // namespace

absl::StatusOr<Ed25519PublicKey> Ed25519PublicKey::FromRaw(std::string_view bytes) {
  if (bytes.size() != kEd25519PublicKeySize) {
    return absl::InvalidArgumentError(absl::StrCat("not an Ed25519 public key: expected ",
                                                   kEd25519PublicKeySize, " bytes, found ",
                                                   bytes.size()));
  }
  Ed25519PublicKey key;
  std::copy_n(Bytes(bytes), bytes.size(), key.bytes_.begin());
  SW_RETURN_IF_ERROR(CheckEd25519Point(key.bytes_));
  return key;
}

absl::StatusOr<Ed25519PublicKey> Ed25519PublicKey::FromBase64(std::string_view text) {
  SW_ASSIGN_OR_RETURN(const std::string bytes, Base64DecodeLenient(text),
                      _.SetPrepend() << "not an Ed25519 public key: ");
  return FromRaw(bytes);
}

absl::StatusOr<Ed25519PublicKey> Ed25519PublicKey::FromFile(const std::string& path) {
  SW_ASSIGN_OR_RETURN(const std::string text, ReadFile(path, kMaxKeyFileBytes));
  SW_ASSIGN_OR_RETURN(Ed25519PublicKey key, FromBase64(text), _.SetPrepend() << path << ": ");
  return key;
}

absl::Status Ed25519PublicKey::Verify(std::string_view signature, std::string_view message) const {
  if (signature.size() != kEd25519SignatureSize) {
    return absl::InvalidArgumentError(absl::StrCat("not an Ed25519 signature: expected ",
                                                   kEd25519SignatureSize, " bytes, found ",
                                                   signature.size()));
  }
  // Refuses S >= L, and compares R as bytes, so that only its canonical form
  // is equal.
  if (ED25519_verify(Bytes(message), message.size(), Bytes(signature), bytes_.data()) != 1) {
    return absl::PermissionDeniedError(
        absl::StrCat("the Ed25519 signature is not that of key ", ToBase64()));
  }
  return absl::OkStatus();
}

std::string_view Ed25519PublicKey::raw() const {
  return {reinterpret_cast<const char*>(bytes_.data()), bytes_.size()};
}

std::string Ed25519PublicKey::ToBase64() const { return Base64Encode(raw()); }

Ed25519PrivateKey Ed25519PrivateKey::Generate() {
  Ed25519PrivateKey key;
  ED25519_keypair(key.public_key_.bytes_.data(), key.key_.data());
  return key;
}

absl::StatusOr<Ed25519PrivateKey> Ed25519PrivateKey::FromSeed(const SecretString& seed) {
  if (seed.reveal().size() != kEd25519SeedSize) {
    return absl::InvalidArgumentError(
        absl::StrCat("not an Ed25519 private key: expected a seed of ", kEd25519SeedSize,
                     " bytes, found ", seed.reveal().size()));
  }
  Ed25519PrivateKey key;
  ED25519_keypair_from_seed(key.public_key_.bytes_.data(), key.key_.data(), Bytes(seed.reveal()));
  return key;
}

absl::StatusOr<Ed25519PrivateKey> Ed25519PrivateKey::FromBase64Seed(const SecretString& text) {
  SW_ASSIGN_OR_RETURN(std::string seed, Base64DecodeLenient(text.reveal()),
                      _.SetPrepend() << "not an Ed25519 private key: ");
  return FromSeed(SecretString(std::move(seed)));
}

absl::StatusOr<Ed25519PrivateKey> Ed25519PrivateKey::FromFile(const std::string& path) {
  SW_ASSIGN_OR_RETURN(std::string text, ReadFile(path, kMaxKeyFileBytes));
  SW_ASSIGN_OR_RETURN(Ed25519PrivateKey key, FromBase64Seed(SecretString(std::move(text))),
                      _.SetPrepend() << path << ": ");
  return key;
}

Ed25519PrivateKey::Ed25519PrivateKey(Ed25519PrivateKey&& other) noexcept
    : key_(other.key_), public_key_(other.public_key_) {
  OPENSSL_cleanse(other.key_.data(), other.key_.size());
}

Ed25519PrivateKey& Ed25519PrivateKey::operator=(Ed25519PrivateKey&& other) noexcept {
  if (this != &other) {
    key_ = other.key_;
    public_key_ = other.public_key_;
    OPENSSL_cleanse(other.key_.data(), other.key_.size());
  }
  return *this;
}

Ed25519PrivateKey::~Ed25519PrivateKey() { OPENSSL_cleanse(key_.data(), key_.size()); }

std::string Ed25519PrivateKey::Sign(std::string_view message) const {
  std::string signature(kEd25519SignatureSize, '\0');
  // Fails only when memory runs out.
  CHECK(ED25519_sign(reinterpret_cast<uint8_t*>(signature.data()), Bytes(message), message.size(),
                     key_.data()));
  return signature;
}

SecretString Ed25519PrivateKey::SeedToBase64() const {
  return SecretString(Base64Encode({reinterpret_cast<const char*>(key_.data()), kEd25519SeedSize}));
}

}  // namespace scriptworker::crypto
