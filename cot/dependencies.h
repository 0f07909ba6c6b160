// SPDX-License-Identifier: MPL-2.0
#ifndef COT_DEPENDENCIES_H_
#define COT_DEPENDENCIES_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "cot/link.h"
#include "scriptworker/taskcluster/task_id.h"

namespace cot {

// A task that a link rests on, and the name it has as a link itself.
struct Dependency {
  std::string name;
  scriptworker::taskcluster::TaskId task_id;
};

// The link's parent first, then extra.chainOfTrust.inputs and
// payload.upstreamArtifacts together, sorted by "NAME_TASKID"; a task may occur
// more than once. Violations: kMalformedDependency, and those of
// ParseUpstreamArtifacts.
absl::StatusOr<std::vector<Dependency>> FindDependencies(const Link& link);

}  // namespace cot

#endif  // COT_DEPENDENCIES_H_
