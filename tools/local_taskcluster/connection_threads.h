// SPDX-License-Identifier: MPL-2.0

#ifndef TOOLS_LOCAL_TASKCLUSTER_CONNECTION_THREADS_H_
#define TOOLS_LOCAL_TASKCLUSTER_CONNECTION_THREADS_H_

#include <deque>
#include <functional>
#include <thread>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "httplib.h"

namespace scriptworker::tools {

// Runs each connection on a thread of its own, since it occupies one as long as
// it is open (keep-alive, long polls); idle threads are used again. Made for
// httplib::Server, which calls all of it from one thread.
class ConnectionThreads final : public httplib::TaskQueue {
 public:
  // Refuses connections beyond `max_threads` at a time.
  explicit ConnectionThreads(size_t max_threads) : max_threads_(max_threads) {}

  bool enqueue(std::function<void()> connection) override;
  // Waits for all connections to end.
  void shutdown() override;

 private:
  void Work();

  const size_t max_threads_;
  absl::Mutex mutex_;
  std::deque<std::function<void()>> waiting_ ABSL_GUARDED_BY(mutex_);
  size_t idle_ ABSL_GUARDED_BY(mutex_) = 0;
  bool shut_down_ ABSL_GUARDED_BY(mutex_) = false;
  std::vector<std::thread> threads_;
};

}  // namespace scriptworker::tools

#endif  // TOOLS_LOCAL_TASKCLUSTER_CONNECTION_THREADS_H_
