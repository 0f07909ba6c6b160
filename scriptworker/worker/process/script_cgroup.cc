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

std::vector<std::string> FoldersIn(const std::string& path) {
  std::vector<std::string> names;
  const UniqueDir dir(::opendir(path.c_str()));
  if (dir == nullptr) return names;
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
  for (const std::string& name : FoldersIn(path)) RemoveGroup(JoinPath(path, name));
  return ::rmdir(path.c_str()) == 0;
}

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
  if (!above.ok()) return 0;
  int removed = 0;
  std::vector<ScriptCgroup> abandoned;
  for (const std::string& name : FoldersIn(*above)) {
    std::string path = JoinPath(*above, name);
    if (IsGroupName(name, kFormerPrefix)) {
      // If nothing lives in it: nobody knows whether it has its worker.
      if (IsOwn(path) && ::rmdir(path.c_str()) == 0) ++removed;
    } else if (IsGroupName(name, kPrefix) && IsOwn(path)) {
      UniqueFd dir = OpenGroup(path);
      if (!dir.valid() || ::flock(dir.get(), LOCK_EX | LOCK_NB) != 0) continue;  // has its worker
      abandoned.push_back(ScriptCgroup(std::move(path), std::move(dir)));
    }
  }
  const absl::Duration start = clock.Monotonic();
  while (true) {
    bool any_populated = false;
    for (const ScriptCgroup& group : abandoned) {
      if (!group.populated()) continue;
      any_populated = true;
      group.Kill();
    }
    if (!any_populated || clock.Monotonic() - start >= patience) break;
    clock.SleepFor(kPause);
  }
  std::vector<std::string_view> alive;
  for (const ScriptCgroup& group : abandoned) {
    if (group.populated()) {
      alive.push_back(group.path());
    } else if (RemoveGroup(group.path())) {  // not if its worker has just done so
      ++removed;
    }
  }
  if (alive.empty()) return removed;
  return absl::DeadlineExceededError(
      absl::StrCat("the processes of former scripts in these control groups cannot be ended: ",
                   absl::StrJoin(alive, ", ")));
}

ScriptCgroup::~ScriptCgroup() {
  if (dir_.valid()) RemoveGroup(path_);
}

bool ScriptCgroup::populated() const {
  const UniqueFd events(::openat(dir_.get(), "cgroup.events", O_RDONLY | O_CLOEXEC));
  const absl::StatusOr<std::string> text = ReadAll(events.get(), "cgroup.events");
  return text.ok() && absl::StrContains(*text, "populated 1");
}

void ScriptCgroup::Kill() const {
  const UniqueFd kill(::openat(dir_.get(), "cgroup.kill", O_WRONLY | O_CLOEXEC));
  WriteAll(kill.get(), "1", "cgroup.kill").IgnoreError();
}

}  // namespace scriptworker::worker
