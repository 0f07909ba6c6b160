// SPDX-License-Identifier: MPL-2.0

#include "scriptworker/taskcluster/testing/task_store.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/time/time.h"
#include "scriptworker/taskcluster/task_status.h"
#include "scriptworker/taskcluster/testing/queue_event.h"
#include "scriptworker/taskcluster/testing/task_record.h"

namespace scriptworker::taskcluster::fake {
namespace {

QueueEvent::Kind ResolutionEvent(TaskState state) {
  if (state == TaskState::kCompleted) return QueueEvent::Kind::kCompleted;
  if (state == TaskState::kFailed) return QueueEvent::Kind::kFailed;
  return QueueEvent::Kind::kException;
}

}  // namespace

TaskRecord* TaskStore::Find(std::string_view task_id) {
  const auto found = tasks_.find(task_id);
  return found == tasks_.end() ? nullptr : found->second.get();
}

const TaskGroup* TaskStore::FindGroup(std::string_view group_id) const {
  const auto found = groups_.find(group_id);
  return found == groups_.end() ? nullptr : &found->second;
}

std::vector<TaskRecord*> TaskStore::Dependents(std::string_view task_id) {
  const auto found = dependents_.find(task_id);
  return found == dependents_.end() ? std::vector<TaskRecord*>() : found->second;
}

TaskRecord& TaskStore::Create(TaskRecord record, absl::Time now) {
  auto owned = std::make_unique<TaskRecord>(std::move(record));
  TaskRecord& task = *owned;
  task.order = next_order_++;
  tasks_.emplace(task.task_id, std::move(owned));
  TaskGroup& group = groups_[task.task_group_id];
  if (group.task_ids.empty()) group.expires = task.expires;
  group.scheduler_id = task.scheduler_id;
  group.expires = std::max(group.expires, task.expires);
  group.task_ids.push_back(task.task_id);
  for (const std::string& dependency : task.dependencies) {
    dependents_[dependency].push_back(&task);
  }
  due_.emplace(task.deadline, &task);
  Emit(QueueEvent::Kind::kDefined, task, "", now);
  if (!Blocked(task)) AddRun(task, "scheduled", now);
  return task;
}

void TaskStore::Schedule(TaskRecord& task, absl::Time now) {
  if (task.runs.empty()) AddRun(task, "scheduled", now);
}

void TaskStore::Rerun(TaskRecord& task, absl::Time now) {
  if (task.runs.size() >= kMaxRuns) return;
  if (!task.runs.empty() && !task.resolved()) return;
  AddRun(task, "rerun", now);
  task.retries_left = std::min(task.retries, static_cast<int64_t>(kMaxRuns - task.runs.size()));
}

void TaskStore::Cancel(TaskRecord& task, absl::Time now) { EndByForce(task, "canceled", now); }

bool TaskStore::HasPending(std::string_view task_queue_id) const {
  const auto found = pending_.find(task_queue_id);
  return found != pending_.end() && !found->second.empty();
}

std::vector<TaskRecord*> TaskStore::ClaimWork(std::string_view task_queue_id,
                                              const WorkerName& worker, size_t count,
                                              absl::Time now, absl::Time taken_until) {
  std::vector<TaskRecord*> claimed;
  while (claimed.size() < count && HasPending(task_queue_id)) {
    const auto& queue = pending_.find(task_queue_id)->second;
    TaskRecord* task = Find(std::get<std::string>(*queue.begin()));
    Claim(*task, worker, now, taken_until);
    claimed.push_back(task);
  }
  return claimed;
}

bool TaskStore::Claim(TaskRecord& task, const WorkerName& worker, absl::Time now,
                      absl::Time taken_until) {
  if (task.state() != TaskState::kPending) return false;
  Unlist(task);
  RunRecord& run = task.runs.back();
  run.state = TaskState::kRunning;
  run.worker_group = worker.group;
  run.worker_id = worker.id;
  run.started = now;
  run.taken_until = taken_until;
  due_.emplace(taken_until, &task);
  Emit(QueueEvent::Kind::kRunning, task, worker.id, now);
  return true;
}

void TaskStore::Reclaim(TaskRecord& task, absl::Time now, absl::Time taken_until) {
  task.runs.back().taken_until = taken_until;
  due_.emplace(taken_until, &task);
  Emit(QueueEvent::Kind::kReclaimed, task, task.runs.back().worker_id, now);
}

void TaskStore::Resolve(TaskRecord& task, TaskState state, std::string_view reason,
                        std::string_view retry, absl::Time now) {
  if (task.state() == TaskState::kRunning) {
    EndRun(task, state, reason, retry, now);
  }
}

void TaskStore::Sweep(absl::Time now) {
  while (!due_.empty() && due_.begin()->first <= now) {
    TaskRecord& task = *due_.begin()->second;
    due_.erase(due_.begin());
    if (task.resolved()) continue;
    if (task.deadline <= now) {
      EndByForce(task, "deadline-exceeded", now);
    } else if (task.state() == TaskState::kRunning && task.runs.back().taken_until <= now) {
      EndRun(task, TaskState::kException, "claim-expired", "retry", now);
    }
  }
}

absl::Time TaskStore::NextDue() const {
  return due_.empty() ? absl::InfiniteFuture() : due_.begin()->first;
}

std::optional<QueueEvent> TaskStore::TakeEvent() {
  if (events_.empty()) return std::nullopt;
  QueueEvent event = std::move(events_.front());
  events_.pop_front();
  return event;
}

void TaskStore::AddRun(TaskRecord& task, std::string_view reason, absl::Time now) {
  RunRecord run;
  run.reason_created = std::string(reason);
  run.scheduled = now;
  task.runs.push_back(std::move(run));
  PendingKey key{PriorityRank(task.priority), next_order_++, task.task_id};
  pending_[task.task_queue_id].insert(key);
  pending_keys_[task.task_id] = std::move(key);
  Emit(QueueEvent::Kind::kPending, task, reason, now);
}

void TaskStore::Unlist(TaskRecord& task) {
  const auto found = pending_keys_.find(task.task_id);
  if (found == pending_keys_.end()) return;
  pending_[task.task_queue_id].erase(found->second);
  pending_keys_.erase(found);
}

void TaskStore::EndRun(TaskRecord& task, TaskState state, std::string_view reason,
                       std::string_view retry, absl::Time now) {
  Unlist(task);
  RunRecord& run = task.runs.back();
  run.state = state;
  run.reason_resolved = std::string(reason);
  run.resolved = now;
  Emit(ResolutionEvent(state), task, reason, now);
  if (!retry.empty() && task.retries_left > 0 && task.runs.size() < kMaxRuns) {
    --task.retries_left;
    AddRun(task, retry, now);
  } else {
    Unblock(task, now);
  }
}

void TaskStore::EndByForce(TaskRecord& task, std::string_view reason, absl::Time now) {
  if (task.resolved()) return;
  if (task.runs.empty()) {
    // Only to have something to resolve: this run is never pending.
    RunRecord run;
    run.reason_created = "exception";
    run.scheduled = now;
    task.runs.push_back(std::move(run));
  }
  EndRun(task, TaskState::kException, reason, /*retry=*/"", now);
}

void TaskStore::Unblock(const TaskRecord& resolved, absl::Time now) {
  for (TaskRecord* dependent : Dependents(resolved.task_id)) {
    if (dependent->runs.empty() && !Blocked(*dependent)) {
      AddRun(*dependent, "scheduled", now);
    }
  }
}

bool TaskStore::Blocked(const TaskRecord& task) const {
  for (const std::string& id : task.dependencies) {
    const auto found = tasks_.find(id);
    if (found == tasks_.end()) return true;
    const TaskRecord& dependency = *found->second;
    const bool satisfied = task.requires_completed ? dependency.state() == TaskState::kCompleted
                                                   : dependency.resolved();
    if (!satisfied) return true;
  }
  return false;
}

void TaskStore::Emit(QueueEvent::Kind kind, const TaskRecord& task, std::string_view detail,
                     absl::Time now) {
  events_.push_back({.kind = kind,
                     .time = now,
                     .task_id = task.task_id,
                     .run_id = static_cast<int>(task.runs.size()) - 1,
                     .detail = std::string(detail)});
}

}  // namespace scriptworker::taskcluster::fake
