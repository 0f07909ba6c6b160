// SPDX-License-Identifier: MPL-2.0

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/cleanup/cleanup.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "scriptworker/base/file.h"
#include "scriptworker/base/path.h"
#include "scriptworker/base/status_macros.h"
#include "scriptworker/base/unique_fd.h"

namespace scriptworker {
namespace {

constexpr int kDirectoryFlags = O_RDONLY | O_DIRECTORY | O_CLOEXEC;

absl::Status Error(int error, std::string_view what, std::string_view path) {
  return absl::ErrnoToStatus(error, absl::StrCat(what, " ", path));
}

class Lister {
 public:
  Lister(const std::string& top, const ListLimits& limits) : top_(top), limits_(limits) {}

  // Takes the open folder; `relative` is its path below the top one.
  absl::Status List(UniqueFd fd, const std::string& relative, int depth) {
    if (depth > limits_.max_depth) {
      if (limits_.skip_closed) return Skip(relative, SkippedFile::Kind::kTooDeep);
      return absl::ResourceExhaustedError(absl::StrCat(
          JoinPath(top_, relative), ": folders are nested deeper ", "than ", limits_.max_depth));
    }
    DIR* stream = ::fdopendir(fd.get());
    if (stream == nullptr) {
      return Error(errno, "cannot list", JoinPath(top_, relative));
    }
    const int dir = fd.release();
    const absl::Cleanup close = [stream] { ::closedir(stream); };
    while (true) {
      errno = 0;
      const dirent* entry = ::readdir(stream);
      if (entry == nullptr) break;
      const std::string_view name(entry->d_name);
      if (name == "." || name == "..") continue;
      if (++count_ > limits_.max_files) {
        return absl::ResourceExhaustedError(
            absl::StrCat(top_, ": more than ", limits_.max_files, " files and folders"));
      }
      SW_RETURN_IF_ERROR(Visit(dir, entry->d_name, JoinPath(relative, name), depth));
    }
    if (errno != 0) {
      return Error(errno, "cannot list", JoinPath(top_, relative));
    }
    return absl::OkStatus();
  }

  FileListing Take() && {
    std::sort(listing_.files.begin(), listing_.files.end());
    std::sort(listing_.skipped.begin(), listing_.skipped.end(),
              [](const SkippedFile& a, const SkippedFile& b) { return a.path < b.path; });
    return std::move(listing_);
  }

 private:
  absl::Status Visit(int dir, const char* name, std::string relative, int depth) {
    struct stat info;
    if (::fstatat(dir, name, &info, AT_SYMLINK_NOFOLLOW) != 0) {
      const int error = errno;
      if (error == ENOENT) return Skip(std::move(relative), SkippedFile::Kind::kVanished);
      if (IsSkippable(error)) return Skip(std::move(relative), SkippedFile::Kind::kForbidden);
      return Error(error, "cannot examine", JoinPath(top_, relative));
    }
    switch (info.st_mode & S_IFMT) {
      case S_IFREG:
        listing_.files.push_back(std::move(relative));
        return absl::OkStatus();
      case S_IFLNK:
        return Skip(std::move(relative), SkippedFile::Kind::kSymlink);
      case S_IFIFO:
        return Skip(std::move(relative), SkippedFile::Kind::kFifo);
      case S_IFSOCK:
        return Skip(std::move(relative), SkippedFile::Kind::kSocket);
      case S_IFDIR:
        break;
      default:
        return Skip(std::move(relative), SkippedFile::Kind::kDevice);
    }
    UniqueFd child(::openat(dir, name, kDirectoryFlags | O_NOFOLLOW));
    if (child.valid()) return List(std::move(child), relative, depth + 1);
    const int error = errno;
    if (IsSkippable(error)) return Skip(std::move(relative), SkippedFile::Kind::kForbidden);
    switch (error) {
      case ELOOP:
      case ENOTDIR:  // exchanged for a link since it was examined
        return Skip(std::move(relative), SkippedFile::Kind::kSymlink);
      case ENOENT:
        return Skip(std::move(relative), SkippedFile::Kind::kVanished);
      default:
        return Error(error, "cannot open", JoinPath(top_, relative));
    }
  }

  bool IsSkippable(int error) const {
    return limits_.skip_closed && (error == EACCES || error == EPERM);
  }

  absl::Status Skip(std::string relative, SkippedFile::Kind kind) {
    listing_.skipped.push_back({std::move(relative), kind});
    return absl::OkStatus();
  }

  const std::string& top_;
  const ListLimits& limits_;
  int count_ = 0;
  FileListing listing_;
};

}  // namespace

std::string_view SkippedFileKindName(SkippedFile::Kind kind) {
  switch (kind) {
    case SkippedFile::Kind::kSymlink:
      return "symbolic link";
    case SkippedFile::Kind::kFifo:
      return "fifo";
    case SkippedFile::Kind::kSocket:
      return "socket";
    case SkippedFile::Kind::kDevice:
      return "device";
    case SkippedFile::Kind::kVanished:
      return "file that vanished";
    case SkippedFile::Kind::kForbidden:
      return "file or folder that may not be looked into";
    case SkippedFile::Kind::kTooDeep:
      return "folder that is nested too deep";
  }
  return "file of unknown kind";
}

absl::StatusOr<FileListing> ListFiles(const std::string& dir, const ListLimits& limits) {
  UniqueFd fd(::open(dir.c_str(), kDirectoryFlags));
  if (!fd.valid()) return Error(errno, "cannot open", dir);
  Lister lister(dir, limits);
  SW_RETURN_IF_ERROR(lister.List(std::move(fd), "", 0));
  return std::move(lister).Take();
}

absl::StatusOr<UniqueFd> OpenFileBeneath(const std::string& dir, std::string_view relative) {
  const std::vector<std::string> segments = absl::StrSplit(relative, '/');
  for (const std::string& segment : segments) {
    if (segment.empty() || segment == "." || segment == ".." ||
        segment.find('\0') != std::string::npos) {
      return absl::InvalidArgumentError(
          absl::StrCat("not a plain relative path: \"", relative, "\""));
    }
  }
  UniqueFd fd(::open(dir.c_str(), kDirectoryFlags));
  if (!fd.valid()) return Error(errno, "cannot open", dir);
  const std::string path = JoinPath(dir, relative);
  for (size_t i = 0; i < segments.size(); ++i) {
    const bool last = i + 1 == segments.size();
    // O_NONBLOCK: a fifo must not hold us up before it is refused.
    const int flags = last ? O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK : kDirectoryFlags;
    UniqueFd next(::openat(fd.get(), segments[i].c_str(), flags | O_NOFOLLOW));
    if (!next.valid()) {
      const int error = errno;
      struct stat info;
      if (::fstatat(fd.get(), segments[i].c_str(), &info, AT_SYMLINK_NOFOLLOW) == 0 &&
          S_ISLNK(info.st_mode)) {
        return absl::FailedPreconditionError(
            absl::StrCat("will not open ", path, ": \"", segments[i], "\" is a symbolic link"));
      }
      if (error == ENOTDIR || error == ENXIO || error == ELOOP) {
        return absl::FailedPreconditionError(
            absl::StrCat("will not open ", path, ": not a regular file or below a file"));
      }
      return Error(error, "cannot open", path);
    }
    fd = std::move(next);
  }
  struct stat info;
  if (::fstat(fd.get(), &info) != 0) return Error(errno, "cannot open", path);
  if (!S_ISREG(info.st_mode)) {
    return absl::FailedPreconditionError(
        absl::StrCat("will not open ", path, ": not a regular file"));
  }
  return fd;
}

}  // namespace scriptworker
