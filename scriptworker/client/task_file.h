// SPDX-License-Identifier: MPL-2.0

#ifndef SCRIPTWORKER_CLIENT_TASK_FILE_H_
#define SCRIPTWORKER_CLIENT_TASK_FILE_H_

#include "absl/status/statusor.h"
#include "scriptworker/client/script_config.h"
#include "scriptworker/json/value.h"

namespace scriptworker::client {

// The task's definition, which the worker has left as `work_dir`/task.json.
// ErrorKind::kTask, "Can't read task from PATH!" and the reason in a second
// line, if it cannot be read or is no JSON object.
absl::StatusOr<json::Value> ReadTask(const ScriptConfig& config);

}  // namespace scriptworker::client

#endif  // SCRIPTWORKER_CLIENT_TASK_FILE_H_
