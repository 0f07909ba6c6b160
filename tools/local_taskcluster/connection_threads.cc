// SPDX-License-Identifier: MPL-2.0

#include "tools/local_taskcluster/connection_threads.h"

#include <functional>
#include <thread>
#include <utility>

#include "absl/synchronization/mutex.h"

namespace scriptworker::tools {

bool ConnectionThreads::enqueue(std::function<void()> connection) {
  absl::MutexLock lock(&mutex_);
  if (waiting_.size() >= idle_) {
    if (threads_.size() >= max_threads_) return false;
    threads_.emplace_back([this] { Work(); });
  }
  waiting_.push_back(std::move(connection));
  return true;
}

void ConnectionThreads::shutdown() {
  {
    absl::MutexLock lock(&mutex_);
    shut_down_ = true;
  }
  for (std::thread& thread : threads_) thread.join();
}

void ConnectionThreads::Work() {
  absl::MutexLock lock(&mutex_);
  const auto stirs = [this]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    return shut_down_ || !waiting_.empty();
  };
  while (true) {
    ++idle_;
    mutex_.Await(absl::Condition(&stirs));
    --idle_;
    if (waiting_.empty()) return;
    const std::function<void()> connection = std::move(waiting_.front());
    waiting_.pop_front();
    mutex_.Unlock();
    connection();
    mutex_.Lock();
  }
}

}  // namespace scriptworker::tools
