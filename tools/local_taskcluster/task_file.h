// SPDX-License-Identifier: MPL-2.0
//
// Tasks in files, for whoever tries out a script.

#ifndef TOOLS_LOCAL_TASKCLUSTER_TASK_FILE_H_
#define TOOLS_LOCAL_TASKCLUSTER_TASK_FILE_H_

#include <optional>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "scriptworker/json/value.h"
#include "scriptworker/taskcluster/task_id.h"

namespace scriptworker::tools {

struct TaskFile {
  std::optional<taskcluster::TaskId> id;  // none: one that is made up
  json::Value definition;
};

// `argument` is FILE, or TASKID=FILE: a YAML or JSON file with a task's
// definition, or with as much of it as matters: TaskBuilder gives the rest. Its dates
// are moved so that it was created at `now`. A relative path begins at
// `working_directory`. Errors name the file and what is wrong.
absl::StatusOr<TaskFile> ReadTaskFile(std::string_view argument, std::string_view working_directory,
                                      absl::Time now);

}  // namespace scriptworker::tools

#endif  // TOOLS_LOCAL_TASKCLUSTER_TASK_FILE_H_
