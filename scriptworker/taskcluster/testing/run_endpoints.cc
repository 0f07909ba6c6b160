// SPDX-License-Identifier: MPL-2.0

#include "scriptworker/taskcluster/testing/run_endpoints.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "scriptworker/http/transport.h"
#include "scriptworker/json/value.h"
#include "scriptworker/taskcluster/task_status.h"
#include "scriptworker/taskcluster/testing/api.h"
#include "scriptworker/taskcluster/testing/api_error.h"
#include "scriptworker/taskcluster/testing/queue_state.h"
#include "scriptworker/taskcluster/testing/scopes.h"
#include "scriptworker/taskcluster/testing/task_record.h"
#include "scriptworker/taskcluster/testing/task_store.h"
#include "scriptworker/taskcluster/timestamp.h"

namespace scriptworker::taskcluster::fake {
namespace {

// How often a long poll looks whether its client is still there.
constexpr absl::Duration kLookForClient = absl::Milliseconds(200);

ApiError NotFound(std::string message) {
  return {ApiErrorCode::kResourceNotFound, std::move(message)};
}

ApiError Conflict(std::string message) {
  return {ApiErrorCode::kRequestConflict, std::move(message)};
}

ApiReply StatusReply(const TaskRecord& task) { return {json::Object{{"status", task.Status()}}}; }

// Seconds as JavaScript prints them: no zeros at the end of the fraction.
std::string JsSeconds(absl::Time time) {
  const int64_t ms = absl::ToUnixMillis(time);
  std::string text = absl::StrFormat("%d.%03d", ms / 1000, ms % 1000);
  while (text.back() == '0') text.pop_back();
  if (text.back() == '.') text.pop_back();
  return text;
}

// REQUIRES: the task's last run is claimed.
json::Value RunCredentials(QueueState& state, const TaskRecord& task, absl::Time now) {
  const RunRecord& run = task.runs.back();
  const std::string id = absl::StrCat(task.task_id, "/", task.runs.size() - 1);
  std::vector<std::string> scopes = {absl::StrCat("queue:reclaim-task:", id),
                                     absl::StrCat("queue:resolve-task:", id),
                                     absl::StrCat("queue:create-artifact:", id)};
  scopes.insert(scopes.end(), task.scopes.begin(), task.scopes.end());
  return state.issuer.Issue(absl::StrCat("task-client/", id, "/on/", run.worker_group, "/",
                                         run.worker_id, "/until/", JsSeconds(run.taken_until)),
                            std::move(scopes), now, run.taken_until);
}

// As PostgreSQL prints times in JSON: no zeros at the end of the fraction, and
// the offset in digits.
std::string PostgresTime(absl::Time time) {
  return absl::FormatTime("%E4Y-%m-%dT%H:%M:%E*S+00:00", time, absl::UTCTimeZone());
}

json::Value Claim(QueueState& state, const TaskRecord& task, absl::Time now) {
  const RunRecord& run = task.runs.back();
  return json::Object{{"status", task.Status()},
                      {"runId", task.runs.size() - 1},
                      {"workerGroup", run.worker_group},
                      {"workerId", run.worker_id},
                      {"takenUntil", PostgresTime(run.taken_until)},
                      {"task", task.definition},
                      {"credentials", RunCredentials(state, task, now)}};
}

// Milliseconds, as the queue stores it.
absl::Time TakenUntil(const QueueState& state, absl::Time now) {
  return absl::FromUnixMillis(absl::ToUnixMillis(now + state.times.claim));
}

// Waits for something to claim. REQUIRES: state.mutex is held.
std::vector<TaskRecord*> AwaitWork(QueueState& state, ApiCall& call, const WorkerName& worker,
                                   size_t count, WireReply::Delivery* delivery) {
  const std::string& queue = call.Param("taskQueueId");
  Clock& clock = state.clock;
  const absl::Duration end = clock.Monotonic() + std::min(state.times.poll, call.request.patience);
  while (true) {
    const absl::Time now = clock.Now();
    state.tasks.Sweep(now);
    if (call.request.cancellation.cancelled() ||
        (call.request.is_abandoned != nullptr && call.request.is_abandoned())) {
      *delivery = WireReply::Delivery::kReset;
      return {};
    }
    std::vector<TaskRecord*> claimed =
        state.tasks.ClaimWork(queue, worker, count, now, TakenUntil(state, now));
    const absl::Duration left = end - clock.Monotonic();
    if (!claimed.empty() || state.shut_down) return claimed;
    if (left <= absl::ZeroDuration()) {
      if (state.times.poll > call.request.patience) {
        *delivery = WireReply::Delivery::kNever;
      }
      return {};
    }
    absl::Duration wait = std::min(left, state.tasks.NextDue() - now);
    if (call.request.is_abandoned != nullptr) {
      wait = std::min(wait, kLookForClient);
    }
    const auto stirs = [&state, &queue, &call] {
      return state.shut_down || call.request.cancellation.cancelled() ||
             state.tasks.HasPending(queue);
    };
    clock.AwaitWithTimeout(state.mutex, absl::Condition(&stirs),
                           std::max(wait, absl::Milliseconds(1)));
  }
}

ApiResult ClaimWork(QueueState& state, ApiCall& call) {
  const WorkerName worker{std::string(call.Text("workerGroup")),
                          std::string(call.Text("workerId"))};
  if (auto error = call.Authorize(ScopeExpression::AllOf(
          {ScopeExpression::Scope(absl::StrCat("queue:claim-work:", call.Param("taskQueueId"))),
           ScopeExpression::Scope(
               absl::StrCat("queue:worker-id:", worker.group, "/", worker.id))}));
      error.has_value()) {
    return *std::move(error);
  }
  const json::Value* count = call.payload.Find("tasks");
  ApiReply reply;
  const std::vector<TaskRecord*> claimed =
      AwaitWork(state, call, worker, count == nullptr ? 1 : static_cast<size_t>(count->int_value()),
                &reply.delivery);
  json::Array claims;
  const absl::Time now = state.clock.Now();
  for (const TaskRecord* task : claimed) {
    claims.push_back(Claim(state, *task, now));
  }
  reply.body = json::Object{{"tasks", std::move(claims)}};
  return reply;
}

// The task and run that a call names, or what to answer.
struct FoundRun {
  TaskRecord* task = nullptr;
  size_t run_id = 0;
  ApiError error = {};
};

FoundRun FindRun(QueueState& state, const ApiCall& call, std::string_view question) {
  const std::string& id = call.Param("taskId");
  FoundRun found;
  TaskRecord* task = state.tasks.Find(id);
  if (task == nullptr) {
    found.error = NotFound(absl::StrCat("Task `", id, "` not found. ", question));
    return found;
  }
  const int run_id = call.RunId();
  if (run_id < 0 || static_cast<size_t>(run_id) >= task->runs.size()) {
    found.error = NotFound(absl::StrCat("Run ", run_id, " not found on task `", id, "`."));
    return found;
  }
  found.task = task;
  found.run_id = static_cast<size_t>(run_id);
  return found;
}

constexpr std::string_view kCreated = "Are you sure it was created?";

ApiError NotRunning(const FoundRun& found) {
  return Conflict(absl::StrCat("Run ", found.run_id, " on task `", found.task->task_id,
                               "` is resolved or not running."));
}

bool IsLast(const FoundRun& found) { return found.run_id + 1 == found.task->runs.size(); }

ApiResult ClaimTask(QueueState& state, ApiCall& call) {
  const WorkerName worker{std::string(call.Text("workerGroup")),
                          std::string(call.Text("workerId"))};
  const std::string& id = call.Param("taskId");
  TaskRecord* task = state.tasks.Find(id);
  if (task == nullptr) {
    return NotFound(absl::StrCat("Task `", id, "` not found. ", kCreated));
  }
  if (auto error = call.Authorize(ScopeExpression::AllOf(
          {ScopeExpression::Scope(absl::StrCat("queue:claim-task:", task->task_queue_id)),
           ScopeExpression::Scope(
               absl::StrCat("queue:worker-id:", worker.group, "/", worker.id))}));
      error.has_value()) {
    return *std::move(error);
  }
  if (task->deadline <= call.now) {
    return Conflict(absl::StrCat("Task `", id, "` can't be claimed past its deadline of ",
                                 FormatTimestamp(task->deadline), "."));
  }
  const FoundRun found = FindRun(state, call, kCreated);
  if (found.task == nullptr) return found.error;
  const RunRecord& run = task->runs[found.run_id];
  const bool mine = run.state == TaskState::kRunning && run.worker_group == worker.group &&
                    run.worker_id == worker.id;
  if (!mine &&
      !(IsLast(found) && state.tasks.Claim(*task, worker, call.now, TakenUntil(state, call.now)))) {
    return Conflict(absl::StrCat("Run ", found.run_id, " was already claimed by another worker."));
  }
  return ApiReply{Claim(state, *task, call.now)};
}

ApiResult ReclaimTask(QueueState& state, ApiCall& call) {
  const FoundRun found = FindRun(state, call, kCreated);
  if (found.task == nullptr) return found.error;
  TaskRecord& task = *found.task;
  if (task.runs[found.run_id].state == TaskState::kPending) {
    return ApiError{ApiErrorCode::kInternalServerError,  // genuine
                    "Internal Server Error, incidentId "
                    "00000000-0000-4000-8000-000000000000."};
  }
  if (task.deadline <= call.now) {
    return Conflict(absl::StrCat("Task `", task.task_id,
                                 "` can't be reclaimed past its deadline of ",
                                 FormatTimestamp(task.deadline), "."));
  }
  if (!IsLast(found) || task.state() != TaskState::kRunning) {
    return NotRunning(found);
  }
  state.tasks.Reclaim(task, call.now, TakenUntil(state, call.now));
  const RunRecord& run = task.runs.back();
  return ApiReply{json::Object{{"status", task.Status()},
                               {"runId", found.run_id},
                               {"workerGroup", run.worker_group},
                               {"workerId", run.worker_id},
                               {"takenUntil", FormatTimestamp(run.taken_until)},
                               {"credentials", RunCredentials(state, task, call.now)}}};
}

ApiResult Report(QueueState& state, ApiCall& call, TaskState target) {
  const FoundRun found = FindRun(state, call, kCreated);
  if (found.task == nullptr) return found.error;
  TaskRecord& task = *found.task;
  const TaskState before = task.runs[found.run_id].state;
  if (before != TaskState::kRunning && before != target) {
    return Conflict(absl::StrCat("Run ", found.run_id, " of task `", task.task_id,
                                 "` is not running or ", ToString(target), "."));
  }
  if (!IsLast(found)) return NotRunning(found);
  state.tasks.Resolve(task, target, ToString(target), "", call.now);
  return StatusReply(task);
}

ApiResult ReportException(QueueState& state, ApiCall& call) {
  const FoundRun found = FindRun(state, call, "Are you sure it exists?");
  if (found.task == nullptr) return found.error;
  TaskRecord& task = *found.task;
  const std::string_view reason = call.Text("reason");
  std::string_view retry;
  if (reason == "worker-shutdown") retry = "retry";
  if (reason == "intermittent-task") retry = "task-retry";
  if (IsLast(found)) {
    state.tasks.Resolve(task, TaskState::kException, reason, retry, call.now);
  }
  // The same report once more is fine, also when the next run is already there.
  const RunRecord& run = task.runs[found.run_id];
  if (task.runs.size() > found.run_id + 2 || run.state != TaskState::kException ||
      run.reason_resolved != reason) {
    return NotRunning(found);
  }
  return StatusReply(task);
}

}  // namespace

std::vector<Endpoint> RunEndpoints(QueueState& state) {
  using http::Method;
  const auto bind = [&state](ApiResult (*handler)(QueueState&, ApiCall&)) {
    return [&state, handler](ApiCall& call) { return handler(state, call); };
  };
  const auto report = [&state](TaskState target) {
    return [&state, target](ApiCall& call) { return Report(state, call, target); };
  };
  constexpr std::string_view kResolve = "queue:resolve-task:<taskId>/<runId>";
  return {
      {Method::kPost, "/claim-work/<taskQueueId...>", "claimWork", "", "claim-work-request", false,
       bind(ClaimWork)},
      {Method::kPost, "/task/<taskId>/runs/<runId>/claim", "claimTask", "", "task-claim-request",
       false, bind(ClaimTask)},
      {Method::kPost, "/task/<taskId>/runs/<runId>/reclaim", "reclaimTask",
       "queue:reclaim-task:<taskId>/<runId>", "", false, bind(ReclaimTask)},
      {Method::kPost, "/task/<taskId>/runs/<runId>/completed", "reportCompleted", kResolve, "",
       false, report(TaskState::kCompleted)},
      {Method::kPost, "/task/<taskId>/runs/<runId>/failed", "reportFailed", kResolve, "", false,
       report(TaskState::kFailed)},
      {Method::kPost, "/task/<taskId>/runs/<runId>/exception", "reportException", kResolve,
       "task-exception-request", false, bind(ReportException)},
  };
}

}  // namespace scriptworker::taskcluster::fake
