// SPDX-License-Identifier: MPL-2.0
#include "cot/signer.h"

#include <string>
#include <string_view>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "scriptworker/crypto/ed25519.h"

namespace cot {

using ::scriptworker::crypto::Ed25519PrivateKey;

KeyFileSigner::KeyFileSigner(std::string path) : path_(std::move(path)) {}

absl::StatusOr<std::string> KeyFileSigner::Sign(std::string_view message) {
  const absl::StatusOr<Ed25519PrivateKey> key = Ed25519PrivateKey::FromFile(path_);
  if (!key.ok()) {
    return absl::FailedPreconditionError(
        absl::StrCat("the signing key cannot be used: ", key.status().message()));
  }
  return key->Sign(message);
}

}  // namespace cot
