// SPDX-License-Identifier: MPL-2.0
#include "scriptworker/taskcluster/artifact_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <string>
#include <string_view>
#include <utility>

#include "absl/random/random.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "scriptworker/base/cancellation.h"
#include "scriptworker/base/status_macros.h"
#include "scriptworker/base/unique_fd.h"
#include "scriptworker/crypto/hash.h"
#include "scriptworker/taskcluster/artifact_name.h"
#include "scriptworker/taskcluster/gzip_copy.h"

namespace scriptworker::taskcluster {
namespace {

absl::Status Error(int error, const ArtifactName& name, std::string_view what) {
  const std::string text = absl::StrCat("artifact \"", name, "\": ", what);
  if (error == ELOOP || error == ENOTDIR || error == ENXIO) {
    return absl::FailedPreconditionError(
        absl::StrCat(text, ": not a regular file, or through a symbolic link"));
  }
  return absl::ErrnoToStatus(error, text);
}

std::string Basename(const ArtifactName& name) {
  return name.path().substr(name.path().rfind('/') + 1);
}

// Removes a name unless told to keep it.
class TemporaryName {
 public:
  TemporaryName(int directory, std::string name) : directory_(directory), name_(std::move(name)) {}
  TemporaryName(const TemporaryName&) = delete;
  TemporaryName& operator=(const TemporaryName&) = delete;
  ~TemporaryName() {
    if (!kept_) ::unlinkat(directory_, name_.c_str(), 0);
  }
  const char* c_str() const { return name_.c_str(); }
  void Keep() { kept_ = true; }

 private:
  int directory_;
  std::string name_;
  bool kept_ = false;
};

// The folder that holds the file.
absl::StatusOr<UniqueFd> OpenParent(const std::string& directory, const ArtifactName& name) {
  UniqueFd parent(::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!parent.valid()) {
    return Error(errno, name, absl::StrCat("cannot open ", directory));
  }
  std::string_view rest = name.path();
  for (size_t slash = rest.find('/'); slash != std::string_view::npos; slash = rest.find('/')) {
    const std::string segment(rest.substr(0, slash));
    parent = UniqueFd(
        ::openat(parent.get(), segment.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
    if (!parent.valid()) return Error(errno, name, "cannot open its folder");
    rest.remove_prefix(slash + 1);
  }
  return parent;
}

}  // namespace

absl::StatusOr<ArtifactFile> ArtifactFile::Open(std::string_view directory,
                                                const ArtifactName& name) {
  ArtifactFile file(std::string(directory), name);
  SW_ASSIGN_OR_RETURN(const UniqueFd parent, OpenParent(file.directory_, name));
  // O_NONBLOCK: a fifo would block until somebody writes.
  file.fd_ = UniqueFd(::openat(parent.get(), Basename(name).c_str(),
                               O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
  if (!file.fd_.valid()) return Error(errno, name, "cannot open");
  struct stat info;
  if (::fstat(file.fd(), &info) != 0) return Error(errno, name, "cannot stat");
  if (!S_ISREG(info.st_mode)) {
    return absl::FailedPreconditionError(
        absl::StrCat("artifact \"", name, "\" is not a regular file"));
  }
  file.size_ = info.st_size;
  file.identity_ = {info.st_dev, info.st_ino};
  file.other_names_ = info.st_nlink > 1;
  return file;
}

absl::Status ArtifactFile::Changed() const {
  return absl::DataLossError(
      absl::StrCat("artifact \"", name_, "\" changed after it was hashed or opened"));
}

absl::Status ArtifactFile::CheckSize() const {
  struct stat info;
  if (::fstat(fd(), &info) != 0) return Error(errno, name_, "cannot stat");
  return info.st_size == size_ ? absl::OkStatus() : Changed();
}

absl::Status ArtifactFile::Hash(crypto::HashAlgorithm algorithm,
                                const CancellationToken& cancellation) {
  SW_ASSIGN_OR_RETURN(
      std::string digest,
      crypto::HashFileHex(algorithm, fd(), absl::StrCat("artifact \"", name_, "\""), cancellation));
  SW_RETURN_IF_ERROR(CheckSize());
  digest_ = std::move(digest);
  return absl::OkStatus();
}

absl::Status ArtifactFile::Compress(absl::Time now, const CancellationToken& cancellation) {
  SW_ASSIGN_OR_RETURN(const UniqueFd parent, OpenParent(directory_, name_));
  absl::BitGen bitgen;
  TemporaryName temporary(
      parent.get(),
      absl::StrCat(".gzip-", absl::Hex(absl::Uniform<uint64_t>(bitgen), absl::kZeroPad16)));
  UniqueFd output(::openat(parent.get(), temporary.c_str(),
                           O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600));
  if (!output.valid()) {
    const int error = errno;
    temporary.Keep();  // not ours
    return Error(error, name_, "cannot make a file beside it");
  }
  struct stat info;
  if (::fstat(fd(), &info) != 0 || ::fchmod(output.get(), info.st_mode & 0777) != 0) {
    return Error(errno, name_, "cannot copy its mode");
  }
  SW_ASSIGN_OR_RETURN(
      GzipCopyResult copied,
      GzipCopy(fd(), output.get(), {.name = Basename(name_), .mtime = absl::ToUnixSeconds(now)},
               crypto::AlgorithmOfHex(digest_), cancellation));
  if (copied.bytes_in != size_ || (!digest_.empty() && digest_ != copied.digest_in)) {
    return Changed();
  }
  const std::string name = Basename(name_);
  // Exchanged where that can be done, and the plain file removed: a rename onto it
  // makes ext4 write the new file to the disk at once.
  if (::renameat2(parent.get(), temporary.c_str(), parent.get(), name.c_str(), RENAME_EXCHANGE) !=
      0) {
    if (::renameat(parent.get(), temporary.c_str(), parent.get(), name.c_str()) != 0) {
      return Error(errno, name_, "cannot replace it by its compressed form");
    }
    temporary.Keep();
  }
  fd_ = std::move(output);
  size_ = copied.bytes_out;
  digest_ = std::move(copied.digest_out);
  return absl::OkStatus();
}

}  // namespace scriptworker::taskcluster
