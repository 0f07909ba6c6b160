// SPDX-License-Identifier: MPL-2.0
#include "scriptworker/worker/work_dir.h"

#include <sys/stat.h>

#include <string>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
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

absl::Status Renew(const std::string& path, WorkDir::Links links) {
  struct stat info;
  if (links == WorkDir::Links::kRefused && ::lstat(path.c_str(), &info) == 0 &&
      S_ISLNK(info.st_mode)) {
    return absl::FailedPreconditionError(
        absl::StrCat(path,
                     ": expected a folder that may be removed and made anew, found a "
                     "symbolic link"));
  }
  if (absl::Status removed = RemoveTree(path); !removed.ok() && !IsEmptyDirectory(path)) {
    return removed;
  }
  return MakeDirs(path);
}

}  // namespace

std::string WorkDir::task_json() const { return JoinPath(work_dir_, "task.json"); }

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
  absl::Status first;
  first.Update(Renew(work_dir_, links));
  first.Update(Renew(artifact_dir_, links));
  first.Update(Renew(task_log_dir_, links));
  return first;
}

}  // namespace scriptworker::worker
