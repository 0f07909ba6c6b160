// SPDX-License-Identifier: MPL-2.0
#ifndef COT_VERIFICATION_H_
#define COT_VERIFICATION_H_

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "cot/artifact_verifier.h"
#include "cot/chain.h"
#include "cot/evidence.h"
#include "cot/policy.h"
#include "cot/source_facts.h"
#include "cot/source_tree.h"
#include "cot/verdict.h"
#include "cot/verifier.h"
#include "scriptworker/base/cancellation.h"
#include "scriptworker/base/logger.h"
#include "scriptworker/json/json_schema.h"
#include "scriptworker/taskcluster/artifact_download.h"
#include "scriptworker/taskcluster/task_id.h"

namespace cot {

// One verification under way: what it was asked, what the steps have established
// so far, and the verdict that grows. Thread-compatible: the steps run one after
// the other; what runs in parallel inside one is collected before it gets here.
class Verification {
 public:
  // All references must outlive it.
  Verification(const VerifyRequest& request, const Policy& policy, const Product& product,
               scriptworker::json::Schema schema, const EvidenceSources& sources,
               scriptworker::Logger& logger, const scriptworker::CancellationToken& cancellation);
  ~Verification();  // nothing unverified stays in the work folder
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

  // The verdict, complete.
  Verdict Finish();

  // The artifact that rules read; nullptr if it did not pass step 3.
  const VerifiedArtifact* ControlFile(const scriptworker::taskcluster::TaskId& task_id,
                                      std::string_view name) const;
  // The body of a link, or nullptr if it did not pass step 2.
  const CotBody* TrustedBody(const scriptworker::taskcluster::TaskId& task_id) const;
  // Whether the link is the target and has not been checked as a link, too: it
  // has no chain-of-trust file (yet).
  bool IsBareTarget(const Link& link) const;

  FetchLimits limits() const;

  const VerifyRequest& request;
  const Policy& policy;
  const Product& product;
  const scriptworker::json::Schema schema;
  const EvidenceSources& sources;
  scriptworker::Logger& logger;
  const scriptworker::CancellationToken& cancellation;

  scriptworker::taskcluster::ArtifactDownloader downloader;
  ArtifactVerifier artifacts;
  SourceFacts source_facts;

  // 1.
  std::optional<Chain> chain;
  std::vector<PrivilegedScope> privileged;
  std::vector<Finding> privileged_findings;  // reported by step 7
  // 2.
  TrustedCots cots;
  // 3.
  std::map<std::pair<scriptworker::taskcluster::TaskId, std::string>, VerifiedArtifact>
      control_files;

  Verdict verdict;

 private:
  bool stopped() const;
};

}  // namespace cot

#endif  // COT_VERIFICATION_H_
