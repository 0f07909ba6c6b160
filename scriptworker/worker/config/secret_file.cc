// SPDX-License-Identifier: MPL-2.0
#include "scriptworker/worker/config/secret_file.h"

#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <optional>
#include <string>
#include <string_view>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "scriptworker/base/path.h"

namespace scriptworker::worker {
namespace {

std::string FolderOf(const std::string& path) {
  const std::string_view folder = Dirname(path);
  return folder.empty() ? "." : std::string(folder);
}

}  // namespace

std::optional<std::string> JudgeExposure(const FileExposure& file, uid_t user,
                                         const std::string& path, std::string_view holds,
                                         Sensitivity sensitivity) {
  if (file.owner != user && file.owner != 0) {
    return absl::StrCat(path, ": ", holds, " belongs to user ", file.owner,
                        ", who can change it; it should be this user's (", user, ") or root's");
  }
  const mode_t mode = file.mode & 07777;
  if ((mode & 0022) != 0) {
    return absl::StrFormat("%s: %s can be changed by others (mode %04o); use chmod go-w", path,
                           holds, mode);
  }
  if ((file.folder_mode & (S_IWOTH | S_ISVTX)) == S_IWOTH && !file.folder_is_read_only) {
    return absl::StrCat(path, ": ", holds, " can be replaced by anyone, since anyone may change ",
                        FolderOf(path), "; use chmod o-w");
  }
  if (sensitivity == Sensitivity::kSecret && (mode & 0044) != 0) {
    return absl::StrFormat("%s: %s can be read by others (mode %04o); use chmod go-r", path, holds,
                           mode);
  }
  return std::nullopt;
}

std::optional<std::string> ExposureWarning(const std::string& path, std::string_view holds,
                                           Sensitivity sensitivity) {
  struct stat info = {};
  if (::stat(path.c_str(), &info) != 0) return std::nullopt;
  FileExposure file{.owner = info.st_uid, .mode = info.st_mode};
  const std::string folder = FolderOf(path);
  if (::stat(folder.c_str(), &info) == 0) file.folder_mode = info.st_mode;
  struct statvfs mount = {};
  file.folder_is_read_only =
      ::statvfs(folder.c_str(), &mount) == 0 && (mount.f_flag & ST_RDONLY) != 0;
  return JudgeExposure(file, ::geteuid(), path, holds, sensitivity);
}

}  // namespace scriptworker::worker
