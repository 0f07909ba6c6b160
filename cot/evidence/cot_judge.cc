// SPDX-License-Identifier: MPL-2.0
#include "cot/evidence/cot_judge.h"

#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "cot/chain/link_id.h"
#include "cot/chain/violation.h"
#include "cot/chain/worker_impl.h"
#include "cot/evidence/artifact_verifier.h"
#include "cot/evidence/queue_places.h"
#include "cot/evidence/upstream_file.h"
#include "scriptworker/base/status_macros.h"
#include "scriptworker/crypto/ed25519.h"
#include "scriptworker/taskcluster/task_status.h"

namespace cot {

using scriptworker::crypto::Ed25519PublicKey;

CotJudge::CotJudge(CotJudgeOptions options, const Policy& policy, scriptworker::json::Schema schema,
                   scriptworker::taskcluster::TaskReader& queue,
                   scriptworker::CancellationToken cancellation)
    : options_(std::move(options)),
      policy_(policy),
      schema_(std::move(schema)),
      queue_(queue),
      cancellation_(std::move(cancellation)) {}

// The run that the queue's answers are of: of the target what the caller knows, else what
// came with the file, else the latest.
absl::StatusOr<std::optional<int64_t>> CotJudge::ExpectedRun(const Link& link,
                                                             const CotFiles& files) const {
  if (link.task_id() == options_.target && options_.target_run_id.has_value()) {
    return options_.target_run_id;
  }
  if (files.run_id.has_value()) return files.run_id;
  const absl::StatusOr<scriptworker::taskcluster::TaskStatus> status =
      queue_.Status(link.task_id(), cancellation_);
  if (absl::IsNotFound(status.status())) return std::nullopt;
  if (!status.ok()) return EvidenceError(status.status(), cancellation_);
  if (status->runs.empty()) return std::nullopt;
  return status->runs.back().run_id;
}

absl::Status CotJudge::CheckRun(const Link& link, const CotFiles& files, const CotBody& body) {
  SW_ASSIGN_OR_RETURN(const std::optional<int64_t> expected, ExpectedRun(link, files));
  if (!expected.has_value()) {
    absl::MutexLock lock(&mutex_);
    of_unknown_run_.insert(link.task_id());
    return absl::OkStatus();
  }
  if (body.run_id == *expected) return absl::OkStatus();
  return ToStatus(
      About(link.id(), Step::kSignatures,
            {.violation = Violation::kCotRunIdMismatch,
             .message = absl::StrCat(link.Label(), ": Chain of Trust artifact is about run ",
                                     body.run_id, ", the queue's is of run ", *expected, "!"),
             .expected = absl::StrCat("run ", *expected),
             .found = absl::StrCat("run ", body.run_id)}));
}

bool CotJudge::IsOfUnknownRun(const Link& link) const {
  absl::MutexLock lock(&mutex_);
  return of_unknown_run_.contains(link.task_id());
}

absl::StatusOr<TrustedCotBody> CotJudge::Judge(const Link& link, const CotFiles& files) {
  absl::StatusOr<TrustedCotBody> trusted = JudgeFiles(link, files);
  const absl::Status status =
      trusted.ok() ? CheckRun(link, files, trusted->body()) : trusted.status();
  if (!status.ok()) {
    return WithSource(status, ArtifactPlace(queue_, link.task_id(), kCotBodyName));
  }
  SW_RETURN_IF_ERROR(
      WriteUpstreamFile(options_.work_dir, link.task_id(), kCotBodyName, *files.body));
  return trusted;
}

absl::StatusOr<TrustedCotBody> CotJudge::JudgeFiles(const Link& link, const CotFiles& files) const {
  if (!files.body.ok()) return files.body.status();
  if (!options_.verify_signatures) {
    return TrustWithoutSignature(link, *files.body, schema_, SkipSignatureCheck());
  }
  if (!files.signature.ok()) return files.signature.status();
  const auto keys = policy_.public_keys.find(ToString(link.worker_impl()));
  return VerifyCot(
      link, *files.body, *files.signature,
      keys == policy_.public_keys.end() ? std::vector<Ed25519PublicKey>() : keys->second, schema_);
}

}  // namespace cot
