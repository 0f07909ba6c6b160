// SPDX-License-Identifier: MPL-2.0
#include "scriptworker/base/file_beneath.h"

#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <cstdio>
#include <span>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "scriptworker/base/file.h"
#include "scriptworker/base/path.h"
#include "scriptworker/base/status_macros.h"

namespace scriptworker {
namespace {

absl::Status Error(int error, const std::string& dir, std::string_view relative,
                   std::string_view what) {
  const std::string text = absl::StrCat(JoinPath(dir, relative), ": ", what);
  if (error == ELOOP || error == ENOTDIR) {
    return absl::FailedPreconditionError(
        absl::StrCat(text, ": not a directory, or a symbolic link"));
  }
  return absl::ErrnoToStatus(error, text);
}

absl::StatusOr<std::vector<std::string>> Segments(std::string_view relative) {
  std::vector<std::string> segments = absl::StrSplit(relative, '/');
  for (const std::string& segment : segments) {
    if (segment.empty() || segment == "." || segment == ".." ||
        segment.find('\0') != std::string::npos) {
      return absl::InvalidArgumentError(
          absl::StrCat("\"", relative, "\" is no plain relative path"));
    }
  }
  return segments;
}

// The folder `dir`, made if it is missing.
absl::StatusOr<UniqueFd> OpenFolder(const std::string& dir, std::string_view relative) {
  const auto open = [&dir] {
    return UniqueFd(::open(dir.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  };
  UniqueFd folder = open();
  if (!folder.valid() && errno == ENOENT) {
    SW_RETURN_IF_ERROR(MakeDirs(dir));
    folder = open();
  }
  if (!folder.valid()) return Error(errno, dir, relative, "cannot open the folder");
  return folder;
}

// A folder beneath `folder`, none on the way to it being a link.
UniqueFd OpenBeneath(int folder, const std::string& relative) {
  const open_how how = {.flags = O_RDONLY | O_DIRECTORY | O_CLOEXEC,
                        .mode = 0,
                        .resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS};
  return UniqueFd(
      static_cast<int>(::syscall(SYS_openat2, folder, relative.c_str(), &how, sizeof(how))));
}

}  // namespace

absl::StatusOr<UniqueFd> MakeParentsBeneath(const std::string& dir, std::string_view relative) {
  SW_ASSIGN_OR_RETURN(const std::vector<std::string> segments, Segments(relative));
  SW_ASSIGN_OR_RETURN(UniqueFd at, OpenFolder(dir, relative));
  // What is there already, of as many folders as possible, is opened at once.
  size_t first = segments.size() - 1;
  for (; first > 0; --first) {
    const std::span<const std::string> folders(segments.data(), first);
    if (UniqueFd folder = OpenBeneath(at.get(), absl::StrJoin(folders, "/")); folder.valid()) {
      at = std::move(folder);
      break;
    }
  }
  for (size_t i = first; i + 1 < segments.size(); ++i) {
    const char* name = segments[i].c_str();
    if (::mkdirat(at.get(), name, 0777) != 0 && errno != EEXIST) {
      return Error(errno, dir, relative, "cannot make its folder");
    }
    UniqueFd next(::openat(at.get(), name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
    if (!next.valid()) return Error(errno, dir, relative, "cannot open its folder");
    at = std::move(next);
  }
  return at;
}

absl::Status WriteFileBeneath(const std::string& dir, std::string_view relative,
                              std::string_view bytes) {
  SW_ASSIGN_OR_RETURN(const UniqueFd parent, MakeParentsBeneath(dir, relative));
  const std::string name(Basename(relative));
  const auto create = [&parent](const std::string& as) {
    return UniqueFd(::openat(parent.get(), as.c_str(),
                             O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0666));
  };
  std::string written = name;
  UniqueFd fd = create(written);
  if (!fd.valid() && errno == EEXIST) {
    // A name of its own, until all is there: nobody sees a part, and a link is replaced.
    written = absl::StrCat(".", name.substr(0, 200), ".part");
    fd = create(written);
    if (!fd.valid() && errno == EEXIST && ::unlinkat(parent.get(), written.c_str(), 0) == 0) {
      fd = create(written);
    }
  }
  if (!fd.valid()) return Error(errno, dir, relative, "cannot create");
  const auto fail = [&](std::string_view what) {
    const int error = errno;
    ::unlinkat(parent.get(), written.c_str(), 0);
    return Error(error, dir, relative, what);
  };
  while (!bytes.empty()) {
    const ssize_t count = ::write(fd.get(), bytes.data(), bytes.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return fail("cannot write");
    bytes.remove_prefix(static_cast<size_t>(count));
  }
  if (written != name &&
      ::renameat(parent.get(), written.c_str(), parent.get(), name.c_str()) != 0) {
    return fail("cannot replace");
  }
  return absl::OkStatus();
}

}  // namespace scriptworker
