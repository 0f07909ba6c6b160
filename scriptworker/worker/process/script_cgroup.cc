// SPDX-License-Identifier: MPL-2.0
#include "scriptworker/worker/process/script_cgroup.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/random/random.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "absl/time/time.h"
#include "scriptworker/base/clock.h"
#include "scriptworker/base/file.h"
#include "scriptworker/base/path.h"
#include "scriptworker/base/status_macros.h"
#include "scriptworker/base/unique_dir.h"
#include "scriptworker/base/unique_fd.h"

namespace scriptworker::worker {
namespace {

constexpr std::string_view kPrefix = "scriptworker.";
// Those of former releases, without a lock.
constexpr std::string_view kFormerPrefix = "scriptworker-";
constexpr absl::Duration kPause = absl::Milliseconds(10);

// As Create() makes them: others begin alike, as systemd's scriptworker.slice.
bool IsGroupName(std::string_view name, std::string_view prefix) {
  return absl::ConsumePrefix(&name, prefix) && name.size() == 16 &&
         name.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

// The line "0::/PATH" of /proc/self/cgroup.
absl::StatusOr<std::string> OwnGroup() {
  SW_ASSIGN_OR_RETURN(const std::string text, ReadFile("/proc/self/cgroup"));
  for (std::string_view line : absl::StrSplit(text, '\n')) {
    if (!absl::ConsumePrefix(&line, "0::/")) continue;
    if (absl::StrContains(line, "..")) break;  // above what this namespace shows
    return absl::StrCat("/", line);
  }
  return absl::NotFoundError("this process is in no cgroup v2");
}

// The folder of `group` under the first mount that shows it. A line of mountinfo
// is "ID PARENT MAJOR:MINOR ROOT MOUNTPOINT OPTIONS... - TYPE SOURCE OPTIONS".
absl::StatusOr<std::string> FolderOf(const std::string& group) {
  SW_ASSIGN_OR_RETURN(const std::string text, ReadFile("/proc/self/mountinfo"));
  for (const std::string_view line : absl::StrSplit(text, '\n')) {
    if (!absl::StrContains(line, " - cgroup2 ")) continue;
    const std::vector<std::string_view> fields = absl::StrSplit(line, ' ');
    if (fields.size() < 6 || absl::StrContains(fields[4], '\\')) continue;
    std::string_view below = group;
    if (fields[3] != "/" && !absl::ConsumePrefix(&below, fields[3])) continue;
    return JoinPath(fields[4], absl::StripPrefix(below, "/"));
  }
  return absl::NotFoundError("no cgroup v2 is mounted");
}

absl::StatusOr<std::string> FolderOfOwnGroup() {
  SW_ASSIGN_OR_RETURN(const std::string group, OwnGroup());
  return FolderOf(group);
}

UniqueFd OpenGroup(const std::string& path) {
  return UniqueFd(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
}

absl::StatusOr<std::vector<std::string>> FoldersIn(const std::string& path) {
  const UniqueDir dir(::opendir(path.c_str()));
  if (dir == nullptr) return absl::ErrnoToStatus(errno, absl::StrCat("cannot read ", path));
  std::vector<std::string> names;
  while (const dirent* entry = ::readdir(dir.get())) {
    const std::string_view name = entry->d_name;
    if (entry->d_type == DT_DIR && name != "." && name != "..") names.emplace_back(name);
  }
  return names;
}

bool IsOwn(const std::string& path) {
  struct stat info = {};
  return ::lstat(path.c_str(), &info) == 0 && info.st_uid == ::geteuid();
}

// Also the groups that were made in it. False: it was not there, or cannot be removed.
bool RemoveGroup(const std::string& path) {
  if (::rmdir(path.c_str()) == 0) return true;
  if (errno != EBUSY) return false;
  const absl::StatusOr<std::vector<std::string>> names = FoldersIn(path);
  if (!names.ok()) return false;
  for (const std::string& name : *names) RemoveGroup(JoinPath(path, name));
  return ::rmdir(path.c_str()) == 0;
}

bool IsGone(int error) { return error == ENOENT || error == ENODEV; }

bool IsMachinesFault(int error) { return error == EMFILE || error == ENFILE || error == ENOMEM; }

// What cannot be read counts as lived in, unless the group is gone.
bool IsPopulated(int group) {
  const UniqueFd events(::openat(group, "cgroup.events", O_RDONLY | O_CLOEXEC));
  if (!events.valid()) return !IsGone(errno);
  const absl::StatusOr<std::string> text = ReadAll(events.get(), "cgroup.events");
  return text.ok() ? absl::StrContains(*text, "populated 1") : !absl::IsNotFound(text.status());
}

void KillAllIn(int group) {
  const UniqueFd kill(::openat(group, "cgroup.kill", O_WRONLY | O_CLOEXEC));
  WriteAll(kill.get(), "1", "cgroup.kill").IgnoreError();
}

// A group that a start has found. Two locks say whether it is abandoned:
//   - that of its folder is held, shared, by its worker as long as that lives;
//   - that of its cgroup.procs is held by the start whose turn it is: to look, and to end it.
// A start asks for the first one, exclusively, in its turn alone. So what refuses it is the worker,
// never another start; and no start keeps another one from it, as a shared lock would, were it
// taken for a moment only in order to tell the two apart: the next start would see a worker in it.
// A start that dies has lost both.
class FoundGroup {
 public:
  explicit FoundGroup(std::string path) : path_(std::move(path)) {}

  // Its path and, if it is known, why nothing could be done.
  std::string Description() const {
    return obstacle_.ok() ? path_ : absl::StrCat(path_, " (", obstacle_.message(), ")");
  }
  // Whether this start, or another one while this one waited for it, has ended it.
  bool gone() const { return gone_; }

  // Does what can be done now. False: nothing is left to be done, or it has its worker.
  bool IsInTheWay() {
    obstacle_ = absl::OkStatus();
    if (!abandoned_) {
      const absl::StatusOr<bool> claimed = Claim();
      obstacle_ = claimed.status();
      if (claimed.ok() && !*claimed) {
        turn_.reset();
        return false;
      }
      abandoned_ = claimed.ok();
    }
    if (!dir_.valid()) return true;
    if (IsPopulated(dir_.get())) {
      lived_ = true;
      if (abandoned_) KillAllIn(dir_.get());
      return true;
    }
    // If another start is at it, that one removes it.
    gone_ = (abandoned_ && RemoveGroup(path_)) || lived_;
    return false;
  }

 private:
  // Whether it has no worker; it is this start's then. An error: that cannot be said now.
  absl::StatusOr<bool> Claim() {
    if (!dir_.valid()) {
      dir_ = OpenGroup(path_);
      if (!dir_.valid() && !IsMachinesFault(errno)) return false;
      if (!dir_.valid()) return absl::ErrnoToStatus(errno, "cannot open it");
    }
    if (!turn_.valid()) {
      turn_ = UniqueFd(::openat(dir_.get(), "cgroup.procs", O_RDONLY | O_CLOEXEC));
      if (!turn_.valid() && IsGone(errno)) return false;
      if (!turn_.valid()) return absl::ErrnoToStatus(errno, "cannot open its cgroup.procs");
    }
    SW_ASSIGN_OR_RETURN(const bool has_turn, Lock(turn_));
    if (!has_turn) return absl::UnavailableError("the start of another worker is ending them");
    return Lock(dir_);
  }
  // False: another holds it.
  static absl::StatusOr<bool> Lock(const UniqueFd& fd) {
    if (::flock(fd.get(), LOCK_EX | LOCK_NB) == 0) return true;
    if (errno == EWOULDBLOCK) return false;
    return absl::ErrnoToStatus(errno, "cannot lock it");
  }

  std::string path_;
  UniqueFd dir_, turn_;
  bool abandoned_ = false;
  bool lived_ = false;  // something was seen in it
  bool gone_ = false;
  absl::Status obstacle_;
};

}  // namespace

absl::StatusOr<ScriptCgroup> ScriptCgroup::Create() {
  SW_ASSIGN_OR_RETURN(const std::string above, FolderOfOwnGroup());
  // Before it is locked, a worker that starts beside this one takes it for abandoned.
  for (int tries_left = 3;; --tries_left) {
    absl::StatusOr<ScriptCgroup> made = CreateIn(above);
    if (!absl::IsUnavailable(made.status()) || tries_left == 0) return made;
  }
}

absl::StatusOr<ScriptCgroup> ScriptCgroup::CreateIn(const std::string& above) {
  absl::BitGen random;
  std::string path = JoinPath(
      above, absl::StrCat(kPrefix, absl::Hex(absl::Uniform<uint64_t>(random), absl::kZeroPad16)));
  // Closed to others: who can open it can hold the lock.
  if (::mkdir(path.c_str(), 0700) != 0) {
    return absl::ErrnoToStatus(errno, absl::StrCat("cannot make the cgroup ", path));
  }
  ScriptCgroup made(path, OpenGroup(path));
  // Lasts until the worker's death, since a script loses the descriptor by its exec; or that of
  // a script of the worker's own user which has opened the group by itself.
  if (made.fd() < 0 || ::flock(made.fd(), LOCK_SH | LOCK_NB) != 0 ||
      ::access(path.c_str(), F_OK) != 0) {
    ::rmdir(path.c_str());
    return absl::UnavailableError(absl::StrCat(path, ": cannot be locked"));
  }
  if (::faccessat(made.fd(), "cgroup.kill", W_OK, 0) != 0) {
    ::rmdir(path.c_str());
    return absl::UnimplementedError(absl::StrCat(path, ": cannot be killed as a whole"));
  }
  return made;
}

absl::StatusOr<int> ScriptCgroup::RemoveAbandoned(Clock& clock, absl::Duration patience) {
  const absl::StatusOr<std::string> above = FolderOfOwnGroup();
  // A machine that has not even the descriptor for a look may have the groups.
  if (absl::IsResourceExhausted(above.status())) return above.status();
  if (!above.ok()) return 0;
  const absl::StatusOr<std::vector<std::string>> names = FoldersIn(*above);
  if (absl::IsResourceExhausted(names.status())) return names.status();
  if (!names.ok()) return 0;
  int removed = 0;
  std::vector<FoundGroup> found;
  for (const std::string& name : *names) {
    std::string path = JoinPath(*above, name);
    if (IsGroupName(name, kFormerPrefix)) {
      // If nothing lives in it: nobody knows whether it has its worker.
      if (IsOwn(path) && ::rmdir(path.c_str()) == 0) ++removed;
    } else if (IsGroupName(name, kPrefix) && IsOwn(path)) {
      found.emplace_back(std::move(path));
    }
  }
  const absl::Duration start = clock.Monotonic();
  while (true) {
    std::vector<FoundGroup> left;
    for (FoundGroup& group : found) {
      if (group.IsInTheWay()) {
        left.push_back(std::move(group));
      } else if (group.gone()) {
        ++removed;
      }
    }
    found = std::move(left);
    if (found.empty()) return removed;
    if (clock.Monotonic() - start >= patience) break;
    clock.SleepFor(kPause);
  }
  return absl::DeadlineExceededError(
      absl::StrCat("the processes of former scripts in these control groups cannot be ended: ",
                   absl::StrJoin(found, ", ", [](std::string* out, const FoundGroup& group) {
                     absl::StrAppend(out, group.Description());
                   })));
}

ScriptCgroup::~ScriptCgroup() {
  if (!dir_.valid() || RemoveGroup(path_)) return;
  // What lives in it although it was given up has its worker as long as this process lives, and a
  // start beside it is not held up: the lock is kept, by a descriptor that nobody closes. It is one
  // at most, as a rule, since no task is claimed while a descendant of the last script lives. If
  // what hung ends later, the empty group stays until this process ends: the next start removes it.
  if (populated()) static_cast<void>(dir_.release());
}

bool ScriptCgroup::populated() const { return IsPopulated(dir_.get()); }

void ScriptCgroup::Kill() const { KillAllIn(dir_.get()); }

}  // namespace scriptworker::worker
