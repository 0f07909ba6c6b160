// SPDX-License-Identifier: MPL-2.0
#include "scriptworker/worker/log/task_log.h"

#include <fcntl.h>

#include <cerrno>
#include <string>
#include <string_view>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "scriptworker/base/file.h"
#include "scriptworker/base/path.h"
#include "scriptworker/base/status_macros.h"
#include "scriptworker/base/unique_fd.h"

namespace scriptworker::worker {

absl::StatusOr<TaskLog> TaskLog::Create(std::string path) {
  SW_RETURN_IF_ERROR(MakeDirs(std::string(Dirname(path)), 0777));
  UniqueFd fd(::open(path.c_str(),
                     O_WRONLY | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC | O_NOFOLLOW | O_NOCTTY,
                     0666));
  if (!fd.valid()) {
    return absl::ErrnoToStatus(errno, absl::StrCat(path, ": cannot open the task's log"));
  }
  return TaskLog(std::move(path), std::move(fd));
}

TaskLog::TaskLog(TaskLog&& other) noexcept : path_(std::move(other.path_)) {
  absl::MutexLock lock(&other.mutex_);
  fd_ = std::move(other.fd_);
  first_error_ = other.first_error_;
}

void TaskLog::Write(std::string_view text) {
  absl::MutexLock lock(&mutex_);
  if (!fd_.valid()) return;
  first_error_.Update(WriteAll(fd_.get(), text, path_));
}

absl::Status TaskLog::Close() {
  absl::MutexLock lock(&mutex_);
  fd_.reset();
  return first_error_;
}

}  // namespace scriptworker::worker
