// SPDX-License-Identifier: MPL-2.0

#include "scriptworker/base/path.h"

#include <errno.h>
#include <limits.h>
#include <unistd.h>

#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "scriptworker/base/status_macros.h"

namespace scriptworker {
namespace {

// As many as Linux follows.
constexpr int kMaxSymlinks = 40;

std::string_view WithoutTrailingSlashes(std::string_view path) {
  while (path.ends_with('/')) path.remove_suffix(1);
  return path;
}

absl::StatusOr<std::string> CurrentDirectory() {
  char buffer[PATH_MAX];
  if (::getcwd(buffer, sizeof(buffer)) == nullptr) {
    return absl::ErrnoToStatus(errno, "cannot tell the current folder");
  }
  return std::string(buffer);
}

}  // namespace

std::string JoinPath(std::string_view first, std::string_view second) {
  if (first.empty()) return std::string(second);
  if (second.empty()) return std::string(first);
  while (second.starts_with('/')) second.remove_prefix(1);
  return absl::StrCat(WithoutTrailingSlashes(first), "/", second);
}

bool IsAbsolute(std::string_view path) { return path.starts_with('/'); }

std::string_view Basename(std::string_view path) {
  return path.substr(path.rfind('/') + 1);  // npos + 1 is 0
}

std::string_view Dirname(std::string_view path) {
  const size_t slash = path.rfind('/');
  if (slash == std::string_view::npos) return "";
  const std::string_view dir = WithoutTrailingSlashes(path.substr(0, slash));
  return dir.empty() ? path.substr(0, 1) : dir;
}

absl::StatusOr<std::string> RealPath(const std::string& path) {
  std::string resolved;  // absolute, no links; the root is empty
  if (!IsAbsolute(path)) {
    SW_ASSIGN_OR_RETURN(const std::string current, CurrentDirectory());
    resolved = WithoutTrailingSlashes(current);
  }
  std::string rest = path;
  int links = 0;
  while (!rest.empty()) {
    const size_t slash = rest.find('/');
    const std::string component = rest.substr(0, slash);
    rest = slash == std::string::npos ? "" : rest.substr(slash + 1);
    if (component.empty() || component == ".") continue;
    if (component == "..") {
      resolved =
          resolved.substr(0, resolved.rfind('/') == std::string::npos ? 0 : resolved.rfind('/'));
      continue;
    }
    std::string next = absl::StrCat(resolved, "/", component);
    char target[PATH_MAX];
    const ssize_t size = ::readlink(next.c_str(), target, sizeof(target));
    if (size < 0) {
      // EINVAL: no link. Missing parts are kept as they are.
      if (errno != EINVAL && errno != ENOENT && errno != ENOTDIR) {
        return absl::ErrnoToStatus(errno, absl::StrCat("cannot read ", next));
      }
      resolved = std::move(next);
      continue;
    }
    if (++links > kMaxSymlinks) {
      return absl::FailedPreconditionError(
          absl::StrCat(path, ": too many levels of symbolic links"));
    }
    const std::string_view link(target, static_cast<size_t>(size));
    if (IsAbsolute(link)) resolved.clear();
    rest = absl::StrCat(link, "/", rest);
  }
  return resolved.empty() ? "/" : resolved;
}

absl::StatusOr<bool> IsBeneath(const std::string& path, const std::string& parent) {
  SW_ASSIGN_OR_RETURN(const std::string real_path, RealPath(path));
  SW_ASSIGN_OR_RETURN(const std::string real_parent, RealPath(parent));
  std::string_view rest = real_path;
  return absl::ConsumePrefix(&rest, WithoutTrailingSlashes(real_parent)) &&
         (rest.empty() || rest.starts_with('/'));
}

std::string ResolveAgainstWorkingDirectory(std::string_view path,
                                           std::string_view working_directory) {
  if (path.empty() || IsAbsolute(path)) return std::string(path);
  return JoinPath(working_directory, path);
}

}  // namespace scriptworker
