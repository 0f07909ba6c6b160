// SPDX-License-Identifier: MPL-2.0
//
// Step 6: fetches, for each decision and action task, what its definition is
// rebuilt from, and compares.
#include <algorithm>
#include <functional>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "cot/jsone_context.h"
#include "cot/parent_task.h"
#include "cot/tasks_for.h"
#include "cot/verification_steps.h"
#include "scriptworker/base/parallel.h"
#include "scriptworker/base/status_macros.h"
#include "scriptworker/json/json.h"
#include "scriptworker/json/yaml.h"

namespace cot {
namespace {

using scriptworker::json::Value;

constexpr int64_t kMaxControlFileBytes = int64_t{64} << 20;

Finding InParent(const Link& parent, Violation violation, std::string message) {
  return {.violation = violation,
          .step = Step::kRebuiltDefinitions,
          .link_name = parent.name(),
          .task_id = parent.task_id().str(),
          .message = std::move(message)};
}

// The decision task's control file; absent without a finding of its own if it did
// not pass step 3.
absl::Status AddControlFile(const Verification& v, const Link& parent, const Link& decision,
                            std::string_view name, std::optional<Value>& fact) {
  const VerifiedArtifact* file = v.ControlFile(decision.task_id(), name);
  if (file == nullptr) return absl::OkStatus();
  const std::string source = absl::StrCat(decision.Label(), " ", name);
  const absl::StatusOr<std::string> text = ReadVerified(*file, kMaxControlFileBytes);
  if (!text.ok() && !absl::IsResourceExhausted(text.status())) return text.status();
  absl::StatusOr<Value> value = !text.ok() ? absl::StatusOr<Value>(text.status())
                                : name == kActionsName
                                    ? scriptworker::json::Parse(*text, {.source = source})
                                    : scriptworker::json::ParseYaml(*text, {.source = source});
  if (!value.ok()) {
    Finding finding =
        InParent(parent, Violation::kMalformedEvidence, std::string(value.status().message()));
    finding.source = std::string(name);
    return ToStatus(finding);
  }
  fact = *std::move(value);
  return absl::OkStatus();
}

// Everything that rebuilding one task needs.
struct Ingredients {
  Value document;
  ContextFacts facts;
  std::vector<absl::Status> errors;
};

Ingredients Fetch(Verification& v, const Link& parent, const Link& decision, TasksFor tasks_for) {
  Ingredients result;
  ContextFacts& facts = result.facts;
  const FactsNeeded needed = FactsFor(tasks_for, v.product.type);
  SourceFacts& source = v.source_facts;
  std::vector<std::function<absl::Status()>> fetches = {[&]() -> absl::Status {
    SW_ASSIGN_OR_RETURN(result.document, source.Template(decision, v.product, v.cancellation));
    return absl::OkStatus();
  }};
  const auto need = [&](bool is_needed,
                        absl::Status (SourceFacts::*add)(const Link&, const Product&, ContextFacts&,
                                                         const scriptworker::CancellationToken&)) {
    if (!is_needed) return;
    fetches.push_back(
        [&, add] { return (source.*add)(decision, v.product, facts, v.cancellation); });
  };
  need(needed.pushlog, &SourceFacts::AddPushlog);
  need(needed.projects, &SourceFacts::AddProject);
  need(needed.github_commit, &SourceFacts::AddGithubCommit);
  need(needed.github_release, &SourceFacts::AddGithubRelease);
  need(needed.github_pull_request, &SourceFacts::AddGithubPullRequest);
  if (needed.actions) {
    fetches.push_back(
        [&] { return AddControlFile(v, parent, decision, kActionsName, facts.actions); });
  }
  if (needed.parameters) {
    fetches.push_back(
        [&] { return AddControlFile(v, parent, decision, kParametersName, facts.parameters); });
  }
  for (absl::Status& status :
       scriptworker::ParallelStatus(static_cast<int>(fetches.size()), v.request.max_parallel_reads,
                                    [&](int i) { return fetches[static_cast<size_t>(i)](); })) {
    // Several questions stumble over one defect, such as a missing repository.
    const std::optional<Finding> finding = GetFinding(status);
    const bool known =
        finding.has_value() &&
        std::any_of(result.errors.begin(), result.errors.end(), [&](const absl::Status& other) {
          const std::optional<Finding> earlier = GetFinding(other);
          return earlier.has_value() && earlier->violation == finding->violation &&
                 earlier->task_id == finding->task_id;
        });
    if (!status.ok() && !known) result.errors.push_back(std::move(status));
  }
  return result;
}

// Whether a control file that the task needs did not pass step 3, which has a
// finding for it.
bool LacksControlFile(const Verification& v, const Link& decision, TasksFor tasks_for) {
  const FactsNeeded needed = FactsFor(tasks_for, v.product.type);
  return (needed.actions && v.ControlFile(decision.task_id(), kActionsName) == nullptr) ||
         (needed.parameters && v.ControlFile(decision.task_id(), kParametersName) == nullptr);
}

// All that is wrong with one parent. Runs beside others of its kind.
std::vector<absl::Status> CheckParent(Verification& v, const Link& parent) {
  v.logger.Info(absl::StrCat("Verifying ", parent.Label(), " definition..."));
  const Link* decision = parent.decision_task_id() == parent.task_id()
                             ? &parent
                             : v.chain->Find(parent.decision_task_id());
  if (decision == nullptr) {
    return {ToStatus(InParent(
        parent, Violation::kMalformedParent,
        absl::StrCat("No single Link matches task_id ", parent.decision_task_id().str(), "!")))};
  }
  const absl::StatusOr<TasksFor> tasks_for = TasksForOf(parent, v.product);
  if (!tasks_for.ok()) return {tasks_for.status()};
  Ingredients ingredients = Fetch(v, parent, *decision, *tasks_for);
  if (!ingredients.errors.empty() || LacksControlFile(v, *decision, *tasks_for)) {
    return std::move(ingredients.errors);
  }
  const absl::StatusOr<RenderInput> input =
      BuildRenderInput(parent, *decision, *tasks_for, v.product, ingredients.facts);
  if (!input.ok()) return {input.status()};
  std::vector<Finding> findings;
  CheckRebuiltDefinition(parent, *decision, *tasks_for, ingredients.document, *input, findings);
  if (findings.empty()) v.logger.Info(absl::StrCat(parent.name(), ": Good."));
  std::vector<absl::Status> errors;
  for (const Finding& finding : findings) errors.push_back(ToStatus(finding));
  return errors;
}

}  // namespace

int CheckRebuiltDefinitions(Verification& v) {
  std::vector<const Link*> parents;
  for (const Link* link : v.chain->AllLinks()) {
    if (IsDecisionOrAction(link->type())) parents.push_back(link);
  }
  std::vector<std::vector<absl::Status>> errors(parents.size());
  scriptworker::ParallelFor(
      static_cast<int>(parents.size()), v.request.max_parallel_reads, [&](int i) {
        errors[static_cast<size_t>(i)] = CheckParent(v, *parents[static_cast<size_t>(i)]);
      });
  for (size_t i = 0; i < parents.size(); ++i) {
    for (const absl::Status& error : errors[i]) {
      std::optional<Finding> finding = GetFinding(error);
      if (finding.has_value() && finding->task_id.empty()) {
        finding->link_name = parents[i]->name();
        finding->task_id = parents[i]->task_id().str();
        v.Add(ToStatus(*finding));
      } else {
        v.Add(error);
      }
    }
  }
  return static_cast<int>(parents.size());
}

}  // namespace cot
