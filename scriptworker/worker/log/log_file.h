// SPDX-License-Identifier: MPL-2.0
//
// The file that a log is appended to: plain, rotated by size, or reopened when
// somebody else rotates it. As FileHandler, RotatingFileHandler and
// WatchedFileHandler of Python's logging, with the same file names.

#ifndef SCRIPTWORKER_WORKER_LOG_LOG_FILE_H_
#define SCRIPTWORKER_WORKER_LOG_LOG_FILE_H_

#include <sys/types.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "scriptworker/base/unique_fd.h"

namespace scriptworker::worker {

// Thread-compatible.
class LogFile {
 public:
  struct Options {
    std::string path = {};
    // Reopen when the file was moved, removed or replaced.
    bool watch = false;
    // If both are not 0 (and `watch` is off): a file that would reach
    // max_bytes becomes path.1, path.1 becomes path.2, ..., path.max_backups
    // is dropped.
    int64_t max_bytes = 0;
    int max_backups = 0;
  };

  // Opens for appending; makes the file (0644), not its folder.
  static absl::StatusOr<LogFile> Open(Options options);

  // Appends in one write. An error (disk full): the bytes are lost; the next call
  // tries again.
  absl::Status Append(std::string_view bytes);

  // Why the file could not be rotated at the last Append(), although it was time. It
  // grows on, and nothing is lost by that.
  const absl::Status& rotation() const { return rotation_; }

 private:
  explicit LogFile(Options options) : options_(std::move(options)) {}
  bool rotates() const;
  absl::Status Reopen();
  absl::Status Rotate();
  bool WasReplaced() const;

  Options options_;
  UniqueFd fd_;
  int64_t size_ = 0;
  absl::Status rotation_ = absl::OkStatus();
  dev_t device_ = 0;
  ino_t inode_ = 0;
};

}  // namespace scriptworker::worker

#endif  // SCRIPTWORKER_WORKER_LOG_LOG_FILE_H_
