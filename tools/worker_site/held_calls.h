// SPDX-License-Identifier: MPL-2.0

#ifndef TOOLS_WORKER_SITE_HELD_CALLS_H_
#define TOOLS_WORKER_SITE_HELD_CALLS_H_

#include <sys/types.h>

#include <cstdint>
#include <functional>
#include <thread>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/functional/function_ref.h"
#include "absl/synchronization/mutex.h"
#include "scriptworker/base/unique_fd.h"

namespace scriptworker::tools {

// Lets a program hang in the file system, as a bad disk would: its system calls
// that make files and folders, list folders and remove what is in them can be held back.
//
//   HeldCalls calls([&](pid_t thread) { return ...; });  // asked before each of them
//   ASSERT_TRUE(calls.Run([&] { ... start the program ... }));
//   ASSERT_TRUE(calls.AwaitArrival()); look around; calls.LetGo();
//
// Works by seccomp's user notification (Linux 5.5). Thread-safe.
class HeldCalls {
 public:
  // `holds`: whether the call that the thread is about to make is to be held; not asked any more
  // once one is. Asked by a thread of this object; what it asks in turn must not wait for
  // such a call. The threads are numbered as this process sees them.
  explicit HeldCalls(std::function<bool(pid_t thread)> holds);
  // Lets go.
  ~HeldCalls();
  HeldCalls(const HeldCalls&) = delete;
  HeldCalls& operator=(const HeldCalls&) = delete;

  // Runs `body` on a thread of its own, which must only start processes: theirs are the calls.
  // False, without running it, if this kernel or its sandbox has no such filters. Once.
  bool Run(absl::FunctionRef<void()> body);
  // Waits, in real time, until a call is held.
  bool AwaitArrival();
  void LetGo();

 private:
  void Watch();
  void Answer(uint64_t call) const;

  const std::function<bool(pid_t)> holds_;
  UniqueFd calls_;
  UniqueFd end_;
  std::thread watch_;
  absl::Mutex mutex_;
  bool open_ ABSL_GUARDED_BY(mutex_) = false;  // for good
  std::vector<uint64_t> held_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace scriptworker::tools

#endif  // TOOLS_WORKER_SITE_HELD_CALLS_H_
