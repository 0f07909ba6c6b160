// SPDX-License-Identifier: MPL-2.0
#ifndef COT_UPSTREAM_ARTIFACTS_H_
#define COT_UPSTREAM_ARTIFACTS_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "scriptworker/taskcluster/task_definition.h"
#include "scriptworker/taskcluster/task_id.h"

namespace cot {

// One entry of payload.upstreamArtifacts.
struct UpstreamArtifacts {
  scriptworker::taskcluster::TaskId task_id;
  std::string task_type;           // as written
  std::vector<std::string> paths;  // names, or patterns with *
  bool optional = false;           // exactly true
};

// Reads and checks them: paths are legal artifact names (not absolute, no "..").
// Violations: kMalformedDependency, kIllegalUpstreamPath. No upstreamArtifacts:
// empty. (That patterns may only be optional is the worker's rule about the task
// that it runs, not one of the chain's: what a pattern matches is mandatory then.)
absl::StatusOr<std::vector<UpstreamArtifacts>> ParseUpstreamArtifacts(
    const scriptworker::taskcluster::TaskDefinition& task);

// Whether a path is a pattern.
bool IsGlob(std::string_view path);

// What has to be downloaded from one task.
struct WantedArtifact {
  std::string name;
  bool optional = false;
};

// The names of `available` that the entries for `task_id` want, sorted and each
// once: plain paths always, patterns by what they match. Optional wins over
// mandatory, as in the reference. (Needs no `available` without patterns.)
std::vector<WantedArtifact> WantedFrom(const scriptworker::taskcluster::TaskId& task_id,
                                       const std::vector<UpstreamArtifacts>& entries,
                                       const std::vector<std::string>& available);

}  // namespace cot

#endif  // COT_UPSTREAM_ARTIFACTS_H_
