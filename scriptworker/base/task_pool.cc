// SPDX-License-Identifier: MPL-2.0

#include "scriptworker/base/task_pool.h"

#include <algorithm>
#include <system_error>
#include <utility>

#include "absl/synchronization/blocking_counter.h"

namespace scriptworker {

TaskPool::TaskPool(int max_threads) : max_threads_(static_cast<size_t>(std::max(1, max_threads))) {}

TaskPool::~TaskPool() {
  Wait();
  std::vector<std::thread> threads;
  {
    absl::MutexLock lock(&mutex_);
    ending_ = true;
    threads.swap(threads_);
  }
  for (std::thread& thread : threads) thread.join();
}

void TaskPool::Start(absl::AnyInvocable<void()> task) {
  {
    absl::MutexLock lock(&mutex_);
    waiting_.push_back(std::move(task));
    if (waiting_.size() <= idle_ || threads_.size() >= max_threads_) return;
    try {
      threads_.emplace_back([this] { Work(); });
      return;
    } catch (const std::system_error&) {
      if (!threads_.empty()) return;
    }
    task = std::move(waiting_.back());
    waiting_.pop_back();
  }
  task();
}

void TaskPool::Work() {
  mutex_.Lock();
  for (;;) {
    ++idle_;
    mutex_.Await(absl::Condition(
        +[](TaskPool* pool) ABSL_EXCLUSIVE_LOCKS_REQUIRED(pool->mutex_) {
          return !pool->waiting_.empty() || pool->ending_;
        },
        this));
    --idle_;
    if (waiting_.empty()) break;
    absl::AnyInvocable<void()> task = std::move(waiting_.front());
    waiting_.pop_front();
    ++running_;
    mutex_.Unlock();
    task();
    task = nullptr;  // what it holds goes before it counts as done
    mutex_.Lock();
    --running_;
  }
  mutex_.Unlock();
}

void TaskPool::ForEach(int n, absl::FunctionRef<void(int)> body) {
  absl::BlockingCounter left(n);
  for (int i = 0; i < n; ++i) {
    Start([body, i, &left] {
      body(i);
      left.DecrementCount();
    });
  }
  left.Wait();
}

void TaskPool::Wait() {
  absl::MutexLock lock(&mutex_);
  mutex_.Await(absl::Condition(
      +[](TaskPool* pool) ABSL_EXCLUSIVE_LOCKS_REQUIRED(pool->mutex_) {
        return pool->waiting_.empty() && pool->running_ == 0;
      },
      this));
}

}  // namespace scriptworker
