// SPDX-License-Identifier: MPL-2.0
#ifndef COT_TASK_TYPE_CHECKS_H_
#define COT_TASK_TYPE_CHECKS_H_

#include <vector>

#include "cot/link.h"
#include "cot/policy.h"
#include "cot/violation.h"

namespace cot {

// What a task of this type may run on: release-critical types are scriptworker's,
// docker images and decisions have worker pools of their own. Findings:
// kNotFromScriptworker, kDockerImageWorkerPool, kDecisionWorkerPool. Pure.
void CheckTaskType(const Link& link, const Product& product, std::vector<Finding>& findings);

}  // namespace cot

#endif  // COT_TASK_TYPE_CHECKS_H_
