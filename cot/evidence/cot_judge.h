// SPDX-License-Identifier: MPL-2.0
#ifndef COT_EVIDENCE_COT_JUDGE_H_
#define COT_EVIDENCE_COT_JUDGE_H_

#include <cstdint>
#include <optional>
#include <string>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_set.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "cot/chain/link.h"
#include "cot/evidence/cot_body.h"
#include "cot/evidence/cot_signature.h"
#include "cot/evidence/evidence.h"
#include "cot/policy/policy.h"
#include "scriptworker/base/cancellation.h"
#include "scriptworker/json/json_schema.h"
#include "scriptworker/taskcluster/queue.h"
#include "scriptworker/taskcluster/task_id.h"

namespace cot {

struct CotJudgeOptions {
  scriptworker::taskcluster::TaskId target;
  // The run that the target's file must be about; nullopt: as of any other task, the run that
  // came with the file, else the latest.
  std::optional<int64_t> target_run_id = std::nullopt;
  bool verify_signatures = true;
  std::string work_dir;
};

// Says what the chain-of-trust.json of a link is worth: signed by a key that the policy trusts
// (cot_signature.h), and of the run whose artifacts the queue gives. Thread-safe.
class CotJudge {
 public:
  // Borrows the references.
  CotJudge(CotJudgeOptions options, const Policy& policy, scriptworker::json::Schema schema,
           scriptworker::taskcluster::TaskReader& queue,
           scriptworker::CancellationToken cancellation);

  // A file that is to be trusted gets its place in the work folder. Violations: those of
  // cot_signature.h; the files' own errors; EvidenceError() of artifact_verifier.h.
  absl::StatusOr<TrustedCotBody> Judge(const Link& link, const CotFiles& files)
      ABSL_LOCKS_EXCLUDED(mutex_);

  // Whether the queue did not tell which run a trusted file is of, so that it may be any.
  bool IsOfUnknownRun(const Link& link) const ABSL_LOCKS_EXCLUDED(mutex_);

 private:
  absl::StatusOr<TrustedCotBody> JudgeFiles(const Link& link, const CotFiles& files) const;
  // kCotRunIdMismatch if `body` is not about the run that the queue's answers are of.
  absl::Status CheckRun(const Link& link, const CotFiles& files, const CotBody& body)
      ABSL_LOCKS_EXCLUDED(mutex_);
  // nullopt: the queue does not tell.
  absl::StatusOr<std::optional<int64_t>> ExpectedRun(const Link& link, const CotFiles& files) const;

  const CotJudgeOptions options_;
  const Policy& policy_;
  const scriptworker::json::Schema schema_;
  scriptworker::taskcluster::TaskReader& queue_;
  const scriptworker::CancellationToken cancellation_;

  mutable absl::Mutex mutex_;
  absl::flat_hash_set<scriptworker::taskcluster::TaskId> of_unknown_run_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace cot

#endif  // COT_EVIDENCE_COT_JUDGE_H_
