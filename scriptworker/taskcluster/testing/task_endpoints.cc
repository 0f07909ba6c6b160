// SPDX-License-Identifier: MPL-2.0

#include "scriptworker/taskcluster/testing/task_endpoints.h"

#include <algorithm>
#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "scriptworker/http/transport.h"
#include "scriptworker/json/value.h"
#include "scriptworker/taskcluster/task_status.h"
#include "scriptworker/taskcluster/testing/api.h"
#include "scriptworker/taskcluster/testing/api_error.h"
#include "scriptworker/taskcluster/testing/new_task.h"
#include "scriptworker/taskcluster/testing/page.h"
#include "scriptworker/taskcluster/testing/queue_state.h"
#include "scriptworker/taskcluster/testing/scopes.h"
#include "scriptworker/taskcluster/testing/task_record.h"
#include "scriptworker/taskcluster/timestamp.h"

namespace scriptworker::taskcluster::fake {
namespace {

constexpr absl::Duration kGroupOutlives = absl::Hours(1);

ApiError NotFound(std::string message) {
  return {ApiErrorCode::kResourceNotFound, std::move(message)};
}

ApiError Conflict(std::string message) {
  return {ApiErrorCode::kRequestConflict, std::move(message)};
}

ApiReply StatusReply(const TaskRecord& task) { return {json::Object{{"status", task.Status()}}}; }

json::Value DefinitionAndStatus(const TaskRecord& task) {
  return json::Object{{"status", task.Status()}, {"task", task.definition}};
}

// What may change a task from outside: "cancel", "schedule" or "rerun".
ScopeExpression ScopesToChange(std::string_view verb, const TaskRecord& task) {
  const std::string group = absl::StrCat(task.scheduler_id, "/", task.task_group_id);
  return ScopeExpression::AnyOf({
      ScopeExpression::Scope(absl::StrCat("queue:", verb, "-task:", group, "/", task.task_id)),
      ScopeExpression::Scope(absl::StrCat("queue:", verb, "-task-in-project:", task.project_id)),
      ScopeExpression::AllOf({ScopeExpression::Scope(absl::StrCat("queue:", verb, "-task")),
                              ScopeExpression::Scope(absl::StrCat("assume:scheduler-id:", group))}),
  });
}

// As the queue's database sorts: without regard to case, marks before digits
// before letters.
std::string CollationKey(std::string_view id) {
  std::string key;
  for (const char c : id) {
    if (c == '_') {
      key += "\x01";
    } else if (c == '-') {
      key += "\x02";
    } else {
      key.push_back(absl::ascii_tolower(static_cast<unsigned char>(c)));
    }
  }
  return key;
}

ApiResult Ping(const QueueState& state) {
  return ApiReply{
      json::Object{{"alive", true}, {"uptime", absl::ToDoubleSeconds(state.clock.Monotonic())}}};
}

ApiResult GetTask(QueueState& state, ApiCall& call) {
  const std::string& id = call.Param("taskId");
  const TaskRecord* task = state.tasks.Find(id);
  if (task != nullptr) return ApiReply{task->definition};
  return NotFound(absl::StrCat("`", id,
                               "` does not correspond to a task that exists.\n"
                               "Are you sure this task has already been "
                               "submitted?"));
}

ApiResult GetStatus(QueueState& state, ApiCall& call) {
  const std::string& id = call.Param("taskId");
  const TaskRecord* task = state.tasks.Find(id);
  if (task != nullptr) return StatusReply(*task);
  return NotFound(absl::StrCat("`", id,
                               "` does not correspond to a task that exists.\n"
                               "Are you sure this task exists?"));
}

// tasks and statuses: of several, those that do not exist left out.
ApiResult GetSeveral(QueueState& state, ApiCall& call, std::string_view scope_prefix,
                     std::string_view list_name, std::string_view member,
                     json::Value (*describe)(const TaskRecord&)) {
  std::vector<std::string> ids;
  if (const json::Value* list = call.payload.Find("taskIds"); list != nullptr) {
    for (const json::Value& id : list->array()) {
      ids.emplace_back(id.string_value());
    }
  }
  std::vector<ScopeExpression> required;
  for (const std::string& id : ids) {
    required.push_back(ScopeExpression::Scope(absl::StrCat(scope_prefix, id)));
  }
  if (auto error = call.Authorize(ScopeExpression::AllOf(std::move(required))); error.has_value()) {
    return *std::move(error);
  }
  json::Array found;
  for (const std::string& id : ids) {
    const TaskRecord* task = state.tasks.Find(id);
    if (task == nullptr) continue;
    found.push_back(json::Object{{"taskId", id}, {member, describe(*task)}});
  }
  return ApiReply{json::Object{{list_name, std::move(found)}}};
}

ApiResult CreateTask(QueueState& state, ApiCall& call) {
  const std::string& id = call.Param("taskId");
  auto definition = CompleteDefinition(id, call.payload);
  if (auto* error = std::get_if<ApiError>(&definition)) {
    return *std::move(error);
  }
  const json::Value& complete = std::get<json::Value>(definition);
  // From here on, errors quote the completed payload; the group comes later.
  const bool has_group = call.payload.Find("taskGroupId") != nullptr;
  call.payload = complete;
  if (!has_group) call.payload.mutable_object()->Erase("taskGroupId");
  if (auto error = call.Authorize(ScopesToCreate(complete)); error.has_value()) {
    return *std::move(error);
  }
  call.payload = complete;
  auto added = AddTask(id, complete, state.tasks, call.now);
  if (auto* error = std::get_if<ApiError>(&added)) return *std::move(error);
  return StatusReply(*std::get<TaskRecord*>(added));
}

ApiResult ScheduleTask(QueueState& state, ApiCall& call) {
  const std::string& id = call.Param("taskId");
  TaskRecord* task = state.tasks.Find(id);
  if (task == nullptr) {
    return NotFound(absl::StrCat("taskId `", id, "` not found. Are you sure it exists?"));
  }
  if (auto error = call.Authorize(ScopesToChange("schedule", *task)); error.has_value()) {
    return *std::move(error);
  }
  if (task->deadline < call.now) {
    return Conflict(absl::StrCat("Task `", id, "` can't be scheduled past its deadline at ",
                                 FormatTimestamp(task->deadline), "."));
  }
  state.tasks.Schedule(*task, call.now);
  return StatusReply(*task);
}

ApiResult RerunTask(QueueState& state, ApiCall& call) {
  const std::string& id = call.Param("taskId");
  TaskRecord* task = state.tasks.Find(id);
  if (task == nullptr) {
    return NotFound(
        absl::StrCat("`", id,
                     "` does not correspond to a task that exists.\nAre you sure this task "
                     "has been submitted before?"));
  }
  if (auto error = call.Authorize(ScopesToChange("rerun", *task)); error.has_value()) {
    return *std::move(error);
  }
  if (task->deadline < call.now) {
    return Conflict(absl::StrCat("Task `", id, "` can't be rescheduled past its deadline of ",
                                 FormatTimestamp(task->deadline), "."));
  }
  state.tasks.Rerun(*task, call.now);
  if (task->resolved()) {
    return Conflict(absl::StrCat("Maximum number of runs reached (", TaskStore::kMaxRuns, ")."));
  }
  return StatusReply(*task);
}

ApiResult CancelTask(QueueState& state, ApiCall& call) {
  const std::string& id = call.Param("taskId");
  TaskRecord* task = state.tasks.Find(id);
  if (task == nullptr) {
    return NotFound(absl::StrCat("Task `", id, "` not found. Are you sure it was created?"));
  }
  if (auto error = call.Authorize(ScopesToChange("cancel", *task)); error.has_value()) {
    return *std::move(error);
  }
  if (task->deadline < call.now) {
    return Conflict(absl::StrCat("Task `", id, "` can't be canceled past its deadline of ",
                                 FormatTimestamp(task->deadline), "."));
  }
  state.tasks.Cancel(*task, call.now);
  return StatusReply(*task);
}

// Puts a page of `tasks` into `answer`. False: the page has no entries.
bool AddPage(const ApiCall& call, const std::vector<const TaskRecord*>& tasks,
             json::Object& answer) {
  const std::optional<size_t> size = PageSize(call);
  if (!size.has_value()) return false;
  const auto token = call.query.find("continuationToken");
  const size_t begin = token == call.query.end() ? 0 : OffsetInToken(token->second);
  json::Array page;
  size_t i = std::min(begin, tasks.size());
  for (; i < tasks.size() && page.size() < *size; ++i) {
    page.push_back(DefinitionAndStatus(*tasks[i]));
  }
  answer.Set("tasks", std::move(page));
  if (i < tasks.size()) answer.Set("continuationToken", OffsetToken(i));
  return true;
}

ApiError EmptyPage() {
  return {ApiErrorCode::kInternalServerError,
          "Internal Server Error, incidentId "
          "00000000-0000-4000-8000-000000000000."};
}

ApiResult ListTaskGroup(QueueState& state, ApiCall& call) {
  const std::string& id = call.Param("taskGroupId");
  const TaskGroup* group = state.tasks.FindGroup(id);
  if (group == nullptr) {
    return NotFound(absl::StrCat("No task-group with taskGroupId: `", id, "`"));
  }
  std::vector<const TaskRecord*> tasks;
  for (const std::string& task_id : group->task_ids) {
    tasks.push_back(state.tasks.Find(task_id));
  }
  std::sort(tasks.begin(), tasks.end(), [](const TaskRecord* a, const TaskRecord* b) {
    return CollationKey(a->task_id) < CollationKey(b->task_id);
  });
  json::Object answer{{"taskGroupId", id},
                      {"schedulerId", group->scheduler_id},
                      {"expires", FormatTimestamp(group->expires + kGroupOutlives)}};
  if (!AddPage(call, tasks, answer)) return EmptyPage();
  return ApiReply{std::move(answer)};
}

ApiResult ListDependentTasks(QueueState& state, ApiCall& call) {
  const std::string& id = call.Param("taskId");
  if (state.tasks.Find(id) == nullptr) {
    return NotFound(absl::StrCat("Task with taskId: `", id, "` was not found"));
  }
  std::vector<const TaskRecord*> tasks;
  for (const TaskRecord* task : state.tasks.Dependents(id)) {
    tasks.push_back(task);
  }
  json::Object answer{{"taskId", id}};
  if (!AddPage(call, tasks, answer)) return EmptyPage();
  return ApiReply{std::move(answer)};
}

}  // namespace

std::vector<Endpoint> TaskEndpoints(QueueState& state) {
  using http::Method;
  const auto bind = [&state](ApiResult (*handler)(QueueState&, ApiCall&)) {
    return [&state, handler](ApiCall& call) { return handler(state, call); };
  };
  return {
      {Method::kGet, "/ping", "ping", "", "", false, [&state](ApiCall&) { return Ping(state); }},
      {Method::kGet, "/task/<taskId>", "task", "queue:get-task:<taskId>", "", false, bind(GetTask)},
      {Method::kGet, "/task/<taskId>/status", "status", "queue:status:<taskId>", "", false,
       bind(GetStatus)},
      {Method::kPost, "/tasks", "tasks", "", "tasks-request", true,
       [&state](ApiCall& call) {
         return GetSeveral(state, call, "queue:get-task:", "tasks", "task",
                           [](const TaskRecord& task) { return task.definition; });
       }},
      {Method::kPost, "/tasks/status", "statuses", "", "tasks-request", true,
       [&state](ApiCall& call) {
         return GetSeveral(state, call, "queue:status:", "statuses", "status",
                           [](const TaskRecord& task) { return task.Status(); });
       }},
      {Method::kPut, "/task/<taskId>", "createTask", "", "create-task-request", false,
       bind(CreateTask)},
      {Method::kPost, "/task/<taskId>/schedule", "scheduleTask", "", "", false, bind(ScheduleTask)},
      {Method::kPost, "/task/<taskId>/rerun", "rerunTask", "", "", false, bind(RerunTask)},
      {Method::kPost, "/task/<taskId>/cancel", "cancelTask", "", "", false, bind(CancelTask)},
      {Method::kGet, "/task-group/<taskGroupId>/list", "listTaskGroup",
       "queue:list-task-group:<taskGroupId>", "", true, bind(ListTaskGroup)},
      {Method::kGet, "/task/<taskId>/dependents", "listDependentTasks",
       "queue:list-dependent-tasks:<taskId>", "", true, bind(ListDependentTasks)},
  };
}

}  // namespace scriptworker::taskcluster::fake
