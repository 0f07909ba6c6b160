// SPDX-License-Identifier: MPL-2.0
//
// Who signs the worker's own chain of trust.
#ifndef COT_SIGNER_H_
#define COT_SIGNER_H_

#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace cot {

// An interface, so that the key can live in another process. Thread-safe.
class Signer {
 public:
  virtual ~Signer() = default;

  // The Ed25519 signature of `message`: 64 raw bytes. kFailedPrecondition when
  // the key cannot be used (unreadable, malformed); the text never holds it.
  virtual absl::StatusOr<std::string> Sign(std::string_view message) = 0;

  // OK, or why no signature can come any more until the program is started
  // again. Costs next to nothing.
  virtual absl::Status Check() { return absl::OkStatus(); }
};

// Reads the key file (base64 text of the 32-byte seed) for each signature and
// forgets it again.
class KeyFileSigner final : public Signer {
 public:
  explicit KeyFileSigner(std::string path);

  absl::StatusOr<std::string> Sign(std::string_view message) override;

 private:
  const std::string path_;
};

}  // namespace cot

#endif  // COT_SIGNER_H_
