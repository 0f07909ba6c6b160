// SPDX-License-Identifier: MPL-2.0
//
// Names of files: text in, text out, except RealPath and IsBeneath, which ask
// the file system. POSIX paths only; bytes are kept as they are. Thread-safe.

#ifndef SCRIPTWORKER_BASE_PATH_H_
#define SCRIPTWORKER_BASE_PATH_H_

#include <string>
#include <string_view>

#include "absl/status/statusor.h"

namespace scriptworker {

// Joins with exactly one '/' at the seam; an empty part adds nothing. Unlike
// in Python an absolute second part does not replace the first one: the result
// stays below `first` ("a" + "/b" is "a/b").
std::string JoinPath(std::string_view first, std::string_view second);
template <typename... Rest>
std::string JoinPath(std::string_view first, std::string_view second, const Rest&... rest) {
  return JoinPath(JoinPath(first, second), rest...);
}

bool IsAbsolute(std::string_view path);

// What follows the last '/': "a/b" and "b" give "b", "a/" gives "".
std::string_view Basename(std::string_view path);

// What precedes the last '/', without trailing slashes: "a/b" gives "a", "/a"
// gives "/", "a" gives "".
std::string_view Dirname(std::string_view path);

// As os.path.realpath: absolute, all symbolic links resolved, "." and ".."
// removed; the part that does not exist is kept. Errors: a loop of links, a
// folder that may not be read.
absl::StatusOr<std::string> RealPath(const std::string& path);

// Whether `path` is `parent` or lies below it once all symbolic links of both
// are resolved. A statement about this moment only: to open a file safely use
// OpenFileBeneath.
absl::StatusOr<bool> IsBeneath(const std::string& path, const std::string& parent);

// The path below `working_directory`, or `path` itself if it is absolute or either
// is empty. A program's working directory is the user's unless `bazel run` started
// it, which names the user's in BUILD_WORKING_DIRECTORY.
std::string ResolveAgainstWorkingDirectory(std::string_view path,
                                           std::string_view working_directory);

}  // namespace scriptworker

#endif  // SCRIPTWORKER_BASE_PATH_H_
