// SPDX-License-Identifier: MPL-2.0
#include "scriptworker/worker/check/removal_check.h"

#include <dirent.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <string>
#include <string_view>
#include <utility>

#include "absl/cleanup/cleanup.h"
#include "absl/strings/str_cat.h"
#include "scriptworker/base/path.h"
#include "scriptworker/base/unique_fd.h"

namespace scriptworker::worker {
namespace {

constexpr int kMaxEntries = 100'000;
constexpr int kMaxDepth = 64;
constexpr int kFolder = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC;

// Whether the sticky bit means nothing to this user. What modes mean faccessat() knows.
bool IsAboveStickyBits() {
  __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3, .pid = 0};
  __user_cap_data_struct sets[_LINUX_CAPABILITY_U32S_3] = {};
  return ::syscall(SYS_capget, &header, sets) == 0 &&
         (sets[CAP_TO_INDEX(CAP_FOWNER)].effective & CAP_TO_MASK(CAP_FOWNER)) != 0;
}

class RemovalCheck {
 public:
  std::string Run(const std::string& folder) {
    struct stat info = {};
    UniqueFd fd(::open(folder.c_str(), kFolder));
    if (!fd.valid() || ::fstat(fd.get(), &info) != 0) return "";
    device_ = info.st_dev;
    Look(std::move(fd), folder, info, 0);
    return objection_;
  }

 private:
  // The modes of its own folders are opened up when they are removed.
  bool Owns(const struct stat& info) const { return info.st_uid == user_; }

  void Object(const std::string& path, std::string_view why) {
    objection_ = absl::StrCat(path, ": user ", user_, " ", why);
  }

  void Look(UniqueFd fd, const std::string& path, const struct stat& folder, int depth) {
    DIR* stream = ::fdopendir(fd.get());
    if (stream == nullptr) return;
    static_cast<void>(fd.release());
    const absl::Cleanup close = [stream] { ::closedir(stream); };
    const bool can_change =
        Owns(folder) || ::faccessat(::dirfd(stream), ".", W_OK | X_OK, AT_EACCESS) == 0;
    while (const dirent* entry = ::readdir(stream)) {
      const std::string_view name(entry->d_name);
      if (name == "." || name == "..") continue;
      if (!can_change) return Object(path, "cannot remove what is in it");
      if (++entries_ > kMaxEntries) return;
      LookAt(::dirfd(stream), entry->d_name, JoinPath(path, name), folder, depth);
      if (!objection_.empty()) return;
    }
  }

  void LookAt(int parent, const char* name, const std::string& path, const struct stat& folder,
              int depth) {
    struct stat info = {};
    if (::fstatat(parent, name, &info, AT_SYMLINK_NOFOLLOW) != 0) return;  // gone by now
    if ((folder.st_mode & S_ISVTX) != 0 && !Owns(folder) && !Owns(info) && !is_above_sticky_bits_) {
      return Object(path, "cannot remove it, since its folder has the sticky bit");
    }
    if (!S_ISDIR(info.st_mode) || depth == kMaxDepth) return;
    if (info.st_dev != device_) {
      objection_ = absl::StrCat(path, ": another file system is mounted there");
      return;
    }
    UniqueFd fd(::openat(parent, name, kFolder));
    if (fd.valid()) return Look(std::move(fd), path, info, depth + 1);
    if (errno == EACCES && !Owns(info)) Object(path, "cannot open it");
  }

  const uid_t user_ = ::geteuid();
  const bool is_above_sticky_bits_ = IsAboveStickyBits();
  dev_t device_ = 0;
  int entries_ = 0;
  std::string objection_;
};

}  // namespace

std::string ObjectionToEmptying(const std::string& folder) { return RemovalCheck().Run(folder); }

}  // namespace scriptworker::worker
