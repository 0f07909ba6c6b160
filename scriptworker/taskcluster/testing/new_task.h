// SPDX-License-Identifier: MPL-2.0
//
// createTask, without HTTP and scopes.

#ifndef SCRIPTWORKER_TASKCLUSTER_TESTING_NEW_TASK_H_
#define SCRIPTWORKER_TASKCLUSTER_TESTING_NEW_TASK_H_

#include <string_view>
#include <variant>

#include "absl/time/time.h"
#include "scriptworker/json/value.h"
#include "scriptworker/taskcluster/testing/api_error.h"
#include "scriptworker/taskcluster/testing/scopes.h"
#include "scriptworker/taskcluster/testing/task_record.h"
#include "scriptworker/taskcluster/testing/task_store.h"

namespace scriptworker::taskcluster::fake {

// `payload` with defaults and both names of its queue. REQUIRES: it fits the
// schema of createTask.
std::variant<json::Value, ApiError> CompleteDefinition(std::string_view task_id,
                                                       const json::Value& payload);

// What its creator needs. `definition` is complete.
ScopeExpression ScopesToCreate(const json::Value& definition);

// Checks the rest of createTask's rules and adds the task, unless the very same
// is there.
std::variant<TaskRecord*, ApiError> AddTask(std::string_view task_id, const json::Value& definition,
                                            TaskStore& tasks, absl::Time now);

}  // namespace scriptworker::taskcluster::fake

#endif  // SCRIPTWORKER_TASKCLUSTER_TESTING_NEW_TASK_H_
