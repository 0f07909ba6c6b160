// SPDX-License-Identifier: MPL-2.0
#ifndef COT_SOURCE_SOURCE_FACTS_H_
#define COT_SOURCE_SOURCE_FACTS_H_

#include <string>

#include "absl/status/statusor.h"
#include "cot/chain/link.h"
#include "cot/chain/task_origin.h"
#include "cot/parent/jsone_context.h"
#include "cot/parent/parent_task.h"
#include "cot/policy/policy.h"
#include "scriptworker/base/cancellation.h"
#include "scriptworker/base/clock.h"
#include "scriptworker/base/logger.h"
#include "scriptworker/base/retry.h"
#include "scriptworker/base/secret_string.h"
#include "scriptworker/http/retrying_transport.h"
#include "scriptworker/http/transport.h"
#include "scriptworker/json/value.h"
#include "scriptworker/vcs/document_fetcher.h"
#include "scriptworker/vcs/fetch_cache.h"
#include "scriptworker/vcs/github_client.h"
#include "scriptworker/vcs/hg_client.h"
#include "scriptworker/vcs/shared_calls.h"

namespace cot {

// Asks hg, GitHub and the list of projects for what the tasks of one chain say
// about their source. Each URL is fetched once: make one per verification.
//
// Errors: findings of step `kRebuiltDefinitions`, unless said otherwise:
// kEvidenceMissing for a definite 404, kMalformedEvidence for an answer of the
// wrong shape; else EvidenceError() of artifact_verifier.h. Thread-safe.
class SourceFacts {
 public:
  // Borrows all references. `transport` does not retry.
  SourceFacts(const Policy& policy, scriptworker::http::Transport& transport,
              scriptworker::Clock& clock, scriptworker::Logger& logger,
              scriptworker::SecretString github_token, scriptworker::RetryPolicy retry);

  // The .taskcluster.yml of the decision task's repository and revision, parsed once.
  // Findings: those of FindTemplate and ParseTemplate, kTemplateMissing.
  absl::StatusOr<scriptworker::json::Value> Template(
      const Link& decision, const Product& product,
      const scriptworker::CancellationToken& cancellation);

  // Each adds what it is named after to `facts`, for the repository and revision
  // in the decision task's environment. Findings also: kSourceMissing,
  // kUnsupportedVcs; AddProject: kUnknownProject.
  absl::Status AddPushlog(const Link& decision, const Product& product, ContextFacts& facts,
                          const scriptworker::CancellationToken& cancellation);
  absl::Status AddProject(const Link& decision, const Product& product, ContextFacts& facts,
                          const scriptworker::CancellationToken& cancellation);
  absl::Status AddGithubCommit(const Link& decision, const Product& product, ContextFacts& facts,
                               const scriptworker::CancellationToken& cancellation);
  absl::Status AddGithubRelease(const Link& decision, const Product& product, ContextFacts& facts,
                                const scriptworker::CancellationToken& cancellation);
  absl::Status AddGithubPullRequest(const Link& decision, const Product& product,
                                    ContextFacts& facts,
                                    const scriptworker::CancellationToken& cancellation);

  // Whether the commit is on a branch of the repository. Errors are those of
  // GithubClient: many links ask the same.
  absl::StatusOr<bool> HasLanded(const LandedQuestion& question,
                                 const scriptworker::CancellationToken& cancellation);
  // What such an error means for a link, at step `kSourceTree`; `source` is the page asked for.
  static absl::Status JudgeLanded(const Link& link, const absl::Status& error,
                                  std::string_view source,
                                  const scriptworker::CancellationToken& cancellation);

 private:
  const Policy& policy_;
  const scriptworker::SecretString github_token_;
  scriptworker::http::RetryingTransport retrying_;
  scriptworker::vcs::FetchCache cache_;
  scriptworker::vcs::DocumentFetcher documents_;
  scriptworker::vcs::SharedCalls<scriptworker::json::Value> templates_;  // by URL
  scriptworker::vcs::HgClient hg_;
  scriptworker::vcs::GithubClient github_;
};

}  // namespace cot

#endif  // COT_SOURCE_SOURCE_FACTS_H_
