// SPDX-License-Identifier: MPL-2.0
//
// Waits for the end of a script's first process, on a thread that is there before the script is.

#ifndef SCRIPTWORKER_WORKER_PROCESS_LEADER_WATCH_H_
#define SCRIPTWORKER_WORKER_PROCESS_LEADER_WATCH_H_

#include <sys/types.h>

#include <atomic>
#include <functional>
#include <memory>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "scriptworker/worker/process/process_tree.h"
#include "scriptworker/worker/process/ready_thread.h"

namespace scriptworker::worker {

// A script that leaves the machine without threads to give cannot stop a wait that has one.
// Thread-compatible.
class LeaderWatch {
 public:
  // `on_ended` is called once, on the watch's thread, when the leader has ended; it gets what
  // ProcessTree::AwaitLeader says. kResourceExhausted: no thread.
  static absl::StatusOr<std::unique_ptr<LeaderWatch>> Create(const ProcessTree& tree,
                                                             std::function<void(bool)> on_ended);
  // Blocks until the leader has ended, if there is one and it was not given up.
  ~LeaderWatch() = default;

  // The script has started. At most once.
  void Watch(pid_t leader);
  // The leader does not end though it was killed: `on_ended` is not called any more. At most once,
  // after Watch.
  void GiveUp();

 private:
  // The thread's as well, which may wait for longer than the watch lives.
  struct Wait {
    explicit Wait(bool reaps, std::function<void(bool)> tell)
        : reaps_adopted(reaps), on_ended(std::move(tell)) {}

    const bool reaps_adopted;
    std::atomic<bool> given_up = false;
    absl::Mutex mutex;
    std::function<void(bool)> on_ended ABSL_GUARDED_BY(mutex);  // null: given up
  };

  LeaderWatch(std::shared_ptr<Wait> wait, std::unique_ptr<ReadyThread> thread)
      : wait_(std::move(wait)), thread_(std::move(thread)) {}

  const std::shared_ptr<Wait> wait_;
  const std::unique_ptr<ReadyThread> thread_;
};

}  // namespace scriptworker::worker

#endif  // SCRIPTWORKER_WORKER_PROCESS_LEADER_WATCH_H_
