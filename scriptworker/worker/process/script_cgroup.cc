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

// Also the groups that were made in it.
void RemoveGroup(const std::string& path) {
  if (::rmdir(path.c_str()) == 0 || errno != EBUSY) return;
  for (const std::string& name : FoldersIn(path)) RemoveGroup(JoinPath(path, name));
  ::rmdir(path.c_str());
}

}  // namespace

absl::StatusOr<ScriptCgroup> ScriptCgroup::Create() {
  SW_ASSIGN_OR_RETURN(const std::string above, FolderOfOwnGroup());
  absl::BitGen random;
  std::string path = JoinPath(
      above, absl::StrCat(kPrefix, absl::Hex(absl::Uniform<uint64_t>(random), absl::kZeroPad16)));
  if (::mkdir(path.c_str(), 0755) != 0) {
    return absl::ErrnoToStatus(errno, absl::StrCat("cannot make the cgroup ", path));
  }
  ScriptCgroup made(path, OpenGroup(path));
  // Held as long as somebody has the group open, that is, at most until its worker's death.
  if (made.fd() < 0 || ::flock(made.fd(), LOCK_SH | LOCK_NB) != 0) {
    ::rmdir(path.c_str());
    return absl::UnavailableError(absl::StrCat(path, ": cannot be locked"));
  }
  if (::faccessat(made.fd(), "cgroup.kill", W_OK, 0) != 0) {
    ::rmdir(path.c_str());
    return absl::UnimplementedError(absl::StrCat(path, ": cannot be killed as a whole"));
  }
  return made;
}

int ScriptCgroup::RemoveAbandoned(Clock& clock) {
  const absl::StatusOr<std::string> above = FolderOfOwnGroup();
  if (!above.ok()) return 0;
  int count = 0;
  for (const std::string& name : FoldersIn(*above)) {
    if (!absl::StartsWith(name, kPrefix)) continue;
    std::string path = JoinPath(*above, name);
    UniqueFd dir = OpenGroup(path);
    if (!dir.valid() || ::flock(dir.get(), LOCK_EX | LOCK_NB) != 0) continue;  // has its worker
    const ScriptCgroup abandoned(std::move(path), std::move(dir));
    if (abandoned.populated()) abandoned.Kill();
    for (int i = 0; i < 100 && abandoned.populated(); ++i) clock.SleepFor(absl::Milliseconds(10));
    ++count;
  }
  return count;
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
