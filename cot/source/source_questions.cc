// SPDX-License-Identifier: MPL-2.0
#include "cot/source/source_questions.h"

#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "cot/chain/link_id.h"
#include "cot/chain/task_type.h"
#include "cot/chain/violation.h"
#include "cot/parent/parent_task.h"
#include "cot/policy/trusted_repo.h"
#include "cot/source/source_tree.h"
#include "scriptworker/http/url.h"

namespace cot {

using scriptworker::CancellationToken;
using scriptworker::Logger;

namespace {

absl::Status Unasked() { return absl::UnknownError("not asked"); }

absl::Status Refused(const Link& parent, Finding finding) {
  return ToStatus(About(parent.id(), Step::kRebuiltDefinitions, std::move(finding)));
}

bool IsAnAction(const Link& link, const Product& product) {
  const absl::StatusOr<TasksFor> tasks_for = TasksForOf(link, product);
  return tasks_for.ok() && IsOfAction(*tasks_for);
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
    answers.errors = {
        Refused(parent, {.violation = Violation::kMalformedParent,
                         .message = absl::StrCat("No single Link matches task_id ",
                                                 parent.decision_task_id().str(), "!")})};
    return;
  }
  answers.tasks_for = TasksForOf(parent, product_);
  if (!answers.tasks_for.ok()) {
    answers.errors = {answers.tasks_for.status()};
    return;
  }
  if (IsOfAction(*answers.tasks_for) && IsAnAction(*answers.decision, product_)) {
    answers.errors = {Refused(
        parent,
        {.violation = Violation::kEvidenceMissing,
         .message = absl::StrCat(parent.Label(), ": its decision task ", answers.decision->Label(),
                                 " is an action itself: nothing vouches for its actions!")})};
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
  for (const Link* link : links) AskOrigin(*link);
}

void SourceQuestions::AskOrigin(const Link& link) {
  Origin& origin = origins_.emplace_back(Origin{.link = &link});
  if (!IsGithubTask(link.task(), hosts_.github_host)) {
    if (IsTry(link.task(), product_.source_env_prefix)) {
      origin.verdict = ToStatus(TryOrPullRequest(link));
    }
    return;
  }
  absl::StatusOr<PullRequestSigns> signs = FindPullRequestSigns(
      link.task(), product_.source_env_prefix, product_.official_github_owner, hosts_.github_host);
  if (!signs.ok()) {
    origin.verdict = signs.status();
    if (std::optional<Finding> finding = GetFinding(signs.status())) {
      origin.verdict = ToStatus(About(link.id(), finding->step, *finding));
    }
  } else if (signs->is_pull_request) {
    origin.verdict = ToStatus(TryOrPullRequest(link));
  } else if (RequiresSecret(product_.trusted_vcs_rules)) {
    logger_.Info(
        "has_commit_landed_on_repository() not implemented for private repositories, assume True");
    assumed_to_have_landed_.push_back(&link);
  } else {
    origin.must_have_landed = std::move(signs->must_have_landed);
  }
  for (const LandedQuestion& question : origin.must_have_landed) {
    const auto [entry, is_new] =
        landed_.try_emplace({question.repo.full_name(), question.revision}, Unasked());
    if (!is_new) continue;
    pool_.Start([this, question, &answer = entry->second] {
      answer = facts_.HasLanded(question, cancellation_);
    });
  }
}

SourceAnswers& SourceQuestions::AwaitAnswers(const Link& parent) {
  pool_.Wait();
  return *answers_.at(parent.task_id());
}

std::vector<absl::Status> SourceQuestions::AwaitOrigins() {
  pool_.Wait();
  std::vector<absl::Status> verdicts;
  for (const Origin& origin : origins_) {
    absl::Status verdict = origin.verdict;
    for (const LandedQuestion& question : origin.must_have_landed) {
      const absl::StatusOr<bool>& landed =
          landed_.at({question.repo.full_name(), question.revision});
      if (!verdict.ok() || (landed.ok() && *landed)) continue;
      const std::string page = scriptworker::http::RedactUrl(
          absl::StrCat(hosts_.github_url, "/", question.repo.full_name(), "/branch_commits/",
                       question.revision));
      verdict = landed.ok()
                    ? WithSource(ToStatus(TryOrPullRequest(*origin.link)), page)
                    : SourceFacts::JudgeLanded(*origin.link, landed.status(), page, cancellation_);
    }
    verdicts.push_back(std::move(verdict));
  }
  return verdicts;
}

}  // namespace cot
