// SPDX-License-Identifier: MPL-2.0
//
// A thread that is there before it is needed: a script may leave the machine none to give.

#ifndef SCRIPTWORKER_WORKER_READY_THREAD_H_
#define SCRIPTWORKER_WORKER_READY_THREAD_H_

#include <memory>
#include <thread>

#include "absl/base/thread_annotations.h"
#include "absl/functional/any_invocable.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"

namespace scriptworker::worker {

// Thread-safe, but for the destructor.
class ReadyThread {
 public:
  // kResourceExhausted: the machine has no thread to give.
  static absl::StatusOr<std::unique_ptr<ReadyThread>> Create();
  // Blocks until what it runs has returned, if there is anything.
  ~ReadyThread();

  // Returns at once. At most once.
  void Run(absl::AnyInvocable<void()> body) ABSL_LOCKS_EXCLUDED(mutex_);

 private:
  ReadyThread() = default;
  void Wait() ABSL_LOCKS_EXCLUDED(mutex_);

  absl::Mutex mutex_;
  absl::AnyInvocable<void()> body_ ABSL_GUARDED_BY(mutex_);  // null: none yet, or never
  bool decided_ ABSL_GUARDED_BY(mutex_) = false;
  std::thread thread_;
};

}  // namespace scriptworker::worker

#endif  // SCRIPTWORKER_WORKER_READY_THREAD_H_
