// SPDX-License-Identifier: MPL-2.0
#include "scriptworker/client/task_file.h"

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "cot/evidence/work_layout.h"
#include "scriptworker/base/file.h"
#include "scriptworker/base/path.h"
#include "scriptworker/base/status_macros.h"
#include "scriptworker/client/script_error.h"
#include "scriptworker/json/json.h"
#include "scriptworker/json/json_reader.h"
#include "scriptworker/json/value.h"

namespace scriptworker::client {
namespace {

absl::StatusOr<json::Value> Read(const std::string& path) {
  SW_ASSIGN_OR_RETURN(const std::string text, ReadFile(path));
  SW_ASSIGN_OR_RETURN(json::Value task, json::Parse(text, {.source = path}));
  SW_RETURN_IF_ERROR(json::Reader(task, path).CheckObject());
  return task;
}

}  // namespace

absl::StatusOr<json::Value> ReadTask(const ScriptConfig& config) {
  SW_ASSIGN_OR_RETURN(const std::string work_dir, config.WorkDir());
  const std::string path = JoinPath(work_dir, cot::kTaskFileName);
  absl::StatusOr<json::Value> task = Read(path);
  if (task.ok()) return task;
  return ScriptError(ErrorKind::kTask,
                     absl::StrCat("Can't read task from ", path, "!\n", task.status().message()));
}

}  // namespace scriptworker::client
