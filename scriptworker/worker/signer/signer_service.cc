// SPDX-License-Identifier: MPL-2.0
#include "scriptworker/worker/signer/signer_service.h"

#include <sys/mman.h>

#include <cstddef>
#include <memory>
#include <new>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "scriptworker/crypto/ed25519.h"
#include "scriptworker/worker/signer/signer_protocol.h"

namespace scriptworker::worker {
namespace {

using ::scriptworker::crypto::Ed25519PrivateKey;
using Kind = SignerFrame::Kind;

// The place of one key: nothing else lies in its pages.
class KeyPlace {
 public:
  KeyPlace() {
    void* const place = ::mmap(nullptr, kSize, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS,
                               /*fd=*/-1, /*offset=*/0);
    if (place == MAP_FAILED) return;
    place_ = place;
    ::mlock(place_, kSize);  // within RLIMIT_MEMLOCK, which is 64 KiB at least
    ::madvise(place_, kSize, MADV_DONTDUMP);
    ::madvise(place_, kSize, MADV_WIPEONFORK);
  }
  ~KeyPlace() {
    if (key_ != nullptr) std::destroy_at(key_);  // overwrites it
    if (place_ != nullptr) ::munmap(place_, kSize);
  }
  KeyPlace(const KeyPlace&) = delete;
  KeyPlace& operator=(const KeyPlace&) = delete;

  const Ed25519PrivateKey* key() const { return key_; }
  bool Put(Ed25519PrivateKey key) {
    if (place_ == nullptr) return false;
    key_ = new (place_) Ed25519PrivateKey(std::move(key));
    return true;
  }

 private:
  static constexpr size_t kSize = 4096;
  static_assert(sizeof(Ed25519PrivateKey) <= kSize);

  void* place_ = nullptr;
  Ed25519PrivateKey* key_ = nullptr;
};

SignerFrame Error(std::string_view text) {
  return {.kind = Kind::kError, .payload = std::string(text.substr(0, 4096))};
}

SignerFrame Load(KeyPlace& place, const std::string& path) {
  if (place.key() == nullptr) {
    absl::StatusOr<Ed25519PrivateKey> key = Ed25519PrivateKey::FromFile(path);
    if (!key.ok()) return Error(key.status().message());
    if (!place.Put(*std::move(key))) return Error(absl::StrCat(path, ": no memory for the key"));
  }
  return {.kind = Kind::kPublicKey, .payload = std::string(place.key()->public_key().raw())};
}

// nullopt: not a request.
std::optional<SignerFrame> Answer(KeyPlace& place, const SignerFrame& request) {
  switch (request.kind) {
    case Kind::kLoad:
      return Load(place, request.payload);
    case Kind::kSign:
      if (place.key() == nullptr) return Error("no key is loaded");
      return SignerFrame{.kind = Kind::kSignature, .payload = place.key()->Sign(request.payload)};
    case Kind::kPublicKey:
    case Kind::kSignature:
    case Kind::kError:
      return std::nullopt;
  }
  return std::nullopt;
}

}  // namespace

void ServeSigner(int socket) {
  KeyPlace place;
  while (true) {
    const absl::StatusOr<SignerFrame> request = ReceiveSignerFrame(socket);
    if (!request.ok()) return;
    const std::optional<SignerFrame> answer = Answer(place, *request);
    if (!answer.has_value() || !SendSignerFrame(socket, *answer).ok()) return;
  }
}

}  // namespace scriptworker::worker
