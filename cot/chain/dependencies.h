// SPDX-License-Identifier: MPL-2.0
#ifndef COT_CHAIN_DEPENDENCIES_H_
#define COT_CHAIN_DEPENDENCIES_H_

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "cot/chain/link.h"
#include "scriptworker/taskcluster/task_id.h"

namespace cot {

// A task that a link rests on. Its own name as a link is "LINK:TYPE".
struct Dependency {
  std::string type;  // "build"; "parent"
  scriptworker::taskcluster::TaskId task_id;
};

// The type of parents.
inline constexpr std::string_view kParentType = "parent";

// Of a type: it becomes a part of the names of all links behind it, and there may be tens of
// thousands in one definition. Known types have at most 30.
inline constexpr size_t kMaxDependencyTypeBytes = 100;

// The tasks that a link rests on. Its parent first, then extra.chainOfTrust.inputs and
// payload.upstreamArtifacts together, sorted by "TYPE_TASKID"; a task may occur
// more than once. Violations: kMalformedDependency (also for a type that is too long or has
// control characters), and for a target those of ParseUpstreamArtifacts.
absl::StatusOr<std::vector<Dependency>> FindDependencies(const Link& link);

}  // namespace cot

#endif  // COT_CHAIN_DEPENDENCIES_H_
