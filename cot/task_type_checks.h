// SPDX-License-Identifier: MPL-2.0
#ifndef COT_TASK_TYPE_CHECKS_H_
#define COT_TASK_TYPE_CHECKS_H_

#include <vector>

#include "cot/chain/link.h"
#include "cot/chain/violation.h"
#include "cot/policy/policy.h"

namespace cot {

// What a task of this type may run on: release-critical types are scriptworker's,
// docker images and decisions have worker pools of their own. Findings:
// kNotFromScriptworker, kDockerImageWorkerPool, kDecisionWorkerPool. Pure.
void CheckTaskType(const Link& link, const Product& product, std::vector<Finding>& findings);

}  // namespace cot

#endif  // COT_TASK_TYPE_CHECKS_H_
