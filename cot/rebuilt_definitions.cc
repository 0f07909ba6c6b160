// SPDX-License-Identifier: MPL-2.0
//
// Step 6: rebuilds the definition of each decision and action task and compares.
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "cot/chain/link.h"
#include "cot/chain/link_id.h"
#include "cot/chain/task_type.h"
#include "cot/chain/tasks_for.h"
#include "cot/chain/violation.h"
#include "cot/evidence/control_files.h"
#include "cot/evidence/queue_places.h"
#include "cot/parent/jsone_context.h"
#include "cot/parent/parent_task.h"
#include "cot/verification_steps.h"
#include "scriptworker/base/status_macros.h"
#include "scriptworker/json/array.h"
#include "scriptworker/json/json.h"
#include "scriptworker/json/yaml.h"

namespace cot {
namespace {

using scriptworker::json::Value;

constexpr int64_t kMaxControlFileBytes = int64_t{64} << 20;

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
    return ToStatus(About(parent.id(), Step::kRebuiltDefinitions,
                          {.violation = Violation::kMalformedEvidence,
                           .message = std::string(value.status().message()),
                           .source = ArtifactPlace(v.sources.queue, decision.task_id(), name)}));
  }
  fact = *std::move(value);
  return absl::OkStatus();
}

// Whether a control file that the task needs is not to be had, and the verdict says why: it
// did not pass step 3, or the decision task did not get so far. It is also not to be had of
// a task that is none (any task can say that it belongs to any task group): that is for
// BuildRenderInput to refuse.
bool LacksControlFile(const Verification& v, const Link& decision, TasksFor tasks_for) {
  const FactsNeeded needed = FactsFor(tasks_for, v.product.type);
  const bool lacks =
      (needed.actions && v.ControlFile(decision.task_id(), kActionsName) == nullptr) ||
      (needed.parameters && v.ControlFile(decision.task_id(), kParametersName) == nullptr);
  return lacks && v.verdict.HasFault(decision.task_id());
}

// All that is wrong with one parent.
std::vector<absl::Status> CheckParent(Verification& v, const Link& parent) {
  v.logger.Info(absl::StrCat("Verifying ", parent.Label(), " definition..."));
  SourceAnswers& answers = v.questions.AwaitAnswers(parent);
  ContextFacts& facts = answers.facts;
  if (answers.tasks_for.ok()) {
    const FactsNeeded needed = FactsFor(*answers.tasks_for, v.product.type);
    if (needed.actions) {
      answers.errors.push_back(
          AddControlFile(v, parent, *answers.decision, kActionsName, facts.actions));
    }
    if (needed.parameters) {
      answers.errors.push_back(
          AddControlFile(v, parent, *answers.decision, kParametersName, facts.parameters));
    }
  }
  std::vector<absl::Status> errors = answers.errors;
  std::erase_if(errors, [](const absl::Status& error) { return error.ok(); });
  if (!errors.empty() || LacksControlFile(v, *answers.decision, *answers.tasks_for)) return errors;
  const absl::StatusOr<RenderInput> input =
      BuildRenderInput(parent, *answers.decision, *answers.tasks_for, v.product, facts,
                       v.policy.source_hosts, v.render_budget);
  if (!input.ok()) {
    std::optional<Finding> finding = GetFinding(input.status());
    if (!finding.has_value() || finding->source != kActionsName) return {input.status()};
    finding->source = ArtifactPlace(v.sources.queue, answers.decision->task_id(), kActionsName);
    return {ToStatus(*finding)};
  }
  std::vector<Finding> findings;
  CheckRebuiltDefinition(parent, *answers.decision, *answers.tasks_for, answers.document, *input,
                         v.render_budget, findings);
  if (findings.empty()) {
    v.logger.Info(absl::StrCat(parent.name(), ": Good."));
    return errors;
  }
  const absl::StatusOr<TemplateLocation> location = FindTemplate(
      *answers.decision, v.product, v.policy.source_hosts, /*have_github_token=*/false);
  const std::string place = location.ok() ? location->url.Redacted() : std::string();
  for (const Finding& finding : findings) errors.push_back(WithSource(ToStatus(finding), place));
  return errors;
}

// Takes errors into the verdict, each defect once: several questions, and all tasks of one
// decision task, stumble over one, such as a missing repository.
class DefectsOfParents {
 public:
  explicit DefectsOfParents(Verification& v) : v_(v) {}

  void Add(const Link& parent, const absl::Status& error) {
    std::optional<Finding> finding = GetFinding(error);
    if (!finding.has_value()) {
      v_.verdict.Add(error);
      return;
    }
    if (finding->step == Step::kSourceTree) {
      v_.verdict.LeaveToSourceTree(*std::move(finding));
      return;
    }
    if (finding->task_id.empty()) {
      finding->link_name = parent.name();
      finding->task_id = parent.task_id().str();
    }
    if (known_.insert(DefectOf(*finding)).second) {
      v_.verdict.Add(ToStatus(*finding));
    }
  }

 private:
  Verification& v_;
  std::set<Defect> known_;
};

}  // namespace

int CheckRebuiltDefinitions(Verification& v) {
  int checks = 0;
  DefectsOfParents defects(v);
  for (const Link* parent : v.chain->AllLinks()) {
    if (!IsDecisionOrAction(parent->type())) continue;
    if (v.cancellation.cancelled()) break;
    ++checks;
    for (const absl::Status& error : CheckParent(v, *parent)) defects.Add(*parent, error);
  }
  return checks;
}

}  // namespace cot
