// SPDX-License-Identifier: MPL-2.0

#include "scriptworker/taskcluster/testing/new_task.h"

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/time/time.h"
#include "scriptworker/json/value.h"
#include "scriptworker/taskcluster/testing/api_error.h"
#include "scriptworker/taskcluster/testing/request_schema.h"
#include "scriptworker/taskcluster/testing/scopes.h"
#include "scriptworker/taskcluster/testing/task_record.h"
#include "scriptworker/taskcluster/testing/task_store.h"
#include "scriptworker/taskcluster/timestamp.h"

namespace scriptworker::taskcluster::fake {
namespace {

constexpr absl::Duration kMaxDrift = absl::Minutes(15);
constexpr absl::Duration kMaxDeadline = absl::Hours(5 * 24);

// The members of a definition in the order in which the queue gives them.
constexpr std::string_view kMembers[] = {
    "provisionerId", "workerType",   "taskQueueId", "schedulerId", "projectId",
    "taskGroupId",   "dependencies", "requires",    "routes",      "priority",
    "retries",       "created",      "deadline",    "expires",     "scopes",
    "payload",       "metadata",     "tags",        "extra"};

ApiError InputError(std::string message) { return {ApiErrorCode::kInputError, std::move(message)}; }

std::string_view Text(const json::Value& object, std::string_view key) {
  const json::Value* value = object.Find(key);
  return value != nullptr && value->is_string() ? value->string_value() : "";
}

std::vector<std::string> Strings(const json::Value& object, std::string_view key) {
  std::vector<std::string> strings;
  const json::Value* value = object.Find(key);
  if (value == nullptr || !value->is_array()) return strings;
  for (const json::Value& one : value->array()) {
    strings.emplace_back(one.string_value());
  }
  return strings;
}

absl::Time TimeOf(const json::Value& definition, std::string_view key) {
  return ParseTimestamp(Text(definition, key)).value_or(absl::InfinitePast());
}

std::optional<ApiError> CheckTimes(const json::Value& definition, absl::Time now) {
  const absl::Time created = TimeOf(definition, "created");
  const absl::Time deadline = TimeOf(definition, "deadline");
  if (created < now - kMaxDrift) {
    return InputError("`created` cannot be in the past (max 15min drift)");
  }
  if (created > now + kMaxDrift) {
    return InputError("`created` cannot be in the future (max 15min drift)");
  }
  if (created > deadline) {  // sic
    return InputError("`deadline` cannot be later than `created`");
  }
  if (deadline < now) return InputError("`deadline` cannot be in the past");
  if (deadline > now + kMaxDeadline + kMaxDrift) {
    return InputError("`deadline` cannot be more than 5 days into the future");
  }
  if (deadline > TimeOf(definition, "expires")) {
    return InputError("`expires` cannot be before `deadline`");
  }
  return std::nullopt;
}

std::optional<ApiError> CheckDependencies(const TaskRecord& task, TaskStore& tasks) {
  std::string missing;
  for (const std::string& id : task.dependencies) {
    if (id != task.task_id && tasks.Find(id) == nullptr) {
      absl::StrAppend(&missing, " * ", id, "\n");
    }
  }
  if (missing.empty()) return std::nullopt;
  return InputError(
      absl::StrCat("`task.dependencies` references non-existing tasks: \n", missing,
                   "All taskIds in `task.dependencies` **must** exist\nbefore the task is "
                   "created.\n"));
}

}  // namespace

std::variant<json::Value, ApiError> CompleteDefinition(std::string_view task_id,
                                                       const json::Value& payload) {
  const json::Value with_defaults = WithDefaults("create-task-request", payload);
  json::Object draft = with_defaults.object();
  const std::string queue = std::string(Text(payload, "taskQueueId"));
  const std::string split =
      absl::StrCat(Text(payload, "provisionerId"), "/", Text(payload, "workerType"));
  const bool has_split = split.front() != '/' && split.back() != '/';
  if (has_split && !queue.empty() && queue != split) {
    return InputError("taskQueueId must match \"provisionerId/workerType\"");
  }
  if (has_split) {
    draft.Set("taskQueueId", split);
  } else if (!queue.empty()) {
    const std::pair<std::string_view, std::string_view> parts =
        absl::StrSplit(queue, absl::MaxSplits('/', 1));
    draft.Set("provisionerId", parts.first);
    draft.Set("workerType", parts.second);
  } else {
    return InputError(
        "at least a provisionerId and a workerType or a taskQueueId must be "
        "provided\"");
  }
  if (!draft.contains("taskGroupId")) draft.Set("taskGroupId", task_id);
  if (!draft.contains("expires")) {
    const absl::CivilSecond deadline =
        absl::ToCivilSecond(TimeOf(with_defaults, "deadline"), absl::UTCTimeZone());
    const absl::CivilSecond expires(deadline.year() + 1, deadline.month(), deadline.day(),
                                    deadline.hour(), deadline.minute(), deadline.second());
    draft.Set("expires", FormatTimestamp(absl::FromCivil(expires, absl::UTCTimeZone())));
  }
  json::Object definition;
  for (std::string_view key : kMembers) {
    const json::Value* value = draft.Find(key);
    if (value != nullptr) definition.Set(key, *value);
  }
  for (std::string_view key : {"created", "deadline", "expires"}) {
    definition.Set(key, FormatTimestamp(TimeOf(draft, key)));
  }
  return json::Value(std::move(definition));
}

ScopeExpression ScopesToCreate(const json::Value& definition) {
  std::vector<ScopeExpression> all;
  for (std::string& scope : Strings(definition, "scopes")) {
    all.push_back(ScopeExpression::Scope(std::move(scope)));
  }
  for (const std::string& route : Strings(definition, "routes")) {
    all.push_back(ScopeExpression::Scope(absl::StrCat("queue:route:", route)));
  }
  all.push_back(ScopeExpression::Scope(
      absl::StrCat("queue:create-task:project:", Text(definition, "projectId"))));
  all.push_back(
      ScopeExpression::Scope(absl::StrCat("queue:scheduler-id:", Text(definition, "schedulerId"))));
  std::vector<ScopeExpression> any;
  for (const std::string& priority : PrioritiesDownTo(Text(definition, "priority"))) {
    any.push_back(ScopeExpression::Scope(
        absl::StrCat("queue:create-task:", priority, ":", Text(definition, "taskQueueId"))));
  }
  all.push_back(ScopeExpression::AnyOf(std::move(any)));
  return ScopeExpression::AllOf(std::move(all));
}

std::variant<TaskRecord*, ApiError> AddTask(std::string_view task_id, const json::Value& definition,
                                            TaskStore& tasks, absl::Time now) {
  if (auto error = CheckTimes(definition, now); error.has_value()) {
    return *std::move(error);
  }
  for (const std::string& scope : Strings(definition, "scopes")) {
    if (absl::EndsWith(scope, "**")) {
      return InputError("scopes must not end with `**`");
    }
  }
  absl::StatusOr<TaskRecord> task = TaskRecord::FromDefinition(task_id, definition);
  if (!task.ok()) return InputError(std::string(task.status().message()));
  const TaskGroup* group = tasks.FindGroup(task->task_group_id);
  if (group != nullptr && group->scheduler_id != task->scheduler_id) {
    return ApiError{
        ApiErrorCode::kRequestConflict,
        absl::StrCat("Task group `", task->task_group_id,
                     "` contains tasks with a schedulerId other\nthan `", task->scheduler_id,
                     "`. All tasks in the same task-group must have\nthe same "
                     "schedulerId.")};
  }
  if (TaskRecord* existing = tasks.Find(task_id); existing != nullptr) {
    if (existing->definition == definition) return existing;
    return ApiError{ApiErrorCode::kRequestConflict,
                    absl::StrCat("taskId `", task_id,
                                 "` already used by another task.\nThis could be the "
                                 "result of faulty idempotency!")};
  }
  if (auto error = CheckDependencies(*task, tasks); error.has_value()) {
    return *std::move(error);
  }
  return &tasks.Create(*std::move(task), now);
}

}  // namespace scriptworker::taskcluster::fake
