// SPDX-License-Identifier: MPL-2.0
#include "scriptworker/worker/secret_file.h"

#include <sys/stat.h>
#include <unistd.h>

#include <optional>
#include <string>
#include <string_view>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "scriptworker/base/path.h"

namespace scriptworker::worker {

std::optional<std::string> ExposureWarning(const std::string& path, std::string_view holds,
                                           Sensitivity sensitivity) {
  struct stat info = {};
  if (stat(path.c_str(), &info) != 0) return std::nullopt;
  if (info.st_uid != geteuid() && info.st_uid != 0) {
    return absl::StrCat(path, ": ", holds, " belongs to user ", info.st_uid,
                        ", who can change it; it should be this user's (", geteuid(),
                        ") or root's");
  }
  const mode_t mode = info.st_mode & 07777;
  if ((mode & 0022) != 0) {
    return absl::StrFormat("%s: %s can be changed by others (mode %04o); use chmod go-w", path,
                           holds, mode);
  }
  struct stat folder = {};
  const std::string parent(Dirname(path));
  if (stat(parent.empty() ? "." : parent.c_str(), &folder) == 0 &&
      (folder.st_mode & (S_IWOTH | S_ISVTX)) == S_IWOTH) {
    return absl::StrCat(path, ": ", holds, " can be replaced by anyone, since anyone may change ",
                        parent, "; use chmod o-w");
  }
  if (sensitivity == Sensitivity::kSecret && (mode & 0044) != 0) {
    return absl::StrFormat("%s: %s can be read by others (mode %04o); use chmod go-r", path, holds,
                           mode);
  }
  return std::nullopt;
}

}  // namespace scriptworker::worker
