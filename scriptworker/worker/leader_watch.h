// SPDX-License-Identifier: MPL-2.0
//
// Waits for the end of a script's first process, on a thread that is there before the script is.

#ifndef SCRIPTWORKER_WORKER_LEADER_WATCH_H_
#define SCRIPTWORKER_WORKER_LEADER_WATCH_H_

#include <sys/types.h>

#include <functional>
#include <memory>
#include <thread>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "scriptworker/worker/process_tree.h"

namespace scriptworker::worker {

// A script that leaves the machine without threads to give cannot stop a wait that has one.
// Thread-compatible.
class LeaderWatch {
 public:
  // `on_ended` is called once, on the watch's thread, when the leader has ended; it gets what
  // ProcessTree::AwaitLeader says. `tree` must outlive the watch. kResourceExhausted: no thread.
  static absl::StatusOr<std::unique_ptr<LeaderWatch>> Create(const ProcessTree& tree,
                                                             std::function<void(bool)> on_ended);
  // Blocks until the leader has ended, if there is one.
  ~LeaderWatch();

  // The script has started. At most once.
  void Watch(pid_t leader) ABSL_LOCKS_EXCLUDED(mutex_);

 private:
  LeaderWatch(const ProcessTree& tree, std::function<void(bool)> on_ended)
      : tree_(tree), on_ended_(std::move(on_ended)) {}
  void Run() ABSL_LOCKS_EXCLUDED(mutex_);

  const ProcessTree& tree_;
  const std::function<void(bool)> on_ended_;
  absl::Mutex mutex_;
  pid_t leader_ ABSL_GUARDED_BY(mutex_) = 0;  // 0: none yet
  bool called_off_ ABSL_GUARDED_BY(mutex_) = false;
  std::thread thread_;
};

}  // namespace scriptworker::worker

#endif  // SCRIPTWORKER_WORKER_LEADER_WATCH_H_
