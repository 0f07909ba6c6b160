// SPDX-License-Identifier: MPL-2.0
#ifndef COT_EVIDENCE_ARTIFACT_PLAN_H_
#define COT_EVIDENCE_ARTIFACT_PLAN_H_

#include <string>
#include <string_view>
#include <vector>

#include "cot/chain/link.h"
#include "cot/chain/upstream_artifacts.h"
#include "cot/chain/violation.h"
#include "cot/evidence/artifact_verifier.h"
#include "scriptworker/base/cancellation.h"

namespace cot {

// An artifact that somebody needs.
struct PlannedArtifact {
  std::string name = {};
  bool optional = false;
  KeepOpen keep_open = KeepOpen::kNo;
};

// What the rules and the target's script need from a link, by name: the control
// files of decision and action tasks, which are mandatory whatever upstreamArtifacts
// say of them, and the target's upstreamArtifacts, patterns expanded by `available`.
// With a finding nothing: kArtifactPathTwice (which would be the right one?), or
// kMalformedDependency for more than kMaxPatternTrials. Cancelled: a part of it.
std::vector<PlannedArtifact> PlanArtifacts(
    const Link& link, const std::vector<UpstreamArtifacts>& upstream,
    const std::vector<std::string>& available, std::vector<Finding>& findings,
    const scriptworker::CancellationToken& cancellation = {});
// Patterns times names: a megabyte of patterns and a list that does not end would take hours.
inline constexpr size_t kMaxPatternTrials = 50'000'000;

}  // namespace cot

#endif  // COT_EVIDENCE_ARTIFACT_PLAN_H_
