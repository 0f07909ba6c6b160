// SPDX-License-Identifier: MPL-2.0
#include "cot/artifact_plan.h"

#include <algorithm>
#include <map>
#include <utility>

#include "cot/task_type.h"

namespace cot {

using scriptworker::taskcluster::TaskId;

bool NeedsList(const TaskId& task_id, const std::vector<UpstreamArtifacts>& upstream) {
  return std::any_of(upstream.begin(), upstream.end(), [&](const UpstreamArtifacts& entry) {
    return entry.task_id == task_id && std::any_of(entry.paths.begin(), entry.paths.end(), IsGlob);
  });
}

std::vector<PlannedArtifact> PlanArtifacts(const Link& link,
                                           const std::vector<UpstreamArtifacts>& upstream,
                                           const std::vector<std::string>& available,
                                           std::vector<Finding>& findings) {
  std::map<std::string, PlannedArtifact> by_name;
  for (const WantedArtifact& wanted : WantedFrom(link.task_id(), upstream, available)) {
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
