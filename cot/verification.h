// SPDX-License-Identifier: MPL-2.0
#ifndef COT_VERIFICATION_H_
#define COT_VERIFICATION_H_

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/functional/function_ref.h"
#include "cot/chain/chain.h"
#include "cot/evidence/artifact_verifier.h"
#include "cot/evidence/cot_body.h"
#include "cot/evidence/cot_judge.h"
#include "cot/evidence/cot_signature.h"
#include "cot/evidence/evidence.h"
#include "cot/policy/policy.h"
#include "cot/source/source_facts.h"
#include "cot/source/source_questions.h"
#include "cot/source/source_tree.h"
#include "cot/verdict.h"
#include "cot/verdict_builder.h"
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
  // fault of this machine. `check` returns how many checks it made (VerdictBuilder::RunStep).
  void Run(Step step, absl::FunctionRef<int(Verification&)> check);

  // The artifact that rules read; nullptr if it did not pass step 3.
  const VerifiedArtifact* ControlFile(const scriptworker::taskcluster::TaskId& task_id,
                                      std::string_view name) const;
  // The body of a link, or nullptr if it did not pass step 2.
  const CotBody* TrustedBody(const scriptworker::taskcluster::TaskId& task_id) const;
  // Whether the link is the target and has not been checked as a link, too: it
  // has no chain-of-trust file (yet). REQUIRES: there is a chain.
  bool IsBareTarget(const Link& link) const;

  // What was asked. No step changes any of it.
  const VerifyRequest& request;
  const Policy& policy;
  const Product& product;
  const EvidenceSources& sources;
  scriptworker::Logger& logger;
  const scriptworker::CancellationToken cancellation;

  // What has been established. Each is written by the step of its number alone, and read by
  // those after it.
  // 1.
  std::optional<Chain> chain;
  std::vector<PrivilegedScope> privileged;
  // 2. By task id: only what passed.
  absl::flat_hash_map<scriptworker::taskcluster::TaskId, const TrustedCotBody*> cots;
  // 3.
  std::map<std::pair<scriptworker::taskcluster::TaskId, std::string>, VerifiedArtifact>
      control_files;

  // What has been found wrong, and what the steps have done.
  VerdictBuilder verdict;

  // What the steps judge with.
  // For the definitions of upstream tasks.
  scriptworker::taskcluster::PatientTaskReader definitions;
  // One budget for all definitions: many templates get no more work than one.
  scriptworker::jsone::Budget render_budget{scriptworker::jsone::Limits()};
  scriptworker::taskcluster::ArtifactDownloader downloader;
  SourceFacts source_facts;

  // What is under way; below all that it uses.
  scriptworker::CancellationSource fetching;  // with `cancellation`, or at the end
  CotJudge judge;
  ArtifactVerifier artifacts;
  scriptworker::TaskPool queue_reads;
  EvidenceCollector evidence;
  SourceQuestions questions;

 private:
  bool stopped(Step next) const;
};

}  // namespace cot

#endif  // COT_VERIFICATION_H_
