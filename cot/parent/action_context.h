// SPDX-License-Identifier: MPL-2.0
#ifndef COT_PARENT_ACTION_CONTEXT_H_
#define COT_PARENT_ACTION_CONTEXT_H_

#include "absl/status/statusor.h"
#include "cot/chain/link.h"
#include "cot/chain/tasks_for.h"
#include "cot/parent/jsone_context.h"
#include "scriptworker/json/object.h"
#include "scriptworker/json/value.h"
#include "scriptworker/jsone/limits.h"

namespace cot {

// Wraps what an action task is rendered with: the hook's payload as it was sent,
// and the variables that the hook takes out of it. `variables` are those of the
// action's own context; `actions` is the decision task's public/actions.json.
// Violations: kActionNotFound, kUnknownActionKind, kMalformedEvidence,
// kJsoneError (also for a budget that is used up). Pure but for the budget.
absl::StatusOr<RenderInput> WrapAction(const Link& parent, const Link& decision, TasksFor tasks_for,
                                       const scriptworker::json::Object& variables,
                                       const scriptworker::json::Value& actions,
                                       scriptworker::jsone::Budget& budget);

}  // namespace cot

#endif  // COT_PARENT_ACTION_CONTEXT_H_
