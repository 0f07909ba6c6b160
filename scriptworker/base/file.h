// SPDX-License-Identifier: MPL-2.0
//
// Files and folders. Errors name the path and the system's reason; codes:
// kNotFound, kPermissionDenied, kAlreadyExists, kResourceExhausted (a cap, a
// full disk, no descriptors), kFailedPrecondition (of another kind than
// expected), else kInternal or what the errno maps to.
//
// Functions that walk a tree never follow a symbolic link: they go through
// directory descriptors (openat, O_NOFOLLOW), so that a link that is put in
// between is an error or is skipped, never a way out. Thread-safe as far as
// the file system is.

#ifndef SCRIPTWORKER_BASE_FILE_H_
#define SCRIPTWORKER_BASE_FILE_H_

#include <sys/types.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "scriptworker/base/unique_fd.h"

namespace scriptworker {

inline constexpr int64_t kDefaultMaxFileBytes = int64_t{64} << 20;

// The whole content. Longer than max_bytes: kResourceExhausted.
absl::StatusOr<std::string> ReadFile(const std::string& path,
                                     int64_t max_bytes = kDefaultMaxFileBytes);

// The content from the descriptor's offset to its end; `name` is for errors.
absl::StatusOr<std::string> ReadAll(int fd, std::string_view name,
                                    int64_t max_bytes = kDefaultMaxFileBytes);

// Creates or replaces the content in place. A symbolic link as the last
// component is refused. A new file gets `mode` (less the umask); an existing
// one loses the permissions that `mode` does not have.
absl::Status WriteFile(const std::string& path, std::string_view data, mode_t mode = 0644);

// Writes all bytes to a descriptor; `name` is for errors.
absl::Status WriteAll(int fd, std::string_view data, std::string_view name);

// Writes a new file beside `path` and renames it: other processes, and those
// after a crash, see the old content or the new one, never a part. The new
// file has exactly `mode`. On error nothing is left behind.
absl::Status AtomicWriteFile(const std::string& path, std::string_view data, mode_t mode = 0644);

// Like `mkdir -p`. An empty path is OK; something else than a directory (or a
// link to one) in the way is kFailedPrecondition.
absl::Status MakeDirs(const std::string& path, mode_t mode = 0755);

// Like `rm -rf`: a missing path is OK, a symbolic link is removed itself.
// Folders that their owner made unreadable are opened up first; any depth
// works; other file systems mounted below are left alone (an error). Removes
// what it can and returns the first error.
absl::Status RemoveTree(const std::string& path);

// The same for everything in the folder; the folder itself stays.
absl::Status RemoveTreeContents(const std::string& dir);

struct SkippedFile {
  enum class Kind { kSymlink, kFifo, kSocket, kDevice, kVanished, kForbidden, kTooDeep };
  std::string path;  // relative to the folder that was listed
  Kind kind;
};
std::string_view SkippedFileKindName(SkippedFile::Kind kind);

struct FileListing {
  std::vector<std::string> files;    // regular files, relative paths
  std::vector<SkippedFile> skipped;  // all else that is no directory, or one not entered
};

struct ListLimits {
  int max_files = 1'000'000;  // entries of any kind, directories included
  int max_depth = 256;
  // On: what this user may not look into (kForbidden), and folders below max_depth (kTooDeep), are
  // skipped, and no error.
  bool skip_closed = false;
};

// All files below `dir`, recursively, both lists sorted by bytes. Symbolic
// links are reported, never entered (`dir` itself may be a link). A limit that
// is passed is kResourceExhausted. A name is any bytes except '/' and NUL.
absl::StatusOr<FileListing> ListFiles(const std::string& dir, const ListLimits& limits = {});

// Opens the regular file `relative` below `dir` for reading. `relative` is
// refused (kInvalidArgument) if it is empty or absolute or has an empty, "."
// or ".." segment. A symbolic link anywhere below `dir`, and anything but a
// regular file, is kFailedPrecondition.
absl::StatusOr<UniqueFd> OpenFileBeneath(const std::string& dir, std::string_view relative);

}  // namespace scriptworker

#endif  // SCRIPTWORKER_BASE_FILE_H_
