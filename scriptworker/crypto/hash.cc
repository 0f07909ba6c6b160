// SPDX-License-Identifier: MPL-2.0

#include "scriptworker/crypto/hash.h"

#include <errno.h>
#include <openssl/digest.h>
#include <unistd.h>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "absl/log/check.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "scriptworker/crypto/hex.h"

namespace scriptworker::crypto {
namespace {

// Large enough that system calls cost nothing beside the hashing, small enough
// to stay in the processor's cache.
constexpr size_t kFileBlock = size_t{256} * 1024;

const EVP_MD* Implementation(HashAlgorithm algorithm) {
  switch (algorithm) {
    case HashAlgorithm::kSha256:
      return EVP_sha256();
    case HashAlgorithm::kSha512:
      return EVP_sha512();
  }
  return EVP_sha256();
}

std::string Digest(HashAlgorithm algorithm, std::string_view bytes) {
  Hasher hasher(algorithm);
  hasher.Update(bytes);
  return hasher.Finish();
}

}  // namespace

absl::StatusOr<HashAlgorithm> ParseHashAlgorithm(std::string_view name) {
  for (const HashAlgorithm algorithm : {HashAlgorithm::kSha256, HashAlgorithm::kSha512}) {
    if (name == HashAlgorithmName(algorithm)) return algorithm;
  }
  return absl::InvalidArgumentError(
      absl::StrCat("expected the hash algorithm sha256 or sha512, found \"", name, "\""));
}

std::string_view HashAlgorithmName(HashAlgorithm algorithm) {
  switch (algorithm) {
    case HashAlgorithm::kSha256:
      return "sha256";
    case HashAlgorithm::kSha512:
      return "sha512";
  }
  return "unknown";
}

HashAlgorithm AlgorithmOfHex(std::string_view digest) {
  return digest.size() == 2 * DigestSize(HashAlgorithm::kSha512) ? HashAlgorithm::kSha512
                                                                 : HashAlgorithm::kSha256;
}

size_t DigestSize(HashAlgorithm algorithm) { return EVP_MD_size(Implementation(algorithm)); }

void Hasher::ContextDeleter::operator()(env_md_ctx_st* context) const { EVP_MD_CTX_free(context); }

// BoringSSL's digests fail only when memory runs out.
Hasher::Hasher(HashAlgorithm algorithm) : algorithm_(algorithm), context_(EVP_MD_CTX_new()) {
  CHECK(context_ != nullptr);
  CHECK(EVP_DigestInit_ex(context_.get(), Implementation(algorithm), nullptr));
}

Hasher::Hasher(Hasher&&) noexcept = default;
Hasher& Hasher::operator=(Hasher&&) noexcept = default;
Hasher::~Hasher() = default;

void Hasher::Update(std::string_view bytes) {
  CHECK(EVP_DigestUpdate(context_.get(), bytes.data(), bytes.size()));
}

std::string Hasher::Finish() {
  std::string digest(DigestSize(algorithm_), '\0');
  CHECK(EVP_DigestFinal_ex(context_.get(), reinterpret_cast<uint8_t*>(digest.data()), nullptr));
  CHECK(EVP_DigestInit_ex(context_.get(), Implementation(algorithm_), nullptr));
  return digest;
}

std::string Hasher::FinishHex() { return HexEncode(Finish()); }

std::string Sha256(std::string_view bytes) { return Digest(HashAlgorithm::kSha256, bytes); }

std::string Sha512(std::string_view bytes) { return Digest(HashAlgorithm::kSha512, bytes); }

absl::StatusOr<std::string> HashFileHex(HashAlgorithm algorithm, int fd, std::string_view name,
                                        const CancellationToken& cancellation) {
  Hasher hasher(algorithm);
  const auto block = std::make_unique_for_overwrite<char[]>(kFileBlock);
  for (off_t offset = 0;;) {
    if (cancellation.cancelled()) return cancellation.reason();
    const ssize_t n = ::pread(fd, block.get(), kFileBlock, offset);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) {
      return absl::ErrnoToStatus(errno, absl::StrCat("cannot read ", name));
    }
    if (n == 0) return hasher.FinishHex();
    hasher.Update({block.get(), static_cast<size_t>(n)});
    offset += n;
  }
}

}  // namespace scriptworker::crypto
