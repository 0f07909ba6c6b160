// SPDX-License-Identifier: MPL-2.0
#include "scriptworker/worker/credentials_file.h"

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <string>
#include <utility>

#include "absl/cleanup/cleanup.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "scriptworker/base/path.h"
#include "scriptworker/base/secret_string.h"
#include "scriptworker/base/unique_fd.h"
#include "scriptworker/taskcluster/credentials.h"

namespace scriptworker::worker {

absl::StatusOr<CredentialsFile> CredentialsFile::Create(const std::string& directory) {
  UniqueFd fd(::open(directory.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600));
  if (!fd.valid()) {  // a file system that cannot do it
    std::string name = JoinPath(directory, "credentials.XXXXXX");
    fd.reset(::mkostemp(name.data(), O_CLOEXEC));
    if (fd.valid()) ::unlink(name.c_str());
  }
  if (!fd.valid()) {
    return absl::ErrnoToStatus(
        errno, absl::StrCat(directory, ": cannot make the script's credentials file"));
  }
  return CredentialsFile(std::move(fd));
}

absl::Status CredentialsFile::Write(const taskcluster::Credentials& credentials) {
  const SecretString json = taskcluster::FormatCredentials(credentials);
  std::string text(json.reveal());
  const absl::Cleanup wipe = [&text] { Wipe(text); };
  text.resize(std::max(text.size(), longest_), ' ');
  ssize_t written = 0;
  do {
    written = ::pwrite(fd_.get(), text.data(), text.size(), 0);
  } while (written < 0 && errno == EINTR);
  if (written < 0) {
    return absl::ErrnoToStatus(errno, "cannot write the script's credentials");
  }
  if (static_cast<size_t>(written) != text.size()) {
    return absl::ResourceExhaustedError(
        "cannot write the script's credentials: no space for the whole text");
  }
  longest_ = text.size();
  return absl::OkStatus();
}

}  // namespace scriptworker::worker
