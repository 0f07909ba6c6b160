// SPDX-License-Identifier: MPL-2.0
//
// The worker's folders, as configured.

#ifndef SCRIPTWORKER_WORKER_CONFIG_CONFIG_DIRECTORIES_H_
#define SCRIPTWORKER_WORKER_CONFIG_CONFIG_DIRECTORIES_H_

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "cot/policy/defect_list.h"
#include "scriptworker/worker/config/settings.h"

namespace scriptworker::worker {

// Absolute paths. The first three are emptied at start and after each task.
struct Directories {
  std::string work_dir;
  std::string artifact_dir;
  std::string task_log_dir;
  std::string log_dir;
  std::string state_dir = {};  // empty: no journal is kept
  // Not in the file: without that folder the worker works all the same.
  bool state_dir_is_default = false;
};

// What relative paths of the configuration are relative to.
class ConfigPaths {
 public:
  // `base` is absolute.
  explicit ConfigPaths(std::string base) : base_(std::move(base)) {}

  const std::string& base() const { return base_; }
  // "" stays "".
  std::string Absolute(std::string_view path) const;

 private:
  std::string base_;
};

// By default state_dir is beside work_dir, which is this worker's alone.
Directories ReadDirectories(const Settings& settings, const ConfigPaths& paths,
                            cot::DefectList& defects);

// What has to stay: how a sentence calls it, and its path ("": there is none).
struct KeptPath {
  std::string_view what;
  std::string path;
};

// Folders that are emptied again and again must have nothing of `kept` in them,
// and the journal, which holds credentials, must not be where scripts write, where
// files are published or where logs are collected: its default place is given up
// then, with a sentence in `warnings`, any other is a defect.
void CheckDirectories(const std::vector<KeptPath>& kept, const Settings& settings,
                      Directories& directories, cot::DefectList& defects,
                      std::vector<std::string>& warnings);

}  // namespace scriptworker::worker

#endif  // SCRIPTWORKER_WORKER_CONFIG_CONFIG_DIRECTORIES_H_
