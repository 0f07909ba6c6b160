// SPDX-License-Identifier: MPL-2.0
#include "scriptworker/worker/process/landlock.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <cstdlib>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "scriptworker/base/path.h"
#include "scriptworker/base/status_macros.h"
#include "scriptworker/base/unique_dir.h"
#include "scriptworker/base/unique_fd.h"

namespace scriptworker::worker {
namespace {

// <linux/landlock.h> of the machine that builds may be older than the kernel of
// the one that runs; these are the kernel's promises to programs.
constexpr long kCreateRuleset = 444;
constexpr long kAddRule = 445;
constexpr long kRestrictSelf = 446;
constexpr unsigned kVersionFlag = 1;
constexpr int kRulePathBeneath = 1;

constexpr uint64_t kExecute = 1U << 0U;
constexpr uint64_t kWriteFile = 1U << 1U;
constexpr uint64_t kReadFile = 1U << 2U;
constexpr uint64_t kReadDir = 1U << 3U;
constexpr uint64_t kAllOfVersion1 = (1U << 13U) - 1;
constexpr uint64_t kRefer = 1U << 13U;       // version 2
constexpr uint64_t kTruncate = 1U << 14U;    // version 3
constexpr uint64_t kScopeSignal = 1U << 1U;  // version 6

constexpr uint64_t kOfFiles = kExecute | kWriteFile | kReadFile | kTruncate;
constexpr uint64_t kReading = kExecute | kReadFile | kReadDir;

struct RulesetAttributes {
  uint64_t handled_access_fs = 0;
  uint64_t handled_access_net = 0;
  uint64_t scoped = 0;
};

struct [[gnu::packed]] PathBeneathAttributes {
  uint64_t allowed_access = 0;
  int32_t parent_fd = -1;
};

uint64_t HandledBy(int abi) {
  uint64_t handled = kAllOfVersion1;
  if (abi >= 2) handled |= kRefer;
  if (abi >= 3) handled |= kTruncate;
  return handled;
}

// A file or folder, whatever its name.
using Inode = std::pair<dev_t, ino_t>;

class RulesetMaker {
 public:
  static absl::StatusOr<UniqueFd> Make(const LandlockPaths& paths) {
    const int abi = LandlockAbi();
    if (abi == 0) return absl::UnimplementedError("this kernel has no Landlock");
    const RulesetAttributes attributes = {.handled_access_fs = HandledBy(abi),
                                          .scoped = abi >= 6 ? kScopeSignal : 0};
    UniqueFd ruleset(
        static_cast<int>(::syscall(kCreateRuleset, &attributes, sizeof(attributes), 0)));
    if (!ruleset.valid()) return absl::ErrnoToStatus(errno, "cannot make a Landlock ruleset");
    RulesetMaker maker(ruleset.get(), attributes.handled_access_fs);
    SW_RETURN_IF_ERROR(maker.Hide(paths));
    SW_RETURN_IF_ERROR(maker.AllowReading());
    SW_RETURN_IF_ERROR(maker.AllowWriting(paths.writable));
    return ruleset;
  }

 private:
  RulesetMaker(int ruleset, uint64_t handled) : ruleset_(ruleset), handled_(handled) {}

  absl::Status Allow(int fd, uint64_t access, std::string_view path) const {
    struct stat info;
    if (::fstat(fd, &info) != 0) return absl::ErrnoToStatus(errno, path);
    if (!S_ISDIR(info.st_mode)) access &= kOfFiles;
    const PathBeneathAttributes rule = {.allowed_access = access & handled_, .parent_fd = fd};
    if (::syscall(kAddRule, ruleset_, kRulePathBeneath, &rule, 0) != 0) {
      return absl::ErrnoToStatus(errno, absl::StrCat("cannot add a Landlock rule for ", path));
    }
    return absl::OkStatus();
  }

  // Notes the hidden ones and the folders above them. Landlock can only allow, so
  // those folders are not allowed as a whole but each of their other entries is.
  absl::Status Hide(const LandlockPaths& paths) {
    for (const std::string& path : paths.hidden) {
      const std::unique_ptr<char, decltype(&std::free)> real(
          ::realpath(path.c_str(), /*resolved=*/nullptr), &std::free);
      if (real == nullptr) continue;  // there is nothing to hide
      std::string_view above = real.get();
      struct stat info;
      if (::lstat(real.get(), &info) != 0) return absl::ErrnoToStatus(errno, path);
      hidden_[{info.st_dev, info.st_ino}] = path;
      while (above != "/") {
        above = Dirname(above);
        const std::string folder(above);
        if (::lstat(folder.c_str(), &info) != 0) return absl::ErrnoToStatus(errno, folder);
        above_hidden_[{info.st_dev, info.st_ino}] = path;
      }
    }
    for (const std::string& path : paths.writable) {
      struct stat info;
      if (::stat(path.c_str(), &info) != 0) continue;
      const Inode inode(info.st_dev, info.st_ino);
      for (const std::map<Inode, std::string>* const hidden : {&hidden_, &above_hidden_}) {
        if (const auto found = hidden->find(inode); found != hidden->end()) {
          return absl::FailedPreconditionError(absl::StrCat(
              path, " cannot be writable, since ", found->second, " is to be hidden from scripts"));
        }
      }
    }
    return absl::OkStatus();
  }

  absl::Status AllowReading() const {
    const UniqueFd root(::open("/", O_PATH | O_DIRECTORY | O_CLOEXEC));
    if (!root.valid()) return absl::ErrnoToStatus(errno, "/");
    // Names are no secrets.
    SW_RETURN_IF_ERROR(Allow(root.get(), kReadDir, "/"));
    return AllowReadingBeneath(root.get(), "/");
  }

  // `fd` is what lies at `path`, which is for errors.
  absl::Status AllowReadingBeneath(int fd, const std::string& path) const {
    struct stat info;
    if (::fstat(fd, &info) != 0) return absl::ErrnoToStatus(errno, path);
    const Inode inode(info.st_dev, info.st_ino);
    // What a link leads to is judged where it lies.
    if (hidden_.contains(inode) || S_ISLNK(info.st_mode)) return absl::OkStatus();
    if (!above_hidden_.contains(inode)) return Allow(fd, kReading, path);
    const int listed = ::openat(fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    const UniqueDir dir(listed < 0 ? nullptr : ::fdopendir(listed));
    if (dir == nullptr) {
      // The hidden file can be opened, but who cannot list its folder cannot
      // allow the others in it.
      return errno == EACCES ? absl::OkStatus() : absl::ErrnoToStatus(errno, path);
    }
    while (const dirent* entry = ::readdir(dir.get())) {
      const std::string_view name = entry->d_name;
      if (name == "." || name == "..") continue;
      const UniqueFd child(::openat(fd, entry->d_name, O_PATH | O_NOFOLLOW | O_CLOEXEC));
      if (!child.valid()) continue;  // it has vanished, or is not ours to open
      SW_RETURN_IF_ERROR(AllowReadingBeneath(child.get(), JoinPath(path, name)));
    }
    return absl::OkStatus();
  }

  absl::Status AllowWriting(const std::vector<std::string>& writable) const {
    for (const std::string& path : writable) {
      const UniqueFd fd(::open(path.c_str(), O_PATH | O_CLOEXEC));
      if (!fd.valid()) return absl::ErrnoToStatus(errno, path);
      SW_RETURN_IF_ERROR(Allow(fd.get(), handled_, path));
    }
    for (const char* device : {"/dev/null", "/dev/zero", "/dev/full", "/dev/random", "/dev/urandom",
                               "/dev/tty", "/dev/ptmx", "/dev/pts"}) {
      const UniqueFd fd(::open(device, O_PATH | O_CLOEXEC));
      if (!fd.valid()) continue;
      SW_RETURN_IF_ERROR(Allow(fd.get(), kReadFile | kReadDir | kWriteFile | kTruncate, device));
    }
    return absl::OkStatus();
  }

  const int ruleset_;
  const uint64_t handled_;
  // To the path that is to be hidden.
  std::map<Inode, std::string> hidden_, above_hidden_;
};

}  // namespace

int LandlockAbi() {
  const long abi = ::syscall(kCreateRuleset, nullptr, 0, kVersionFlag);
  return abi > 0 ? static_cast<int>(abi) : 0;
}

absl::StatusOr<UniqueFd> MakeLandlockRuleset(const LandlockPaths& paths) {
  return RulesetMaker::Make(paths);
}

bool EnterLandlock(int ruleset) { return ::syscall(kRestrictSelf, ruleset, 0) == 0; }

}  // namespace scriptworker::worker
