// SPDX-License-Identifier: MPL-2.0
#include "cot/evidence/cot_task_binding.h"

#include <array>
#include <string>
#include <string_view>
#include <utility>

#include "absl/strings/str_cat.h"
#include "scriptworker/json/array.h"
#include "scriptworker/json/member.h"
#include "scriptworker/json/object.h"

namespace cot {
namespace {

using scriptworker::json::Object;
using scriptworker::json::Value;

constexpr std::array<std::string_view, 2> kRewritten = {"projectId", "priority"};

// What the queue fills in (queue's create-task-request schema).
Object Defaults() {
  return {{"dependencies", Value(scriptworker::json::Array())},
          {"requires", "all-completed"},
          {"routes", Value(scriptworker::json::Array())},
          {"retries", 5},
          {"scopes", Value(scriptworker::json::Array())},
          {"tags", Value(Object())},
          {"extra", Value(Object())},
          {"schedulerId", "-"}};
}

// One way to name the task queue.
void NormalizeTaskQueue(Object& task) {
  const Value* provisioner = task.Find("provisionerId");
  const Value* worker_type = task.Find("workerType");
  if (!task.contains("taskQueueId") && provisioner != nullptr && provisioner->is_string() &&
      worker_type != nullptr && worker_type->is_string()) {
    task.Set("taskQueueId",
             Value(absl::StrCat(provisioner->string_value(), "/", worker_type->string_value())));
  }
  task.Erase("provisionerId");
  task.Erase("workerType");
}

Value Normalized(const Value& task) {
  if (!task.is_object()) return task;
  Object result = task.object();
  for (std::string_view key : kRewritten) result.Erase(key);
  NormalizeTaskQueue(result);
  for (const scriptworker::json::Member& filled : Defaults()) {
    if (!result.contains(filled.key())) {
      result.Set(filled.key(), filled.value());
    }
  }
  return Value(std::move(result));
}

}  // namespace

scriptworker::json::Differences TaskDifferences(const Value& queue_task, const Value& cot_task) {
  return scriptworker::json::Diff(Normalized(queue_task), Normalized(cot_task));
}

}  // namespace cot
