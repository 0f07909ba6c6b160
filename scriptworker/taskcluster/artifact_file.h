// SPDX-License-Identifier: MPL-2.0
#ifndef SCRIPTWORKER_TASKCLUSTER_ARTIFACT_FILE_H_
#define SCRIPTWORKER_TASKCLUSTER_ARTIFACT_FILE_H_

#include <sys/types.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "scriptworker/base/cancellation.h"
#include "scriptworker/base/unique_fd.h"
#include "scriptworker/crypto/hash.h"
#include "scriptworker/taskcluster/artifact_name.h"

namespace scriptworker::taskcluster {

// A regular file beneath a folder of artifacts, opened once: it is hashed,
// compressed and sent from this one descriptor, so whatever happens to the name
// afterwards, what is sent is what was hashed. Its size is fixed when it is
// opened; a file that grows or shrinks afterwards is DataLoss. Move-only;
// thread-compatible.
class ArtifactFile {
 public:
  // Tells a file from every other one of the machine.
  using Identity = std::pair<dev_t, ino_t>;

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
  // As they were when it was opened.
  const Identity& identity() const { return identity_; }
  bool has_other_names() const { return other_names_; }  // hard links

  // Of the size() bytes, lower-case hex; empty before Hash().
  const std::string& digest() const { return digest_; }
  absl::Status Hash(crypto::HashAlgorithm algorithm, const CancellationToken& cancellation = {});

  // Replaces the file on disk by its gzip form (level 9; the header holds the
  // last segment of the name and `now`, as Python's gzip.open() does) and
  // continues with that one: fd(), size() and digest() are of the compressed
  // bytes then. Memory does not grow with the file. The name has the old or the
  // new content at any time. If the file was hashed, the bytes that go in must
  // have that digest, else DataLoss. Once cancelled it ends soon, with the
  // reason. After any error the file is as it was.
  absl::Status Compress(absl::Time now, const CancellationToken& cancellation = {});

  // DataLoss unless the file still has size() bytes.
  absl::Status CheckSize() const;
  // The DataLoss that says that the file is no longer what it was.
  absl::Status Changed() const;

 private:
  ArtifactFile(std::string directory, ArtifactName name)
      : directory_(std::move(directory)), name_(std::move(name)) {}

  std::string directory_;
  ArtifactName name_;
  UniqueFd fd_;
  int64_t size_ = 0;
  Identity identity_ = {};
  bool other_names_ = false;
  std::string digest_;
};

}  // namespace scriptworker::taskcluster

#endif  // SCRIPTWORKER_TASKCLUSTER_ARTIFACT_FILE_H_
