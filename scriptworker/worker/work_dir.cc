// SPDX-License-Identifier: MPL-2.0
#include "scriptworker/worker/work_dir.h"

#include <sys/stat.h>

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "cot/evidence/work_layout.h"
#include "scriptworker/base/file.h"
#include "scriptworker/base/path.h"

namespace scriptworker::worker {
namespace {

bool IsEmptyDirectory(const std::string& path) {
  struct stat info;
  if (::lstat(path.c_str(), &info) != 0 || !S_ISDIR(info.st_mode)) return false;
  const absl::StatusOr<FileListing> listing = ListFiles(path, {.max_files = 1, .max_depth = 1});
  return listing.ok() && listing->files.empty() && listing->skipped.empty();
}

bool IsLink(const std::string& path) {
  struct stat info;
  return ::lstat(path.c_str(), &info) == 0 && S_ISLNK(info.st_mode);
}

absl::Status Empty(const std::string& path, WorkDir::Links links) {
  if (links == WorkDir::Links::kRefused && IsLink(path)) {
    return absl::FailedPreconditionError(
        absl::StrCat(path,
                     ": expected a folder that may be removed and made anew, found a "
                     "symbolic link"));
  }
  absl::Status removed = RemoveTree(path);
  return IsEmptyDirectory(path) ? absl::OkStatus() : removed;
}

}  // namespace

std::string WorkDir::task_json() const { return JoinPath(work_dir_, cot::kTaskFileName); }

std::string WorkDir::current_task_info() const {
  return JoinPath(work_dir_, "current_task_info.json");
}

std::string WorkDir::live_backing_log() const {
  return JoinPath(task_log_dir_, "live_backing.log");
}

std::string WorkDir::chain_of_trust_log() const {
  return JoinPath(task_log_dir_, "chain_of_trust.log");
}

absl::Status WorkDir::Cleanup(Links links) const {
  std::vector<std::string> dirs = {work_dir_, artifact_dir_, task_log_dir_};
  for (std::string& dir : dirs) {
    while (dir.size() > 1 && dir.back() == '/') dir.pop_back();  // it would follow a link
  }
  // The outer one first: what is behind a link in its place is never touched.
  std::stable_sort(dirs.begin(), dirs.end(),
                   [](const auto& a, const auto& b) { return a.size() < b.size(); });
  const auto behind_a_link = [&dirs](std::string_view path) {
    return std::any_of(dirs.begin(), dirs.end(), [path](const std::string& outer) {
      return path.size() > outer.size() && path.starts_with(outer) && path[outer.size()] == '/' &&
             IsLink(outer);
    });
  };
  absl::Status first;
  for (const std::string& dir : dirs) {
    if (!behind_a_link(dir)) first.Update(Empty(dir, links));
  }
  // As open as the umask allows: a script may run as another user of the worker's group.
  for (const std::string& dir : dirs) {
    if (!IsLink(dir) && !behind_a_link(dir)) first.Update(MakeDirs(dir, 0777));
  }
  return first;
}

}  // namespace scriptworker::worker
