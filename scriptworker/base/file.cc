// SPDX-License-Identifier: MPL-2.0
//
// Whole files and folders; walking a tree is in remove_tree.cc and
// file_listing.cc.

#include "scriptworker/base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>

#include "absl/cleanup/cleanup.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "scriptworker/base/path.h"
#include "scriptworker/base/status_macros.h"
#include "scriptworker/base/unique_fd.h"

namespace scriptworker {
namespace {

absl::Status Error(int error, std::string_view what, std::string_view path) {
  return absl::ErrnoToStatus(error, absl::StrCat(what, " ", path));
}

absl::Status SyncDirectory(const std::string& path) {
  const std::string_view dir = Dirname(path);
  const UniqueFd fd(
      ::open(dir.empty() ? "." : std::string(dir).c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  // A folder that may be written to, but not read.
  if (!fd.valid() && errno == EACCES) return absl::OkStatus();
  // Some file systems cannot sync a folder; they say EINVAL.
  if (!fd.valid() || (::fsync(fd.get()) != 0 && errno != EINVAL)) {
    return Error(errno, "cannot sync the folder of", path);
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::string> ReadAll(int fd, std::string_view name, int64_t max_bytes) {
  struct stat info;
  if (::fstat(fd, &info) != 0) return Error(errno, "cannot read", name);
  // The size is a hint only: it is 0 for pipes and files of /proc.
  size_t capacity = 4096;
  if (S_ISREG(info.st_mode) && info.st_size > 0) {
    capacity = static_cast<size_t>(std::min(int64_t{info.st_size}, max_bytes));
  }
  std::string content;
  while (true) {
    const size_t size = content.size();
    // One byte more than expected, to see the end without growing.
    content.resize(size <= capacity ? capacity + 1 : size * 2);
    const ssize_t n = ::read(fd, content.data() + size, content.size() - size);
    if (n < 0 && errno != EINTR) return Error(errno, "cannot read", name);
    content.resize(size + static_cast<size_t>(std::max(n, ssize_t{0})));
    if (static_cast<int64_t>(content.size()) > max_bytes) {
      return absl::ResourceExhaustedError(
          absl::StrCat(name, " is longer than ", max_bytes, " bytes"));
    }
    if (n == 0) return content;
  }
}

absl::StatusOr<std::string> ReadFile(const std::string& path, int64_t max_bytes) {
  const UniqueFd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY));
  if (!fd.valid()) return Error(errno, "cannot open", path);
  return ReadAll(fd.get(), path, max_bytes);
}

absl::Status WriteAll(int fd, std::string_view data, std::string_view name) {
  while (!data.empty()) {
    const ssize_t n = ::write(fd, data.data(), data.size());
    if (n < 0 && errno != EINTR) return Error(errno, "cannot write", name);
    if (n > 0) data.remove_prefix(static_cast<size_t>(n));
  }
  return absl::OkStatus();
}

absl::Status WriteFile(const std::string& path, std::string_view data, mode_t mode) {
  // O_NONBLOCK: a fifo that was put there is an error, not a wait without end.
  UniqueFd fd(::open(path.c_str(),
                     O_WRONLY | O_CREAT | O_CLOEXEC | O_NOCTTY | O_NOFOLLOW | O_NONBLOCK, mode));
  if (!fd.valid()) {
    if (errno == ELOOP) {
      return absl::FailedPreconditionError(
          absl::StrCat("cannot write ", path, ": it is a symbolic link"));
    }
    return Error(errno, "cannot write", path);
  }
  struct stat info;
  if (::fstat(fd.get(), &info) != 0) return Error(errno, "cannot write", path);
  if (S_ISREG(info.st_mode)) {
    // Permissions go before the data come.
    const mode_t old_mode = info.st_mode & 07777;
    if ((old_mode & mode) != old_mode && ::fchmod(fd.get(), old_mode & mode) != 0) {
      return Error(errno, "cannot restrict the permissions of", path);
    }
    // Not if there is nothing to cut: ext4 takes that for a replacement too, and
    // writes the file to the disk before close() returns.
    if (info.st_size > 0 && ::ftruncate(fd.get(), 0) != 0) {
      return Error(errno, "cannot write", path);
    }
  }
  SW_RETURN_IF_ERROR(WriteAll(fd.get(), data, path));
  if (::close(fd.release()) != 0) return Error(errno, "cannot write", path);
  return absl::OkStatus();
}

absl::Status AtomicWriteFile(const std::string& path, std::string_view data, mode_t mode) {
  std::string temporary = absl::StrCat(path, ".XXXXXX");
  UniqueFd fd(::mkostemp(temporary.data(), O_CLOEXEC));  // mode 0600
  if (!fd.valid()) return Error(errno, "cannot create a file beside", path);
  absl::Cleanup remove = [&temporary] { ::unlink(temporary.c_str()); };
  SW_RETURN_IF_ERROR(WriteAll(fd.get(), data, temporary));
  if (::fchmod(fd.get(), mode) != 0 || ::fsync(fd.get()) != 0 || ::close(fd.release()) != 0) {
    return Error(errno, "cannot write", temporary);
  }
  if (::rename(temporary.c_str(), path.c_str()) != 0) {
    return Error(errno, "cannot replace", path);
  }
  std::move(remove).Cancel();
  return SyncDirectory(path);
}

absl::Status MakeDirs(const std::string& path, mode_t mode) {
  if (path.empty()) return absl::OkStatus();
  // The usual case first: it is there, or only the last one is missing.
  if (::mkdir(path.c_str(), mode) == 0) return absl::OkStatus();
  int error = errno;
  if (error == ENOENT && !Dirname(path).empty()) {
    SW_RETURN_IF_ERROR(MakeDirs(std::string(Dirname(path)), mode));
    if (::mkdir(path.c_str(), mode) == 0) return absl::OkStatus();
    error = errno;
  }
  struct stat info;
  if (error == EEXIST || error == EISDIR) {
    if (::stat(path.c_str(), &info) == 0 && S_ISDIR(info.st_mode)) {
      return absl::OkStatus();
    }
    return absl::FailedPreconditionError(
        absl::StrCat(path, " already exists and is not a directory"));
  }
  if (error == ENOTDIR) {
    return absl::FailedPreconditionError(
        absl::StrCat("cannot make ", path, ": something above it is not a directory"));
  }
  return Error(error, "cannot make the folder", path);
}

}  // namespace scriptworker
