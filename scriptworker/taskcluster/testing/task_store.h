// SPDX-License-Identifier: MPL-2.0
//
// The queue's tasks and the rules by which they change state:
//
//   unscheduled -> pending -> running -> completed | failed | exception
//
// with a new pending run after claim-expired, worker-shutdown and
// intermittent-task while retries are left. No HTTP, no credentials.

#ifndef SCRIPTWORKER_TASKCLUSTER_TESTING_TASK_STORE_H_
#define SCRIPTWORKER_TASKCLUSTER_TESTING_TASK_STORE_H_

#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/time/time.h"
#include "scriptworker/taskcluster/queue.h"
#include "scriptworker/taskcluster/task_status.h"
#include "scriptworker/taskcluster/testing/queue_event.h"
#include "scriptworker/taskcluster/testing/task_record.h"

namespace scriptworker::taskcluster::fake {

// Who claims.
struct WorkerName {
  std::string group;
  std::string id;
};

struct TaskGroup {
  std::string scheduler_id;
  absl::Time expires;
  std::vector<std::string> task_ids;
};

// Pointers to tasks stay valid as long as the store. A run id must name a run.
// Thread-compatible.
class TaskStore {
 public:
  static constexpr size_t kMaxRuns = 50;

  // nullptr: no such task.
  TaskRecord* Find(std::string_view task_id);
  const TaskGroup* FindGroup(std::string_view group_id) const;
  std::vector<TaskRecord*> Dependents(std::string_view task_id);

  // Adds a task, and schedules it if nothing is in its way. REQUIRES: its id is
  // new, its dependencies exist.
  TaskRecord& Create(TaskRecord task, absl::Time now);

  // An unscheduled task becomes pending, whatever its dependencies do.
  void Schedule(TaskRecord& task, absl::Time now);
  // An unscheduled or resolved task gets a pending run, within kMaxRuns.
  void Rerun(TaskRecord& task, absl::Time now);
  // An unresolved task becomes exception/canceled.
  void Cancel(TaskRecord& task, absl::Time now);

  bool HasPending(std::string_view task_queue_id) const;
  // Claims up to `count` pending runs, by priority, then age.
  std::vector<TaskRecord*> ClaimWork(std::string_view task_queue_id, const WorkerName& worker,
                                     size_t count, absl::Time now, absl::Time taken_until);
  // Claims the last run if it is pending. False if it is not.
  bool Claim(TaskRecord& task, const WorkerName& worker, absl::Time now, absl::Time taken_until);
  // Extends the claim of the last run. REQUIRES: it is running.
  void Reclaim(TaskRecord& task, absl::Time now, absl::Time taken_until);

  // Ends the last run if it is running, else does nothing. For an exception,
  // `retry` is why another run follows while retries are left (none: "").
  void Resolve(TaskRecord& task, TaskState state, std::string_view reason, std::string_view retry,
               absl::Time now);

  // Does what is due: expired claims and deadlines.
  void Sweep(absl::Time now);
  // When something will be due next; InfiniteFuture: never.
  absl::Time NextDue() const;

  // An event of the world outside the store.
  void AddEvent(QueueEvent event) { events_.push_back(std::move(event)); }
  std::optional<QueueEvent> TakeEvent();

 private:
  // Sorts by priority, then by the order in which runs became pending.
  using PendingKey = std::tuple<int, int64_t, std::string>;

  void AddRun(TaskRecord& task, std::string_view reason, absl::Time now);
  void Unlist(TaskRecord& task);  // from the pending ones
  void EndRun(TaskRecord& task, TaskState state, std::string_view reason, std::string_view retry,
              absl::Time now);
  void EndByForce(TaskRecord& task, std::string_view reason, absl::Time now);
  void Unblock(const TaskRecord& resolved, absl::Time now);
  bool Blocked(const TaskRecord& task) const;
  void Emit(QueueEvent::Kind kind, const TaskRecord& task, std::string_view detail, absl::Time now);

  absl::flat_hash_map<std::string, std::unique_ptr<TaskRecord>> tasks_;
  std::map<std::string, TaskGroup, std::less<>> groups_;
  std::map<std::string, std::vector<TaskRecord*>, std::less<>> dependents_;
  std::map<std::string, std::set<PendingKey>, std::less<>> pending_;
  absl::flat_hash_map<std::string, PendingKey> pending_keys_;
  // May hold times that no longer count.
  std::multimap<absl::Time, TaskRecord*> due_;
  std::deque<QueueEvent> events_;
  int64_t next_order_ = 0;
};

}  // namespace scriptworker::taskcluster::fake

#endif  // SCRIPTWORKER_TASKCLUSTER_TESTING_TASK_STORE_H_
