// SPDX-License-Identifier: MPL-2.0
#ifndef SCRIPTWORKER_TASKCLUSTER_ARTIFACT_FILE_H_
#define SCRIPTWORKER_TASKCLUSTER_ARTIFACT_FILE_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "scriptworker/base/unique_fd.h"
#include "scriptworker/taskcluster/artifact_name.h"

namespace scriptworker::taskcluster {

// A regular file beneath a folder of artifacts, opened once: whatever happens
// to the name afterwards, the descriptor is the file that was checked.
// Move-only; thread-compatible.
class ArtifactFile {
 public:
  // Opens `directory`/`name` for reading. No symbolic link is followed below
  // `directory`. FailedPrecondition if the file, or a folder on the way, is a
  // link, or if it is a fifo, socket, device or folder; NotFound,
  // PermissionDenied.
  static absl::StatusOr<ArtifactFile> Open(std::string_view directory, const ArtifactName& name);

  ArtifactFile(ArtifactFile&&) = default;
  ArtifactFile& operator=(ArtifactFile&&) = default;

  int fd() const { return fd_.get(); }
  int64_t size() const { return size_; }
  const ArtifactName& name() const { return name_; }

  // Replaces the file on disk by its gzip form (level 9; the header holds the
  // last segment of the name and `now`, as Python's gzip.open() does) and
  // continues with that one. Memory does not grow with the file. The name has
  // the old or the new content at any time. With `digest` (lower-case hex,
  // SHA-256 or SHA-512) the bytes that went in must have it, else DataLoss. After
  // any error the file is as it was.
  absl::Status Compress(absl::Time now, std::optional<std::string_view> digest);

 private:
  ArtifactFile(ArtifactName name, UniqueFd parent, UniqueFd fd, int64_t size);

  ArtifactName name_;
  UniqueFd parent_;  // the folder that holds the file
  UniqueFd fd_;
  int64_t size_ = 0;
};

}  // namespace scriptworker::taskcluster

#endif  // SCRIPTWORKER_TASKCLUSTER_ARTIFACT_FILE_H_
