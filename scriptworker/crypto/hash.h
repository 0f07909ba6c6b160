// SPDX-License-Identifier: MPL-2.0
//
// SHA-256 and SHA-512, whole and streaming.

#ifndef SCRIPTWORKER_CRYPTO_HASH_H_
#define SCRIPTWORKER_CRYPTO_HASH_H_

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "scriptworker/base/cancellation.h"

struct env_md_ctx_st;  // BoringSSL's EVP_MD_CTX

namespace scriptworker::crypto {

enum class HashAlgorithm { kSha256, kSha512 };

// "sha256" or "sha512", exactly; else kInvalidArgument.
absl::StatusOr<HashAlgorithm> ParseHashAlgorithm(std::string_view name);
std::string_view HashAlgorithmName(HashAlgorithm algorithm);
// Which of them gives a digest of as many hexadecimal digits: kSha512 for 128,
// else kSha256.
HashAlgorithm AlgorithmOfHex(std::string_view digest);
// In bytes: 32 or 64. The hexadecimal text is twice as long.
size_t DigestSize(HashAlgorithm algorithm);

// Thread-compatible.
class Hasher {
 public:
  explicit Hasher(HashAlgorithm algorithm);
  Hasher(Hasher&&) noexcept;
  Hasher& operator=(Hasher&&) noexcept;
  ~Hasher();

  void Update(std::string_view bytes);

  // The digest of all bytes since construction or the last Finish; the hasher
  // then starts anew.
  std::string Finish();     // raw
  std::string FinishHex();  // lower case

  HashAlgorithm algorithm() const { return algorithm_; }

 private:
  struct ContextDeleter {
    void operator()(env_md_ctx_st* context) const;
  };

  HashAlgorithm algorithm_;
  std::unique_ptr<env_md_ctx_st, ContextDeleter> context_;
};

// Raw digests.
std::string Sha256(std::string_view bytes);
std::string Sha512(std::string_view bytes);

// The lower-case hexadecimal digest of an open file's bytes from offset 0 to
// its end, whatever the descriptor's offset is (it is not moved). Memory is
// flat. `name` is for errors. Cancelled: the token's reason.
absl::StatusOr<std::string> HashFileHex(HashAlgorithm algorithm, int fd, std::string_view name,
                                        const CancellationToken& cancellation = {});

}  // namespace scriptworker::crypto

#endif  // SCRIPTWORKER_CRYPTO_HASH_H_
