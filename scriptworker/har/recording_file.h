// SPDX-License-Identifier: MPL-2.0
#ifndef SCRIPTWORKER_HAR_RECORDING_FILE_H_
#define SCRIPTWORKER_HAR_RECORDING_FILE_H_

#include <sys/types.h>

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace scriptworker::har {

// A recording's file and the bodies beside it, `{path}.{number}.body`, which take the place of
// an older recording at once: bodies get names that are free, and those that the older document
// named go with it (so a copy of that one must have copies of its bodies). Without Commit, and
// when it fails, nothing new is left; but if the folder alone could not be synced, all is.
//
// A new file has the mode 0644 less the umask, and so have its bodies; an existing one keeps
// what it has of 0644, and so its bodies. What is no regular file (a device) is written to in
// place. Errors name the path. Thread-compatible.
class RecordingFile {
 public:
  // kFailedPrecondition: `path` is a symbolic link. Also an error: an existing file that may not
  // be written to.
  static absl::StatusOr<std::unique_ptr<RecordingFile>> Create(const std::string& path);
  ~RecordingFile();
  RecordingFile(const RecordingFile&) = delete;
  RecordingFile& operator=(const RecordingFile&) = delete;

  // Puts a body beside the file and returns its name in the folder.
  absl::StatusOr<std::string> AddBody(std::string_view body);

  // REQUIRES: not called before.
  absl::Status Commit(std::string_view text);

 private:
  // `mode`: nullopt for what is written in place.
  RecordingFile(std::string path, std::optional<mode_t> mode);

  absl::Status Write(const std::string& path, std::string_view content) const;

  const std::string path_;
  const std::optional<mode_t> mode_;
  const std::vector<std::string> old_bodies_;
  std::vector<std::string> new_bodies_;
  int next_number_ = 0;
  bool committed_ = false;
};

}  // namespace scriptworker::har

#endif  // SCRIPTWORKER_HAR_RECORDING_FILE_H_
