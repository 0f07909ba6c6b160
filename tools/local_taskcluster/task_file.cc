// SPDX-License-Identifier: MPL-2.0
#include "tools/local_taskcluster/task_file.h"

#include <string>
#include <string_view>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/time/time.h"
#include "scriptworker/base/file.h"
#include "scriptworker/base/path.h"
#include "scriptworker/base/status_macros.h"
#include "scriptworker/json/value.h"
#include "scriptworker/json/yaml.h"
#include "scriptworker/taskcluster/task_id.h"
#include "scriptworker/taskcluster/testing/task_builder.h"

namespace scriptworker::tools {

using taskcluster::TaskBuilder;
using taskcluster::TaskId;

absl::StatusOr<TaskFile> ReadTaskFile(std::string_view argument, std::string_view working_directory,
                                      absl::Time now) {
  TaskFile task;
  std::string path(argument);
  if (const size_t equals = argument.find('='); equals != std::string_view::npos) {
    // A path may have a '=', too.
    if (absl::StatusOr<TaskId> id = TaskId::Parse(argument.substr(0, equals)); id.ok()) {
      task.id = *std::move(id);
      path = std::string(argument.substr(equals + 1));
    }
  }
  path = ResolveAgainstWorkingDirectory(path, working_directory);
  SW_ASSIGN_OR_RETURN(const std::string text, ReadFile(path));
  SW_ASSIGN_OR_RETURN(const json::Value members, json::ParseYaml(text, {.source = path}));
  if (!members.is_object()) {
    return absl::InvalidArgumentError(
        absl::StrCat(path, ": expected a task's definition, a mapping"));
  }
  TaskBuilder builder(now);
  const json::Value* queue = members.Find("taskQueueId");
  if (queue != nullptr && queue->is_string()) {
    const std::pair<std::string_view, std::string_view> halves =
        absl::StrSplit(queue->string_value(), absl::MaxSplits('/', 1));
    builder.Queue(halves.first, halves.second);
  }
  // The file's own dates are moved, those that it leaves out are the builder's.
  const json::Value fresh = taskcluster::WithFreshDates(members, now);
  for (const auto& [name, value] : fresh.object()) builder.Set(name, value);
  task.definition = builder.Build();
  return task;
}

}  // namespace scriptworker::tools
