// SPDX-License-Identifier: MPL-2.0
#ifndef COT_CHAIN_UPSTREAM_ARTIFACTS_H_
#define COT_CHAIN_UPSTREAM_ARTIFACTS_H_

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "scriptworker/base/cancellation.h"
#include "scriptworker/json/value.h"
#include "scriptworker/taskcluster/task_definition.h"
#include "scriptworker/taskcluster/task_id.h"

namespace cot {

// One entry of payload.upstreamArtifacts.
struct UpstreamArtifacts {
  scriptworker::taskcluster::TaskId task_id;
  std::vector<std::string> paths;  // names, or patterns with *
  bool optional = false;           // exactly true
};

// The task of an entry: all that matters of an entry that is not the target's.
struct UpstreamTask {
  scriptworker::taskcluster::TaskId task_id;
  std::string task_type;  // as written
};

// In the order of the entries. Violation: kMalformedDependency.
absl::StatusOr<std::vector<UpstreamTask>> ParseUpstreamTasks(
    const scriptworker::taskcluster::TaskDefinition& task);

// Reads and checks the entries, but for their types, which only a chain needs: paths are legal
// artifact names (not absolute, no "..").
// Violations: kMalformedDependency, kIllegalUpstreamPath (one for all such paths). No
// upstreamArtifacts: empty. (That patterns may only be optional is the worker's rule about the task
// that it runs, not one of the chain's: what a pattern matches is mandatory then.)
absl::StatusOr<std::vector<UpstreamArtifacts>> ParseUpstreamArtifacts(
    const scriptworker::taskcluster::TaskDefinition& task);

// Whether a path is a pattern.
bool IsPattern(std::string_view path);

// What the worker and its scripts ask of an entry, too. A path must be the name of an artifact or
// a pattern of such names, and have no ".." anywhere, not even within a name, as in the reference.
// kInvalidArgument: "upstreamArtifacts taskId TASKID has illegal path PATH!".
absl::Status CheckUpstreamPath(std::string_view task_id, std::string_view path);
// Whether the entry's `optional` is exactly true, as the reference wants it.
bool IsOptional(const scriptworker::json::Value& entry);

// What has to be downloaded from one task.
struct WantedArtifact {
  std::string name;
  bool optional = false;
};

// The names of `available` that the entries for `task_id` want, sorted and each
// once: plain paths always, patterns by what they match. Optional wins over
// mandatory, as in the reference. (Needs no `available` without patterns.) Ends early, with a
// part of them, when it is cancelled.
std::vector<WantedArtifact> WantedFrom(const scriptworker::taskcluster::TaskId& task_id,
                                       const std::vector<UpstreamArtifacts>& entries,
                                       const std::vector<std::string>& available,
                                       const scriptworker::CancellationToken& cancellation = {});

// How many different patterns the entries for `task_id` have: each is held against each name,
// and if there is one, the task's artifacts have to be listed.
size_t CountPatterns(const scriptworker::taskcluster::TaskId& task_id,
                     const std::vector<UpstreamArtifacts>& entries);

}  // namespace cot

#endif  // COT_CHAIN_UPSTREAM_ARTIFACTS_H_
