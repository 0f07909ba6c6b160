// SPDX-License-Identifier: MPL-2.0

#ifndef SCRIPTWORKER_BASE_TASK_POOL_H_
#define SCRIPTWORKER_BASE_TASK_POOL_H_

#include <cstddef>
#include <cstdint>
#include <deque>
#include <thread>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/functional/any_invocable.h"
#include "absl/functional/function_ref.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"

namespace scriptworker {

// Runs blocking calls beside each other, at most so many at a time, first come, first
// served: for work that is found while other work is under way. (For work that is
// known from the start: ParallelFor.)
//
// Threads are made when there is work for them, but more than kFewThreads not before
// tasks are seen to wait for something else than the processor: if for the time of
// `patience` some were to be done and none of them begun. Where answers come at once,
// more threads would only be in each other's way. If the system has no more threads to
// give, those that it gave do the work, and with none at all the caller of Start() does.
//
// Thread-safe.
class TaskPool {
 public:
  static constexpr int kFewThreads = 2;

  explicit TaskPool(int max_threads, absl::Duration patience = absl::Milliseconds(3));
  TaskPool(const TaskPool&) = delete;
  TaskPool& operator=(const TaskPool&) = delete;
  ~TaskPool();  // waits until all is done

  // Returns at once. A task may start others, also of its own pool.
  void Start(absl::AnyInvocable<void()> task) ABSL_LOCKS_EXCLUDED(mutex_);

  // Calls body(0) ... body(n - 1), each as a task, and returns when they have
  // returned, whatever else is under way. REQUIRES: the caller is no task of this pool,
  // which could wait for itself.
  void ForEach(int n, absl::FunctionRef<void(int)> body);

  // Waits until nothing is left to do, not even what tasks have started meanwhile.
  // REQUIRES: the caller is no task of this pool.
  void Wait() ABSL_LOCKS_EXCLUDED(mutex_);

 private:
  void Work() ABSL_LOCKS_EXCLUDED(mutex_);
  void LookOut() ABSL_LOCKS_EXCLUDED(mutex_);
  bool AddThread(void (TaskPool::*body)()) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  const size_t max_threads_;
  const absl::Duration patience_;
  absl::Mutex mutex_;
  // Not conditions of the mutex: each release of it would ask them for every waiting thread.
  absl::CondVar work_;      // a task is waiting, or ending_
  absl::CondVar look_out_;  // likewise, for LookOut()
  absl::CondVar end_;       // ending_
  absl::CondVar done_;      // nothing is left to do
  std::deque<absl::AnyInvocable<void()>> waiting_ ABSL_GUARDED_BY(mutex_);
  size_t idle_ ABSL_GUARDED_BY(mutex_) = 0;     // threads that wait for work
  size_t running_ ABSL_GUARDED_BY(mutex_) = 0;  // tasks
  uint64_t begun_ ABSL_GUARDED_BY(mutex_) = 0;  // tasks, so far
  // How many threads there may be now.
  size_t limit_ ABSL_GUARDED_BY(mutex_);
  bool ending_ ABSL_GUARDED_BY(mutex_) = false;
  std::vector<std::thread> threads_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace scriptworker

#endif  // SCRIPTWORKER_BASE_TASK_POOL_H_
