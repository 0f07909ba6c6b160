// SPDX-License-Identifier: MPL-2.0
#include "cot/verdict_builder.h"

#include <algorithm>
#include <iterator>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "cot/evidence/artifact_verifier.h"
#include "cot/evidence/queue_places.h"

namespace cot {

using scriptworker::taskcluster::TaskId;

VerdictBuilder::VerdictBuilder(Verdict start, scriptworker::taskcluster::TaskReader& queue,
                               scriptworker::Clock& clock, scriptworker::Logger& logger,
                               scriptworker::CancellationToken cancellation)
    : queue_(queue),
      clock_(clock),
      logger_(logger),
      cancellation_(std::move(cancellation)),
      verdict_(std::move(start)) {}

bool VerdictBuilder::IsFaultless() const {
  return verdict_.findings.empty() && verdict_.unavailable.empty();
}

void VerdictBuilder::RunStep(Step step, absl::FunctionRef<int()> check,
                             absl::FunctionRef<Emptiness()> emptiness) {
  const size_t listed_before = verdict_.findings.size();
  const int64_t before = FindingCount();
  const absl::Duration start = clock_.Monotonic();
  const int checks = check();
  if (checks == 0 && IsFaultless() && !failed() && !cancellation_.cancelled() &&
      emptiness() == Emptiness::kIsAViolation) {
    Add(Finding{.violation = Violation::kEmptyChain,
                .step = step,
                .message = absl::StrCat("There was nothing to ", StepTitle(step), "!"),
                .expected = "at least one check",
                .found = "none"});
  }
  verdict_.steps.push_back({.step = step,
                            .checks = checks,
                            .violations = static_cast<int>(FindingCount() - before),
                            .duration = clock_.Monotonic() - start});
  if (verdict_.findings.size() == listed_before) return;
  logger_.Critical(absl::StrJoin(
      std::next(verdict_.findings.begin(), static_cast<std::ptrdiff_t>(listed_before)),
      verdict_.findings.end(), "\n",
      [](std::string* out, const Finding& finding) { absl::StrAppend(out, finding.message); }));
}

void VerdictBuilder::Add(const absl::Status& error) {
  if (std::optional<Finding> finding = GetFinding(error)) {
    Add(*std::move(finding));
    return;
  }
  const absl::Status meaning = EvidenceError(error, cancellation_);
  if (absl::IsUnavailable(meaning) && !cancellation_.cancelled()) {
    logger_.Error(meaning.message());
    verdict_.unavailable.emplace_back(meaning.message());
  } else if (verdict_.failure.ok()) {
    verdict_.failure = meaning;
  }
}

void VerdictBuilder::Add(std::vector<Finding> findings) {
  for (Finding& finding : findings) Add(std::move(finding));
}

void VerdictBuilder::Add(Finding finding) {
  if (verdict_.findings.size() >= kMaxFindings) {
    ++verdict_.findings_left_out;
    return;
  }
  if (const auto task_id = TaskId::Parse(finding.task_id); finding.source.empty() && task_id.ok()) {
    finding.source = DefinitionPlace(queue_, *task_id);
  }
  verdict_.findings.push_back(std::move(finding));
}

void VerdictBuilder::LeaveToSourceTree(Finding finding) {
  left_to_source_tree_.push_back(std::move(finding));
}

std::vector<Finding> VerdictBuilder::TakeLeftToSourceTree() {
  return std::exchange(left_to_source_tree_, {});
}

void VerdictBuilder::AddLinks(std::vector<LinkVerdict> links) {
  std::move(links.begin(), links.end(), std::back_inserter(verdict_.links));
  std::stable_partition(verdict_.links.begin(), verdict_.links.end(),
                        [](const LinkVerdict& link) { return link.is_target; });
}

void VerdictBuilder::MarkTrusted(const TaskId& task_id, const std::string& key) {
  for (LinkVerdict& link : verdict_.links) {
    if (link.task_id != task_id.str()) continue;
    link.cot_trusted = true;
    link.key = key;
  }
}

void VerdictBuilder::AddArtifact(ArtifactVerdict artifact) {
  verdict_.artifacts.push_back(std::move(artifact));
}

void VerdictBuilder::AddAbsent(AbsentArtifact artifact) {
  verdict_.absent.push_back(std::move(artifact));
}

void VerdictBuilder::AddNotChecked(std::string what) {
  verdict_.not_checked.push_back(std::move(what));
}

int64_t VerdictBuilder::FindingCount() const {
  return static_cast<int64_t>(verdict_.findings.size()) + verdict_.findings_left_out;
}

bool VerdictBuilder::HasFault(const TaskId& task_id) const {
  return !verdict_.unavailable.empty() || failed() || verdict_.findings_left_out > 0 ||
         std::any_of(verdict_.findings.begin(), verdict_.findings.end(),
                     [&](const Finding& finding) { return finding.task_id == task_id.str(); });
}

Verdict VerdictBuilder::Finish() {
  Add(TakeLeftToSourceTree());  // if a fault of this machine has kept the last step from running
  if (cancellation_.cancelled()) verdict_.failure = cancellation_.reason();
  if (!verdict_.findings.empty() && !cancellation_.cancelled()) {
    // Also where this machine had a fault then: a violation will not go away.
    verdict_.outcome = Verdict::Outcome::kRefused;
  } else if (!verdict_.failure.ok()) {
    verdict_.outcome = Verdict::Outcome::kFailed;
  } else if (!verdict_.unavailable.empty()) {
    verdict_.outcome = Verdict::Outcome::kEvidenceUnavailable;
  } else {
    verdict_.outcome = Verdict::Outcome::kVerified;
    logger_.Info("Good.");
    return std::move(verdict_);
  }
  logger_.Critical(
      absl::StrCat("Chain of Trust verification error!\n", ToStatus(verdict_).message()));
  return std::move(verdict_);
}

}  // namespace cot
