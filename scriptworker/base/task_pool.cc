// SPDX-License-Identifier: MPL-2.0

#include "scriptworker/base/task_pool.h"

#include <algorithm>
#include <system_error>
#include <utility>

#include "absl/synchronization/blocking_counter.h"

namespace scriptworker {

TaskPool::TaskPool(int max_threads, absl::Duration patience)
    : max_threads_(static_cast<size_t>(std::max(1, max_threads))),
      patience_(patience),
      limit_(std::min(max_threads_, size_t{kFewThreads})) {}

TaskPool::~TaskPool() {
  Wait();
  std::vector<std::thread> threads;
  {
    absl::MutexLock lock(&mutex_);
    ending_ = true;
    threads.swap(threads_);
    work_.SignalAll();
    look_out_.Signal();
    end_.Signal();
  }
  for (std::thread& thread : threads) thread.join();
}

void TaskPool::Start(absl::AnyInvocable<void()> task) {
  {
    absl::MutexLock lock(&mutex_);
    waiting_.push_back(std::move(task));
    work_.Signal();
    look_out_.Signal();
    if (waiting_.size() <= idle_) return;
    if (threads_.size() < limit_) {
      AddThread(&TaskPool::Work);
    } else if (threads_.size() == limit_ && limit_ < max_threads_) {
      AddThread(&TaskPool::LookOut);
    }
    if (!threads_.empty()) return;
    task = std::move(waiting_.back());
    waiting_.pop_back();
  }
  task();
}

bool TaskPool::AddThread(void (TaskPool::*body)()) {
  try {
    threads_.emplace_back(body, this);
    return true;
  } catch (const std::system_error&) {
    return false;
  }
}

// What the first thread beyond the few does: it lifts the limit once that is of use.
void TaskPool::LookOut() {
  {
    absl::MutexLock lock(&mutex_);
    uint64_t begun = 0;
    do {
      while (waiting_.empty() && !ending_) look_out_.Wait(&mutex_);
      if (ending_) return;
      begun = begun_;
      end_.WaitWithTimeout(&mutex_, patience_);
      if (ending_) return;
    } while (waiting_.empty() || begun_ != begun);
    limit_ = max_threads_;
    // One of them is for this thread.
    for (size_t more = 1; more < waiting_.size() && threads_.size() < limit_; ++more) {
      if (!AddThread(&TaskPool::Work)) break;
    }
  }
  Work();
}

void TaskPool::Work() {
  mutex_.Lock();
  for (;;) {
    ++idle_;
    while (waiting_.empty() && !ending_) work_.Wait(&mutex_);
    --idle_;
    if (waiting_.empty()) break;
    absl::AnyInvocable<void()> task = std::move(waiting_.front());
    waiting_.pop_front();
    ++begun_;
    ++running_;
    mutex_.Unlock();
    task();
    task = nullptr;  // what it holds goes before it counts as done
    mutex_.Lock();
    --running_;
    if (waiting_.empty() && running_ == 0) done_.SignalAll();
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
  while (!waiting_.empty() || running_ > 0) done_.Wait(&mutex_);
}

}  // namespace scriptworker
