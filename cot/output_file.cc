// SPDX-License-Identifier: MPL-2.0
#include "cot/output_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <climits>
#include <cstdlib>
#include <cstring>
#include <utility>

#include "absl/strings/str_cat.h"
#include "scriptworker/base/file.h"
#include "scriptworker/base/file_creation_mask.h"

namespace cot {
namespace {

using scriptworker::UniqueFd;

constexpr mode_t kNewFileMode = 0644;

absl::Status Unwritable(const std::string& path, std::string_view reason) {
  return absl::InvalidArgumentError(absl::StrCat(path, ": cannot be written: ", reason));
}

absl::Status Unwritable(const std::string& path, int error) {
  return Unwritable(path, std::string_view(std::strerror(error)));
}

// This process's own output or error output, if `info` is of it: what a shell has opened
// for it must not be opened anew, at its beginning, nor be replaced.
UniqueFd OwnOutput(const struct stat& info) {
  for (const int fd : {STDOUT_FILENO, STDERR_FILENO}) {
    struct stat own = {};
    if (::fstat(fd, &own) == 0 && own.st_dev == info.st_dev && own.st_ino == info.st_ino) {
      return UniqueFd(::fcntl(fd, F_DUPFD_CLOEXEC, 0));
    }
  }
  return UniqueFd();
}

// Whether a file can be made beside `path`, as AtomicWriteFile will.
absl::Status CheckFolder(const std::string& path) {
  std::string temporary = absl::StrCat(path, ".XXXXXX");
  const UniqueFd fd(::mkostemp(temporary.data(), O_CLOEXEC));
  if (!fd.valid()) return Unwritable(path, errno);
  ::unlink(temporary.c_str());
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<OutputFile> OutputFile::Create(const std::string& path) {
  struct stat info = {};
  if (::stat(path.c_str(), &info) != 0) {
    if (errno != ENOENT) return Unwritable(path, errno);
    if (::lstat(path.c_str(), &info) == 0) return Unwritable(path, "it is a link to nothing");
    if (absl::Status folder = CheckFolder(path); !folder.ok()) return folder;
    return OutputFile(path, kNewFileMode & ~scriptworker::FileCreationMask());
  }
  if (S_ISDIR(info.st_mode)) return Unwritable(path, "it is a folder");
  if (UniqueFd own = OwnOutput(info); own.valid()) return OutputFile(path, std::move(own));
  UniqueFd fd(::open(path.c_str(), O_WRONLY | O_CLOEXEC | O_NOCTTY));
  if (!fd.valid()) return Unwritable(path, errno);
  if (!S_ISREG(info.st_mode)) return OutputFile(path, std::move(fd));
  char resolved[PATH_MAX];
  if (::realpath(path.c_str(), resolved) == nullptr) return Unwritable(path, errno);
  if (absl::Status folder = CheckFolder(resolved); !folder.ok()) return folder;
  return OutputFile(resolved, info.st_mode & mode_t{0777});
}

absl::Status OutputFile::Write(std::string_view content) const {
  if (!is_regular()) return scriptworker::WriteAll(stream_.get(), content, path_);
  return scriptworker::AtomicWriteFile(path_, content, mode_);
}

}  // namespace cot
