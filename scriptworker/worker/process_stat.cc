// SPDX-License-Identifier: MPL-2.0
#include "scriptworker/worker/process_stat.h"

#include <dirent.h>
#include <unistd.h>

#include <algorithm>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "scriptworker/base/file.h"

namespace scriptworker::worker {
namespace {

struct CloseDir {
  void operator()(DIR* dir) const { ::closedir(dir); }
};

// Positions behind the name, from 0.
constexpr size_t kState = 0;
constexpr size_t kParent = 1;
constexpr size_t kSession = 3;
constexpr size_t kStartTime = 19;

}  // namespace

std::optional<ProcessStat> ParseProcessStat(std::string_view text) {
  const size_t name_begin = text.find(" (");
  const size_t name_end = text.rfind(") ");
  if (name_begin == std::string_view::npos || name_end == std::string_view::npos) {
    return std::nullopt;
  }
  const std::vector<std::string_view> fields = absl::StrSplit(text.substr(name_end + 2), ' ');
  ProcessStat stat;
  if (fields.size() <= kStartTime || !absl::SimpleAtoi(text.substr(0, name_begin), &stat.pid) ||
      !absl::SimpleAtoi(fields[kParent], &stat.parent) ||
      !absl::SimpleAtoi(fields[kSession], &stat.session) ||
      !absl::SimpleAtoi(fields[kStartTime], &stat.start_time)) {
    return std::nullopt;
  }
  stat.ended = fields[kState] == "Z" || fields[kState] == "X";
  return stat;
}

std::optional<ProcessStat> ReadProcessStat(pid_t pid) {
  const absl::StatusOr<std::string> text = ReadFile(absl::StrCat("/proc/", pid, "/stat"));
  return text.ok() ? ParseProcessStat(*text) : std::nullopt;
}

std::vector<ProcessStat> ListProcessStats() {
  std::vector<ProcessStat> all;
  const std::unique_ptr<DIR, CloseDir> proc(::opendir("/proc"));
  if (proc == nullptr) return all;
  while (const dirent* entry = ::readdir(proc.get())) {
    pid_t pid = 0;
    if (!absl::SimpleAtoi(entry->d_name, &pid)) continue;
    if (const std::optional<ProcessStat> stat = ReadProcessStat(pid)) all.push_back(*stat);
  }
  return all;
}

bool HasEnvironment(pid_t pid, const std::vector<std::string>& variables) {
  const absl::StatusOr<std::string> text = ReadFile(absl::StrCat("/proc/", pid, "/environ"));
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
