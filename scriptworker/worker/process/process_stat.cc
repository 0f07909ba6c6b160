// SPDX-License-Identifier: MPL-2.0
#include "scriptworker/worker/process/process_stat.h"

#include <dirent.h>
#include <fcntl.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/log/check.h"
#include "absl/status/statusor.h"
#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/time/time.h"
#include "scriptworker/base/file.h"
#include "scriptworker/base/unique_dir.h"
#include "scriptworker/base/unique_fd.h"

namespace scriptworker::worker {
namespace {

// Positions behind the name, from 0.
constexpr size_t kState = 0;
constexpr size_t kParent = 1;
constexpr size_t kSession = 3;
constexpr size_t kThreads = 17;
constexpr size_t kStartTime = 19;

// More than all up to the start time: a name of 64 bytes and numbers of 20 digits.
constexpr size_t kMaxStat = 512;

// The entries of a folder of /proc that are numbers; none if it is gone.
std::vector<pid_t> NumbersIn(const std::string& folder) {
  std::vector<pid_t> numbers;
  const UniqueDir dir(::opendir(folder.c_str()));
  if (dir == nullptr) return numbers;
  while (const dirent* entry = ::readdir(dir.get())) {
    pid_t number = 0;
    if (absl::SimpleAtoi(entry->d_name, &number)) numbers.push_back(number);
  }
  return numbers;
}

}  // namespace

std::optional<ProcessStat> ParseProcessStat(std::string_view text) {
  const size_t name_begin = text.find(" (");
  const size_t name_end = text.rfind(") ");
  if (name_begin == std::string_view::npos || name_end == std::string_view::npos) {
    return std::nullopt;
  }
  const std::vector<std::string_view> fields =
      absl::StrSplit(text.substr(name_end + 2), absl::MaxSplits(' ', kStartTime + 1));
  ProcessStat stat;
  int threads = 0;
  if (fields.size() <= kStartTime || !absl::SimpleAtoi(text.substr(0, name_begin), &stat.pid) ||
      !absl::SimpleAtoi(fields[kParent], &stat.parent) ||
      !absl::SimpleAtoi(fields[kSession], &stat.session) ||
      !absl::SimpleAtoi(fields[kThreads], &threads) ||
      !absl::SimpleAtoi(fields[kStartTime], &stat.start_time)) {
    return std::nullopt;
  }
  // The state is the first thread's.
  stat.ended = (fields[kState] == "Z" || fields[kState] == "X") && threads <= 1;
  return stat;
}

std::optional<ProcessStat> ReadProcessStat(pid_t pid) {
  const absl::StatusOr<std::string> text = ReadFile(absl::StrCat("/proc/", pid, "/stat"));
  return text.ok() ? ParseProcessStat(*text) : std::nullopt;
}

std::vector<ProcessStat> ListProcessStats() {
  std::vector<ProcessStat> all;
  const UniqueDir proc(::opendir("/proc"));
  if (proc == nullptr) return all;
  while (const dirent* entry = ::readdir(proc.get())) {
    if (!absl::ascii_isdigit(static_cast<unsigned char>(entry->d_name[0]))) continue;
    // Tasks begin and end with such a list: no more than three system calls for a process.
    const std::string path = absl::StrCat(entry->d_name, "/stat");
    const UniqueFd fd(::openat(::dirfd(proc.get()), path.c_str(), O_RDONLY | O_CLOEXEC));
    char text[kMaxStat];
    const ssize_t size = fd.valid() ? ::read(fd.get(), text, sizeof(text)) : -1;
    if (size <= 0) continue;  // it has ended
    const auto stat = ParseProcessStat(std::string_view(text, static_cast<size_t>(size)));
    if (stat.has_value()) all.push_back(*stat);
  }
  return all;
}

absl::Duration AgeOf(const ProcessStat& process) {
  timespec now = {};
  CHECK_EQ(::clock_gettime(CLOCK_BOOTTIME, &now), 0);
  const auto ticks_per_second = static_cast<double>(::sysconf(_SC_CLK_TCK));
  return absl::DurationFromTimespec(now) -
         absl::Seconds(static_cast<double>(process.start_time) / ticks_per_second);
}

bool HasEnvironment(pid_t pid, const std::vector<std::string>& variables) {
  absl::StatusOr<std::string> text = ReadFile(absl::StrCat("/proc/", pid, "/environ"));
  if (!text.ok() || text->empty()) {
    for (const pid_t thread : NumbersIn(absl::StrCat("/proc/", pid, "/task"))) {
      text = ReadFile(absl::StrCat("/proc/", pid, "/task/", thread, "/environ"));
      if (text.ok() && !text->empty()) break;
    }
  }
  if (!text.ok()) return false;
  const std::vector<std::string_view> found = absl::StrSplit(*text, '\0');
  return std::all_of(variables.begin(), variables.end(), [&](const std::string& variable) {
    return std::find(found.begin(), found.end(), variable) != found.end();
  });
}

std::string BootId() {
  return std::string(
      absl::StripAsciiWhitespace(ReadFile("/proc/sys/kernel/random/boot_id").value_or("")));
}

std::string PidNamespace() {
  char name[64] = "";
  const ssize_t size = ::readlink("/proc/self/ns/pid", name, sizeof(name) - 1);
  return size > 0 ? std::string(name, static_cast<size_t>(size)) : std::string();
}

}  // namespace scriptworker::worker
