// SPDX-License-Identifier: MPL-2.0
#include "cot/evidence/artifact_plan.h"

#include <map>
#include <utility>

#include "absl/strings/str_cat.h"
#include "cot/chain/link_id.h"
#include "cot/chain/task_type.h"
#include "cot/evidence/control_files.h"

namespace cot {

using scriptworker::CancellationToken;

std::vector<PlannedArtifact> PlanArtifacts(const Link& link,
                                           const std::vector<UpstreamArtifacts>& upstream,
                                           const std::vector<std::string>& available,
                                           std::vector<Finding>& findings,
                                           const CancellationToken& cancellation) {
  const size_t patterns = CountPatterns(link.task_id(), upstream);
  if (patterns > 0 && available.size() > kMaxPatternTrials / patterns) {
    findings.push_back(About(
        link.id(), Step::kArtifacts,
        {.violation = Violation::kMalformedDependency,
         .message = absl::StrCat(link.Label(), ": too many patterns of upstreamArtifacts for its ",
                                 available.size(), " artifacts!"),
         .expected = absl::StrCat("at most ", kMaxPatternTrials, " pairs of pattern and artifact"),
         .found = absl::StrCat(patterns, " patterns")}));
    return {};
  }
  std::map<std::string, PlannedArtifact> by_name;
  for (const WantedArtifact& wanted :
       WantedFrom(link.task_id(), upstream, available, cancellation)) {
    by_name.insert_or_assign(wanted.name,
                             PlannedArtifact{wanted.name, wanted.optional, KeepOpen::kNo});
  }
  const auto need = [&](std::string_view name) {
    by_name.insert_or_assign(std::string(name),
                             PlannedArtifact{std::string(name), false, KeepOpen::kYes});
  };
  if (IsDecisionOrAction(link.type())) need(kTaskGraphName);
  if (link.type() == TaskType::kDecision) {
    need(kActionsName);
    need(kParametersName);
  }
  std::vector<std::string> names;
  std::vector<PlannedArtifact> plan;
  for (auto& [name, artifact] : by_name) {
    names.push_back(name);
    plan.push_back(std::move(artifact));
  }
  const size_t before = findings.size();
  CheckNoPathTwice(link, names, findings);
  if (findings.size() > before) plan.clear();
  return plan;
}

}  // namespace cot
