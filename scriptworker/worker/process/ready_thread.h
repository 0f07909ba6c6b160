// SPDX-License-Identifier: MPL-2.0
//
// A thread that is there before it is needed: a script may leave the machine none to give.

#ifndef SCRIPTWORKER_WORKER_PROCESS_READY_THREAD_H_
#define SCRIPTWORKER_WORKER_PROCESS_READY_THREAD_H_

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
  // Blocks until what it runs has returned, if there is anything and it was not left.
  ~ReadyThread();

  // Returns at once. At most once.
  void Run(absl::AnyInvocable<void()> body);
  // What it runs may outlive this, and so must own all that it uses. The last call.
  void Leave() { thread_.detach(); }

 private:
  // The thread's as well, which may be left before it has taken the body.
  struct Errand {
    absl::Mutex mutex;
    absl::AnyInvocable<void()> body ABSL_GUARDED_BY(mutex);  // null: none yet, or never
    bool decided ABSL_GUARDED_BY(mutex) = false;
  };

  ReadyThread() = default;
  static void Do(Errand& errand);

  const std::shared_ptr<Errand> errand_ = std::make_shared<Errand>();
  std::thread thread_;
};

}  // namespace scriptworker::worker

#endif  // SCRIPTWORKER_WORKER_PROCESS_READY_THREAD_H_
