// SPDX-License-Identifier: MPL-2.0
#ifndef COT_DEPENDENCIES_H_
#define COT_DEPENDENCIES_H_

#include <vector>

#include "absl/status/statusor.h"
#include "cot/link.h"
#include "cot/link_id.h"

namespace cot {

// The tasks that a link rests on. Its parent first, then extra.chainOfTrust.inputs and
// payload.upstreamArtifacts together, sorted by "NAME_TASKID"; a task may occur
// more than once. Violations: kMalformedDependency, and those of
// ParseUpstreamArtifacts.
absl::StatusOr<std::vector<LinkId>> FindDependencies(const Link& link);

}  // namespace cot

#endif  // COT_DEPENDENCIES_H_
