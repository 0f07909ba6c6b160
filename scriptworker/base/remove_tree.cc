// SPDX-License-Identifier: MPL-2.0
//
// Depth first over directory descriptors. So that neither descriptors nor the
// stack run out in a tree that was made deep on purpose, a folder that lies
// kMaxDepth levels down is first moved up into the top one.

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <string>
#include <string_view>
#include <vector>

#include "absl/cleanup/cleanup.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "scriptworker/base/file.h"
#include "scriptworker/base/path.h"
#include "scriptworker/base/status_macros.h"
#include "scriptworker/base/unique_fd.h"

namespace scriptworker {
namespace {

constexpr int kMaxDepth = 64;

class TreeRemover {
 public:
  TreeRemover(int top, dev_t device) : top_(top), device_(device) {}

  // Empties the folder that `top` is. Returns the first error.
  absl::Status Run(const std::string& name) {
    do {
      moved_up_ = 0;
      RemoveContents(top_, name, 0);
    } while (first_error_.ok() && moved_up_ > 0);
    return first_error_;
  }

 private:
  void Fail(int error, std::string_view what, const std::string& path) {
    if (first_error_.ok()) {
      first_error_ = absl::ErrnoToStatus(error, absl::StrCat(what, " ", path));
    }
  }

  // `dir` is for errors only.
  void RemoveContents(int fd, const std::string& dir, int depth) {
    // The names are read first: what a folder lists while it changes is
    // unspecified.
    for (const std::string& name : Names(fd, dir)) {
      const std::string path = JoinPath(dir, name);
      if (::unlinkat(fd, name.c_str(), 0) == 0 || errno == ENOENT) continue;
      const int error = errno;
      struct stat info;
      if (::fstatat(fd, name.c_str(), &info, AT_SYMLINK_NOFOLLOW) != 0) {
        Fail(errno, "cannot remove", path);
      } else if (!S_ISDIR(info.st_mode)) {
        Fail(error, "cannot remove", path);
      } else if (info.st_dev != device_) {
        Fail(EXDEV, "will not remove another file system, mounted at", path);
      } else if (depth >= kMaxDepth) {
        MoveUp(fd, name, path);
      } else {
        RemoveDirectory(fd, name, path, depth);
      }
    }
  }

  void RemoveDirectory(int parent, const std::string& name, const std::string& path, int depth) {
    constexpr int kFlags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;
    UniqueFd fd(::openat(parent, name.c_str(), kFlags));
    if (!fd.valid() && errno == EACCES) {
      OpenUp(parent, name);
      fd.reset(::openat(parent, name.c_str(), kFlags));
    }
    if (!fd.valid()) return Fail(errno, "cannot open", path);
    struct stat info;
    if (::fstat(fd.get(), &info) != 0 || info.st_dev != device_) {
      return Fail(EXDEV, "will not enter", path);
    }
    // Readable is not enough: entries are removed only from a folder that can
    // be written and searched.
    if ((info.st_mode & S_IRWXU) != S_IRWXU) {
      ::fchmod(fd.get(), S_IRWXU);  // if it fails, removing says why
    }
    RemoveContents(fd.get(), path, depth + 1);
    fd.reset();
    if (::unlinkat(parent, name.c_str(), AT_REMOVEDIR) != 0 && errno != ENOENT) {
      Fail(errno, "cannot remove", path);
    }
  }

  // Gives the owner all permissions of a folder that cannot be opened. Linux
  // has no fchmodat without following; an O_PATH descriptor is the way to say
  // that it is this very folder and no link.
  static void OpenUp(int parent, const std::string& name) {
    const UniqueFd fd(
        ::openat(parent, name.c_str(), O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
    if (!fd.valid()) return;
    ::chmod(absl::StrCat("/proc/self/fd/", fd.get()).c_str(), S_IRWXU);
  }

  void MoveUp(int parent, const std::string& name, const std::string& path) {
    do {
      const std::string new_name = absl::StrCat(".removing-", next_name_++);
      // An empty folder in the way is replaced, which does no harm here.
      if (::renameat(parent, name.c_str(), top_, new_name.c_str()) == 0) {
        ++moved_up_;
        return;
      }
    } while (errno == EEXIST || errno == ENOTEMPTY || errno == ENOTDIR);
    Fail(errno, "cannot remove", path);
  }

  std::vector<std::string> Names(int fd, const std::string& dir) {
    std::vector<std::string> names;
    // An own open file description: the offset of `fd` is not shared.
    UniqueFd reader(::openat(fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    DIR* stream = reader.valid() ? ::fdopendir(reader.get()) : nullptr;
    if (stream == nullptr) {
      Fail(errno, "cannot list", dir);
      return names;
    }
    static_cast<void>(reader.release());
    const absl::Cleanup close = [stream] { ::closedir(stream); };
    errno = 0;
    while (const dirent* entry = ::readdir(stream)) {
      const std::string_view name(entry->d_name);
      if (name != "." && name != "..") names.emplace_back(name);
    }
    if (errno != 0) Fail(errno, "cannot list", dir);
    return names;
  }

  const int top_;
  const dev_t device_;
  int next_name_ = 0;
  int moved_up_ = 0;
  absl::Status first_error_;
};

absl::Status EmptyDirectory(int fd, const std::string& dir) {
  struct stat info;
  if (::fstat(fd, &info) != 0) {
    return absl::ErrnoToStatus(errno, absl::StrCat("cannot remove ", dir));
  }
  if ((info.st_mode & S_IRWXU) != S_IRWXU) ::fchmod(fd, S_IRWXU);
  return TreeRemover(fd, info.st_dev).Run(dir);
}

// `extra_flags`: O_NOFOLLOW or none.
absl::StatusOr<UniqueFd> OpenDirectory(const std::string& dir, int extra_flags) {
  const int flags = O_RDONLY | O_DIRECTORY | O_CLOEXEC | extra_flags;
  UniqueFd fd(::open(dir.c_str(), flags));
  if (!fd.valid() && errno == EACCES) {
    // Perhaps only made unreadable by its owner.
    struct stat info;
    if (::lstat(dir.c_str(), &info) == 0 && S_ISDIR(info.st_mode) &&
        ::chmod(dir.c_str(), S_IRWXU) == 0) {
      fd.reset(::open(dir.c_str(), flags));
    } else {
      errno = EACCES;
    }
  }
  if (!fd.valid()) {
    return absl::ErrnoToStatus(errno, absl::StrCat("cannot open ", dir));
  }
  return fd;
}

}  // namespace

absl::Status RemoveTree(const std::string& path) {
  if (::unlink(path.c_str()) == 0 || errno == ENOENT) return absl::OkStatus();
  const int error = errno;
  struct stat info;
  if (::lstat(path.c_str(), &info) != 0 || !S_ISDIR(info.st_mode)) {
    return absl::ErrnoToStatus(error, absl::StrCat("cannot remove ", path));
  }
  SW_ASSIGN_OR_RETURN(UniqueFd fd, OpenDirectory(path, O_NOFOLLOW));
  const absl::Status emptied = EmptyDirectory(fd.get(), path);
  fd.reset();
  if (::rmdir(path.c_str()) != 0 && errno != ENOENT && emptied.ok()) {
    return absl::ErrnoToStatus(errno, absl::StrCat("cannot remove ", path));
  }
  return emptied;
}

absl::Status RemoveTreeContents(const std::string& dir) {
  SW_ASSIGN_OR_RETURN(const UniqueFd fd, OpenDirectory(dir, 0));
  return EmptyDirectory(fd.get(), dir);
}

}  // namespace scriptworker
