// SPDX-License-Identifier: MPL-2.0
//
// Where lines are shown: stderr, which somebody has to read.

#ifndef SCRIPTWORKER_WORKER_LOG_SCREEN_H_
#define SCRIPTWORKER_WORKER_LOG_SCREEN_H_

#include <string_view>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "scriptworker/base/unique_fd.h"

namespace scriptworker::worker {

// A reader that stops reading (a pipe nobody empties, a terminal that is held) costs lines, never
// the worker: a line waits for `patience` at most, and while nothing can be written those after it
// do not wait at all. When writing works again the screen says how many lines are missing.
// Thread-safe; lines are never mixed.
class Screen {
 public:
  // `fd` is not owned. It is polled, so it may be one that blocks; what is not polled (a file) is
  // always ready. A terminal is opened once more, as one that does not block: its poll promises
  // less room than a line may take. One that may not be opened (another user's) is only polled.
  explicit Screen(int fd, absl::Duration patience = absl::Seconds(1));

  // `line` ends with a newline. A screen that is gone (closed, no reader) is no error.
  void Show(std::string_view line) ABSL_LOCKS_EXCLUDED(mutex_);

 private:
  // False: not all of it could be written. Deadlines are the machine's monotonic time.
  bool Write(std::string_view text, absl::Duration deadline) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  bool IsReady(absl::Duration deadline) const;

  const UniqueFd terminal_;  // if it is one
  const int fd_;
  const absl::Duration patience_;
  absl::Mutex mutex_;
  int missing_ ABSL_GUARDED_BY(mutex_) = 0;   // lines since the last that was written
  bool cut_ ABSL_GUARDED_BY(mutex_) = false;  // in the middle of a line
  bool blocked_ ABSL_GUARDED_BY(mutex_) = false;
};

}  // namespace scriptworker::worker

#endif  // SCRIPTWORKER_WORKER_LOG_SCREEN_H_
