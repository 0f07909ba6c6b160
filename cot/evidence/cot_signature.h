// SPDX-License-Identifier: MPL-2.0
#ifndef COT_EVIDENCE_COT_SIGNATURE_H_
#define COT_EVIDENCE_COT_SIGNATURE_H_

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "cot/chain/link.h"
#include "cot/evidence/cot_body.h"
#include "scriptworker/crypto/ed25519.h"
#include "scriptworker/json/json_schema.h"

namespace cot {

// Says loudly that a configuration switched the signature check off.
struct SkipSignatureCheck {
  explicit SkipSignatureCheck() = default;
};

// A chain-of-trust.json that may be relied on: its signature is by a key that the
// policy trusts for the task's worker implementation, it fits the schema, and it
// is about this very task (task id, and definition but for what the queue may
// rewrite). Only the functions below can make one.
class TrustedCotBody {
 public:
  const CotBody& body() const { return body_; }
  // That it is signed with, in base64; empty: only the rest was checked, on the operator's order.
  const std::string& key() const { return key_; }

 private:
  friend absl::StatusOr<TrustedCotBody> VerifyCot(
      const Link& link, std::string_view bytes, std::string_view signature,
      const std::vector<scriptworker::crypto::Ed25519PublicKey>& keys,
      const scriptworker::json::Schema& schema);
  friend absl::StatusOr<TrustedCotBody> TrustWithoutSignature(
      const Link& link, std::string_view bytes, const scriptworker::json::Schema& schema,
      SkipSignatureCheck token);
  TrustedCotBody(CotBody body, std::string key) : body_(std::move(body)), key_(std::move(key)) {}

  CotBody body_;
  std::string key_;
};

// `bytes` are verified and parsed from one buffer. Violations: kNoTrustedKey,
// kBadSignature, kMalformedCot, kCotTaskIdMismatch, kCotRunIdMismatch,
// kCotTaskMismatch. Pure, thread-safe.
absl::StatusOr<TrustedCotBody> VerifyCot(
    const Link& link, std::string_view bytes, std::string_view signature,
    const std::vector<scriptworker::crypto::Ed25519PublicKey>& keys,
    const scriptworker::json::Schema& schema);

absl::StatusOr<TrustedCotBody> TrustWithoutSignature(const Link& link, std::string_view bytes,
                                                     const scriptworker::json::Schema& schema,
                                                     SkipSignatureCheck token);

}  // namespace cot

#endif  // COT_EVIDENCE_COT_SIGNATURE_H_
