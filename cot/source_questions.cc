// SPDX-License-Identifier: MPL-2.0
#include "cot/source_questions.h"

#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "cot/parent_task.h"
#include "cot/source_tree.h"
#include "cot/task_origin.h"
#include "cot/task_type.h"
#include "cot/trusted_repo.h"
#include "cot/violation.h"
#include "scriptworker/base/status_macros.h"

namespace cot {

using scriptworker::CancellationToken;
using scriptworker::Logger;

namespace {

// A finding, or nothing: whether the task is of a try push or a pull request.
absl::Status CheckOrigin(const Link& link, const SourceHosts& hosts, const Product& product,
                         SourceFacts& facts, Logger& logger,
                         const CancellationToken& cancellation) {
  if (!IsGithubTask(link.task(), hosts.github_host)) {
    return IsTry(link.task(), product.source_env_prefix) ? ToStatus(TryOrPullRequest(link))
                                                         : absl::OkStatus();
  }
  const absl::StatusOr<PullRequestSigns> signs = FindPullRequestSigns(
      link.task(), product.source_env_prefix, product.official_github_owner, hosts.github_host);
  if (!signs.ok()) {
    std::optional<Finding> finding = GetFinding(signs.status());
    if (!finding.has_value()) return signs.status();
    finding->link_name = link.name();
    finding->task_id = link.task_id().str();
    return ToStatus(*finding);
  }
  if (signs->is_pull_request) return ToStatus(TryOrPullRequest(link));
  if (RequiresSecret(product.trusted_vcs_rules)) {
    logger.Info(
        "has_commit_landed_on_repository() not implemented for private repositories, assume True");
    return absl::OkStatus();
  }
  for (const LandedQuestion& question : signs->must_have_landed) {
    SW_ASSIGN_OR_RETURN(const bool landed, facts.HasLanded(link, question, cancellation));
    if (!landed) return ToStatus(TryOrPullRequest(link));
  }
  return absl::OkStatus();
}

}  // namespace

SourceQuestions::SourceQuestions(const Policy& policy, const Product& product, SourceFacts& facts,
                                 Logger& logger, int max_parallel, CancellationToken cancellation)
    : hosts_(policy.source_hosts),
      product_(product),
      facts_(facts),
      logger_(logger),
      cancellation_(std::move(cancellation)),
      pool_(max_parallel) {}

void SourceQuestions::Ask(const Chain& chain, const Link& parent) {
  SourceAnswers& answers =
      *answers_.emplace(parent.task_id(), std::make_unique<SourceAnswers>()).first->second;
  answers.decision = parent.decision_task_id() == parent.task_id()
                         ? &parent
                         : chain.Find(parent.decision_task_id());
  if (answers.decision == nullptr) {
    answers.errors = {ToStatus({.violation = Violation::kMalformedParent,
                                .step = Step::kRebuiltDefinitions,
                                .link_name = parent.name(),
                                .task_id = parent.task_id().str(),
                                .message = absl::StrCat("No single Link matches task_id ",
                                                        parent.decision_task_id().str(), "!")})};
    return;
  }
  answers.tasks_for = TasksForOf(parent, product_);
  if (!answers.tasks_for.ok()) {
    answers.errors = {answers.tasks_for.status()};
    return;
  }
  const FactsNeeded needed = FactsFor(*answers.tasks_for, product_.type);
  using Add = absl::Status (SourceFacts::*)(const Link&, const Product&, ContextFacts&,
                                            const CancellationToken&);
  std::vector<Add> adds;
  if (needed.pushlog) adds.push_back(&SourceFacts::AddPushlog);
  if (needed.projects) adds.push_back(&SourceFacts::AddProject);
  if (needed.github_commit) adds.push_back(&SourceFacts::AddGithubCommit);
  if (needed.github_release) adds.push_back(&SourceFacts::AddGithubRelease);
  if (needed.github_pull_request) adds.push_back(&SourceFacts::AddGithubPullRequest);
  // Each writes members of its own.
  answers.errors.resize(1 + adds.size());
  pool_.Start([this, &answers] {
    absl::StatusOr<scriptworker::json::Value> document =
        facts_.Template(*answers.decision, product_, cancellation_);
    answers.errors[0] = document.status();
    if (document.ok()) answers.document = *std::move(document);
  });
  for (size_t i = 0; i < adds.size(); ++i) {
    pool_.Start([this, &answers, add = adds[i], i] {
      answers.errors[i + 1] =
          (facts_.*add)(*answers.decision, product_, answers.facts, cancellation_);
    });
  }
}

void SourceQuestions::Start(const Chain& chain, bool ask_origins) {
  const std::vector<const Link*> links = chain.AllLinks();
  for (const Link* link : links) {
    if (IsDecisionOrAction(link->type())) Ask(chain, *link);
  }
  if (!ask_origins) return;
  origins_.resize(links.size());
  for (size_t i = 0; i < links.size(); ++i) {
    pool_.Start([this, i, link = links[i]] {
      origins_[i] = CheckOrigin(*link, hosts_, product_, facts_, logger_, cancellation_);
    });
  }
}

SourceAnswers& SourceQuestions::AwaitAnswers(const Link& parent) {
  pool_.Wait();
  return *answers_.at(parent.task_id());
}

const std::vector<absl::Status>& SourceQuestions::AwaitOrigins() {
  pool_.Wait();
  return origins_;
}

}  // namespace cot
