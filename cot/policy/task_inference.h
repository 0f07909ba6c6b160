// SPDX-License-Identifier: MPL-2.0
//
// What verify_cot takes a task for when it is not told. Both rules read the
// task's own words, so neither may choose a type or product that checks less than
// the one that the task's worker is configured for; in doubt they do not choose.
#ifndef COT_POLICY_TASK_INFERENCE_H_
#define COT_POLICY_TASK_INFERENCE_H_

#include <string>

#include "absl/status/statusor.h"
#include "cot/chain/task_type.h"
#include "cot/policy/policy.h"
#include "scriptworker/taskcluster/task_definition.h"
#include "scriptworker/taskcluster/task_id.h"

namespace cot {

// 1. A task of a scriptworker pool is a scriptworker's, whatever else it says: all
//    these types have equal checks, so `tags.kind` only chooses the name among
//    them.
// 2. A task that leads its own group is a decision task; one that an action made
//    (IsAction) is an action task. Both must run in a decision worker pool.
// 3. In a docker-image worker pool, or of kind `docker-image`: a docker-image task.
// 4. Of kind build, l10n, repackage or partials: that.
// 5. Any other: kInvalidArgument, which asks for --task-type.
absl::StatusOr<TaskType> InferTaskType(const scriptworker::taskcluster::TaskId& task_id,
                                       const scriptworker::taskcluster::TaskDefinition& task,
                                       const Policy& policy, const Product& product);

// The one product whose decision tasks run in the task's trust domain ("gecko" of
// gecko-3/decision). The domain is named by the scheduler (DOMAIN-level-N), the
// provisioner (DOMAIN-N) and the worker type (DOMAIN-N-...), as far as they have
// these forms; all that do must agree. kInvalidArgument, which asks for
// --cot-product: no domain or several, no product of it or several, or a scope of
// the task that only another product restricts.
absl::StatusOr<std::string> InferProduct(const scriptworker::taskcluster::TaskDefinition& task,
                                         const Policy& policy);

}  // namespace cot

#endif  // COT_POLICY_TASK_INFERENCE_H_
