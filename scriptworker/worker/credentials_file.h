// SPDX-License-Identifier: MPL-2.0
//
// The file through which a script reads the run's latest credentials
// (TASKCLUSTER_CREDENTIALS_FD).

#ifndef SCRIPTWORKER_WORKER_CREDENTIALS_FILE_H_
#define SCRIPTWORKER_WORKER_CREDENTIALS_FILE_H_

#include <cstddef>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "scriptworker/base/unique_fd.h"
#include "scriptworker/taskcluster/credentials.h"

namespace scriptworker::worker {

// A regular file without a name. A reader that starts at offset 0 finds exactly
// one JSON object {accessToken, certificate, clientId}, followed by blanks if
// an earlier one was longer; one that meets the write itself may find a mixture, since Linux
// does not order read() and write(), and reads again. The script has the same open file, so its
// offset is not moved by writing. Thread-compatible.
class CredentialsFile {
 public:
  // In `directory` (temp_folder.h), readable by this user alone while it is
  // made.
  static absl::StatusOr<CredentialsFile> Create(const std::string& directory);

  // Replaces the content in one write.
  absl::Status Write(const taskcluster::Credentials& credentials);

  int fd() const { return fd_.get(); }

 private:
  explicit CredentialsFile(UniqueFd fd) : fd_(std::move(fd)) {}

  UniqueFd fd_;
  size_t longest_ = 0;
};

}  // namespace scriptworker::worker

#endif  // SCRIPTWORKER_WORKER_CREDENTIALS_FILE_H_
