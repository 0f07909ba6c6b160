// SPDX-License-Identifier: MPL-2.0
#include "cot/evidence/cot_signature.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "cot/chain/link_id.h"
#include "cot/chain/violation.h"
#include "cot/evidence/cot_task_binding.h"
#include "scriptworker/base/status_macros.h"
#include "scriptworker/json/json.h"
#include "scriptworker/json/json_diff.h"

namespace cot {
namespace {

using scriptworker::crypto::Ed25519PublicKey;

absl::Status Refused(const Link& link, Finding finding) {
  return ToStatus(About(link.id(), Step::kSignatures, std::move(finding)));
}

absl::Status Malformed(const Link& link, const absl::Status& error) {
  return Refused(link, {.violation = Violation::kMalformedCot,
                        .message = absl::StrCat(link.Label(), ": Invalid unsigned cot json body! ",
                                                error.message())});
}

// The parsed body, if it is about the link's task.
absl::StatusOr<CotBody> ParseAndBind(const Link& link, std::string_view bytes,
                                     const scriptworker::json::Schema& schema) {
  const std::string source = absl::StrCat(link.Label(), " ", kCotBodyName);
  const absl::StatusOr<scriptworker::json::Value> document =
      scriptworker::json::Parse(bytes, {.source = source});
  if (!document.ok()) return Malformed(link, document.status());
  const absl::Status fits = schema.Validate(*document);
  if (!fits.ok()) return Malformed(link, fits);
  absl::StatusOr<CotBody> body = ReadCotBody(*document, source);
  if (!body.ok()) return Malformed(link, body.status());
  if (body->task_id != link.task_id().str()) {
    return Refused(
        link, {.violation = Violation::kCotTaskIdMismatch,
               .message = absl::StrCat("Chain of Trust artifact taskId ", body->task_id,
                                       " doesn't match task taskId ", link.task_id().str(), "!"),
               .expected = link.task_id().str(),
               .found = body->task_id});
  }
  if (body->run_id < 0) {
    return Refused(
        link, {.violation = Violation::kCotRunIdMismatch,
               .message = absl::StrCat(link.Label(), ": Chain of Trust artifact has no run id!"),
               .expected = "a run id, from 0",
               .found = absl::StrCat(body->run_id)});
  }
  const scriptworker::json::Differences differences =
      TaskDifferences(link.task().raw(), body->task);
  if (!differences.empty()) {
    return Refused(link,
                   {.violation = Violation::kCotTaskMismatch,
                    .message = absl::StrCat(link.Label(),
                                            ": the task in the Chain of Trust artifact is not the "
                                            "queue's task!"),
                    .diff = scriptworker::json::FormatDifferences(differences)});
  }
  return body;
}

}  // namespace

absl::StatusOr<TrustedCotBody> VerifyCot(const Link& link, std::string_view bytes,
                                         std::string_view signature,
                                         const std::vector<Ed25519PublicKey>& keys,
                                         const scriptworker::json::Schema& schema) {
  const std::string_view impl = ToString(link.worker_impl());
  if (keys.empty()) {
    return Refused(link,
                   {.violation = Violation::kNoTrustedKey,
                    .message = absl::StrCat(link.Label(),
                                            ": Unknown error verifying ed25519 cot signature. "
                                            "worker_impl ",
                                            impl, " verify_keys []"),
                    .source = absl::StrCat("ed25519_public_keys.", impl)});
  }
  std::vector<std::string> refusals;
  for (const Ed25519PublicKey& key : keys) {
    if (key.Verify(signature, bytes).ok()) {
      SW_ASSIGN_OR_RETURN(CotBody body, ParseAndBind(link, bytes, schema));
      return TrustedCotBody(std::move(body), key.ToBase64());
    }
    refusals.push_back(absl::StrCat(link.Label(), ": ", impl,
                                    " ed25519 cot signature doesn't verify against ",
                                    key.ToBase64(), ": "));
  }
  return Refused(link, {.violation = Violation::kBadSignature,
                        .message = absl::StrJoin(refusals, "\n"),
                        .source = absl::StrCat("ed25519_public_keys.", impl)});
}

absl::StatusOr<TrustedCotBody> TrustWithoutSignature(const Link& link, std::string_view bytes,
                                                     const scriptworker::json::Schema& schema,
                                                     SkipSignatureCheck) {
  SW_ASSIGN_OR_RETURN(CotBody body, ParseAndBind(link, bytes, schema));
  return TrustedCotBody(std::move(body), "");
}

}  // namespace cot
