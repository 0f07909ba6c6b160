// SPDX-License-Identifier: MPL-2.0
#ifndef COT_VERIFICATION_H_
#define COT_VERIFICATION_H_

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "cot/chain/chain.h"
#include "cot/evidence/artifact_verifier.h"
#include "cot/evidence/cot_body.h"
#include "cot/evidence/cot_signature.h"
#include "cot/evidence/evidence.h"
#include "cot/policy/policy.h"
#include "cot/source/source_facts.h"
#include "cot/source/source_questions.h"
#include "cot/source/source_tree.h"
#include "cot/verdict.h"
#include "cot/verifier.h"
#include "scriptworker/base/cancellation.h"
#include "scriptworker/base/logger.h"
#include "scriptworker/base/task_pool.h"
#include "scriptworker/json/json_schema.h"
#include "scriptworker/jsone/limits.h"
#include "scriptworker/taskcluster/artifact_download.h"
#include "scriptworker/taskcluster/patient_task_reader.h"
#include "scriptworker/taskcluster/task_id.h"

namespace cot {

// One verification under way: what it was asked, what the steps have established
// so far, and the verdict that grows. The steps run one after the other on one thread.
// Fetching does not wait for them: whatever has a name is fetched beside the steps, and
// each step waits for what it judges.
class Verification {
 public:
  // All references must outlive it.
  Verification(const VerifyRequest& request, const Policy& policy, const Product& product,
               scriptworker::json::Schema schema, const EvidenceSources& sources,
               scriptworker::Logger& logger, const scriptworker::CancellationToken& cancellation);
  // What is still fetched ends; nothing unverified stays in the work folder.
  ~Verification();
  Verification(const Verification&) = delete;
  Verification& operator=(const Verification&) = delete;

  // Runs a step, unless there is nothing left to judge: no chain, cancelled, or a
  // fault of this machine. `check` returns how many checks it made; none at all,
  // without another violation that explains it, is a violation.
  void Run(Step step, absl::FunctionRef<int(Verification&)> check);

  // Takes an error into the verdict, by what it is: a finding, evidence that
  // could not be had, or what stops the verification.
  void Add(const absl::Status& error);
  void Add(std::vector<Finding> findings);
  // Further findings are only counted: one task can have hundreds of thousands.
  static constexpr size_t kMaxFindings = 1000;

  // Whether the verdict cannot become a good one for a reason that may lie with this task.
  bool HasFault(const scriptworker::taskcluster::TaskId& task_id) const;

  // The verdict, complete.
  Verdict Finish();

  // The artifact that rules read; nullptr if it did not pass step 3.
  const VerifiedArtifact* ControlFile(const scriptworker::taskcluster::TaskId& task_id,
                                      std::string_view name) const;
  // The body of a link, or nullptr if it did not pass step 2.
  const CotBody* TrustedBody(const scriptworker::taskcluster::TaskId& task_id) const;
  // What a chain-of-trust.json is worth; one that is to be trusted gets its place in the work
  // folder. Thread-safe.
  absl::StatusOr<TrustedCotBody> Judge(const Link& link, const CotFiles& files);
  // Whether the queue did not tell which run a trusted file is of, so that it may be any.
  bool IsOfUnknownRun(const Link& link) const;
  // Writes a file that belongs to a link into the work folder. kInternal if that fails.
  absl::Status Write(const Link& link, std::string_view name, std::string_view bytes) const;
  // Whether the link is the target and has not been checked as a link, too: it
  // has no chain-of-trust file (yet).
  bool IsBareTarget(const Link& link) const;

  const VerifyRequest& request;
  const Policy& policy;
  const Product& product;
  const scriptworker::json::Schema schema;
  const EvidenceSources& sources;
  scriptworker::Logger& logger;
  const scriptworker::CancellationToken cancellation;

  // For the definitions of upstream tasks.
  scriptworker::taskcluster::PatientTaskReader definitions;
  scriptworker::taskcluster::ArtifactDownloader downloader;
  ArtifactVerifier artifacts;
  SourceFacts source_facts;

  // 1.
  std::optional<Chain> chain;
  std::vector<PrivilegedScope> privileged;
  std::vector<Finding> privileged_findings;  // reported by step 7
  // 2. By task id: only what passed.
  absl::flat_hash_map<scriptworker::taskcluster::TaskId, const TrustedCotBody*> cots;
  // 3.
  std::map<std::pair<scriptworker::taskcluster::TaskId, std::string>, VerifiedArtifact>
      control_files;

  // 6. One budget for all definitions: many templates get no more work than one.
  scriptworker::jsone::Budget render_budget{scriptworker::jsone::Limits()};
  std::vector<Finding> source_findings;  // reported by step 7, which finds them, too

  Verdict verdict;

  // What is under way; below all that it uses.
  scriptworker::CancellationSource fetching;  // with `cancellation`, or at the end
  scriptworker::TaskPool queue_reads;
  EvidenceCollector evidence;
  SourceQuestions questions;

 private:
  bool stopped() const;
  void Add(Finding finding);
  int64_t FindingCount() const;
  absl::StatusOr<TrustedCotBody> JudgeFiles(const Link& link, const CotFiles& files) const;
  // kCotRunIdMismatch if `body` is not about the run that the queue's answers are of.
  absl::Status CheckRun(const Link& link, const CotFiles& files, const CotBody& body)
      ABSL_LOCKS_EXCLUDED(mutex_);
  // nullopt: the queue does not tell.
  absl::StatusOr<std::optional<int64_t>> ExpectedRun(const Link& link, const CotFiles& files) const;

  // Links are judged beside each other; the destructor waits for that.
  mutable absl::Mutex mutex_;
  absl::flat_hash_set<scriptworker::taskcluster::TaskId> of_unknown_run_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace cot

#endif  // COT_VERIFICATION_H_
