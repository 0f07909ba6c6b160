// SPDX-License-Identifier: MPL-2.0
#include "scriptworker/worker/config/config_directories.h"

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "cot/policy/defect_list.h"
#include "scriptworker/base/path.h"
#include "scriptworker/json/value.h"
#include "scriptworker/worker/config/settings.h"

namespace scriptworker::worker {
namespace {

// Of the journal's folder, behind work_dir.
constexpr std::string_view kStateDirSuffix = ".state";

void CheckStateDir(const Settings& settings, Directories& directories, cot::DefectList& defects,
                   std::vector<std::string>& warnings) {
  if (directories.state_dir.empty()) return;
  const std::pair<std::string_view, const std::string*> others[] = {
      {"work_dir", &directories.work_dir},
      {"artifact_dir", &directories.artifact_dir},
      {"task_log_dir", &directories.task_log_dir},
      {"log_dir", &directories.log_dir}};
  for (const auto& [key, dir] : others) {
    if (dir->empty()) continue;
    if (!IsBeneath(directories.state_dir, *dir).value_or(false) &&
        !IsBeneath(*dir, directories.state_dir).value_or(false)) {
      continue;
    }
    if (directories.state_dir_is_default) {
      warnings.push_back(absl::StrCat("no run journal is kept: its place ", directories.state_dir,
                                      " overlaps ", key, " (", *dir,
                                      "); state_dir can name another"));
      directories.state_dir.clear();
      return;
    }
    settings.Refuse(
        "state_dir", "",
        absl::StrCat("must be a folder of its own, but overlaps ", key, " (", *dir, ")"), defects);
  }
}

}  // namespace

std::string ConfigPaths::Absolute(std::string_view path) const {
  if (path.empty() || IsAbsolute(path)) return std::string(path);
  return JoinPath(base_, path);
}

Directories ReadDirectories(const Settings& settings, const ConfigPaths& paths,
                            cot::DefectList& defects) {
  Directories directories;
  const std::pair<std::string_view, std::string*> members[] = {
      {"work_dir", &directories.work_dir},
      {"artifact_dir", &directories.artifact_dir},
      {"task_log_dir", &directories.task_log_dir},
      {"log_dir", &directories.log_dir}};
  for (const auto& [key, member] : members) {
    *member = paths.Absolute(settings.String(key));
    if (member->empty() && settings.InFile(key) != nullptr) {
      settings.Refuse(key, "", "must not be empty", defects);
    }
  }
  if (settings.Get("state_dir").is_string()) {
    directories.state_dir = paths.Absolute(settings.String("state_dir"));
  } else if (!directories.work_dir.empty()) {
    directories.state_dir =
        absl::StrCat(absl::StripSuffix(directories.work_dir, "/"), kStateDirSuffix);
    directories.state_dir_is_default = true;
  }
  return directories;
}

void CheckDirectories(const std::vector<KeptPath>& kept, const Settings& settings,
                      Directories& directories, cot::DefectList& defects,
                      std::vector<std::string>& warnings) {
  const std::pair<std::string_view, const std::string*> emptied[] = {
      {"work_dir", &directories.work_dir},
      {"artifact_dir", &directories.artifact_dir},
      {"task_log_dir", &directories.task_log_dir}};
  for (const auto& [key, dir] : emptied) {
    if (dir->empty()) continue;
    for (const KeptPath& it : kept) {
      if (it.path.empty()) continue;
      const absl::StatusOr<bool> is_beneath = IsBeneath(it.path, *dir);
      if (is_beneath.ok() && *is_beneath) {
        settings.Refuse(key, "",
                        absl::StrCat("is emptied after each task, but ", it.what, " (", it.path,
                                     ") lies in it"),
                        defects);
      }
    }
  }
  if (!directories.work_dir.empty() && !directories.artifact_dir.empty() &&
      IsBeneath(directories.work_dir, directories.artifact_dir).value_or(false)) {
    warnings.push_back(absl::StrCat("work_dir (", directories.work_dir, ") lies in artifact_dir (",
                                    directories.artifact_dir,
                                    "): all that it holds will be published"));
  }
  CheckStateDir(settings, directories, defects, warnings);
}

}  // namespace scriptworker::worker
