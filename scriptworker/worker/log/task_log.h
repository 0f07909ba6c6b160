// SPDX-License-Identifier: MPL-2.0
//
// live_backing.log: what people look at to see what became of a task.

#ifndef SCRIPTWORKER_WORKER_LOG_TASK_LOG_H_
#define SCRIPTWORKER_WORKER_LOG_TASK_LOG_H_

#include <string>
#include <string_view>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "scriptworker/base/unique_fd.h"

namespace scriptworker::worker {

// Unbuffered: what was written can be read at once, also after a crash. Writing
// never fails towards the caller, so that a full disk does not block the
// script; Close tells. Thread-safe.
class TaskLog {
 public:
  // Truncates. The folder is made if it is missing.
  static absl::StatusOr<TaskLog> Create(std::string path);

  TaskLog(TaskLog&& other) noexcept;
  TaskLog& operator=(TaskLog&&) = delete;

  void Write(std::string_view text);

  // Closes the file, as must be done before it is hashed. Returns the first
  // error of all writes: the log is incomplete then. Later writes are lost.
  absl::Status Close();

 private:
  TaskLog(std::string path, UniqueFd fd) : path_(std::move(path)), fd_(std::move(fd)) {}

  std::string path_;
  absl::Mutex mutex_;
  UniqueFd fd_ ABSL_GUARDED_BY(mutex_);
  absl::Status first_error_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace scriptworker::worker

#endif  // SCRIPTWORKER_WORKER_LOG_TASK_LOG_H_
