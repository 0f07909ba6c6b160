// SPDX-License-Identifier: MPL-2.0
#ifndef COT_OUTPUT_FILE_H_
#define COT_OUTPUT_FILE_H_

#include <sys/types.h>

#include <string>
#include <string_view>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "scriptworker/base/unique_fd.h"

namespace cot {

// A file that a command writes when its work is done, and that is known to be writable before.
// Until then nothing of it changes: what an earlier run wrote stays if the work comes to
// nothing. Links are followed; what is no regular file, such as /dev/stdout or a pipe, is
// written to and never replaced. Thread-compatible.
class OutputFile {
 public:
  // kInvalidArgument, with the path: it cannot be written, is a folder, or a link to nothing.
  static absl::StatusOr<OutputFile> Create(const std::string& path);

  // Whether the content will be a file of its own (at path()), which may have others beside it.
  bool is_regular() const { return !stream_.valid(); }
  // Where a regular file is or will be, all links followed.
  const std::string& path() const { return path_; }

  // A regular file gets the content at once or not at all, and keeps its mode; a new one is
  // readable by all but for the umask.
  absl::Status Write(std::string_view content) const;

 private:
  OutputFile(std::string path, mode_t mode) : path_(std::move(path)), mode_(mode) {}
  OutputFile(std::string path, scriptworker::UniqueFd stream)
      : path_(std::move(path)), stream_(std::move(stream)) {}

  std::string path_;
  mode_t mode_ = 0;
  scriptworker::UniqueFd stream_;  // invalid for a regular file
};

}  // namespace cot

#endif  // COT_OUTPUT_FILE_H_
