// SPDX-License-Identifier: MPL-2.0
#include "scriptworker/taskcluster/artifact_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "absl/random/random.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
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

}  // namespace

ArtifactFile::ArtifactFile(ArtifactName name, UniqueFd parent, UniqueFd fd, int64_t size)
    : name_(std::move(name)), parent_(std::move(parent)), fd_(std::move(fd)), size_(size) {}

absl::StatusOr<ArtifactFile> ArtifactFile::Open(std::string_view directory,
                                                const ArtifactName& name) {
  UniqueFd parent(::open(std::string(directory).c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
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
  // O_NONBLOCK: a fifo would block until somebody writes.
  UniqueFd fd(::openat(parent.get(), std::string(rest).c_str(),
                       O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
  if (!fd.valid()) return Error(errno, name, "cannot open");
  struct stat info;
  if (::fstat(fd.get(), &info) != 0) return Error(errno, name, "cannot stat");
  if (!S_ISREG(info.st_mode)) {
    return absl::FailedPreconditionError(
        absl::StrCat("artifact \"", name, "\" is not a regular file"));
  }
  return ArtifactFile(name, std::move(parent), std::move(fd), info.st_size);
}

absl::Status ArtifactFile::Compress(absl::Time now, std::optional<std::string_view> digest) {
  absl::BitGen bitgen;
  TemporaryName temporary(
      parent_.get(),
      absl::StrCat(".gzip-", absl::Hex(absl::Uniform<uint64_t>(bitgen), absl::kZeroPad16)));
  UniqueFd output(::openat(parent_.get(), temporary.c_str(),
                           O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600));
  if (!output.valid()) {
    const int error = errno;
    temporary.Keep();  // not ours
    return Error(error, name_, "cannot make a file beside it");
  }
  struct stat info;
  if (::fstat(fd_.get(), &info) != 0 || ::fchmod(output.get(), info.st_mode & 0777) != 0) {
    return Error(errno, name_, "cannot copy its mode");
  }
  SW_ASSIGN_OR_RETURN(const GzipCopyResult copied,
                      GzipCopy(fd_.get(), output.get(),
                               {.name = Basename(name_), .mtime = absl::ToUnixSeconds(now)},
                               crypto::AlgorithmOfHex(digest.value_or(""))));
  if (copied.bytes_in != size_ || (digest.has_value() && *digest != copied.digest_in)) {
    return absl::DataLossError(
        absl::StrCat("artifact \"", name_, "\" changed after it was hashed or opened"));
  }
  if (::renameat(parent_.get(), temporary.c_str(), parent_.get(), Basename(name_).c_str()) != 0) {
    return Error(errno, name_, "cannot replace it by its compressed form");
  }
  temporary.Keep();
  fd_ = std::move(output);
  size_ = copied.bytes_out;
  return absl::OkStatus();
}

}  // namespace scriptworker::taskcluster
