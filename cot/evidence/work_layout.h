// SPDX-License-Identifier: MPL-2.0
//
// What lies where in work_dir, the folder that a task's script is given: the task's definition,
// and below kUpstreamFolder what was verified (docs/new_instance.md).
#ifndef COT_EVIDENCE_WORK_LAYOUT_H_
#define COT_EVIDENCE_WORK_LAYOUT_H_

#include <string>
#include <string_view>

#include "scriptworker/base/path.h"

namespace cot {

// The task's definition, in work_dir; of an upstream task, in the folder of its artifacts.
inline constexpr std::string_view kTaskFileName = "task.json";

inline constexpr std::string_view kUpstreamFolder = "cot";

// What is being downloaded and nothing vouches for yet.
inline constexpr std::string_view kQuarantineFolder = ".quarantine";

// "cot/TASKID/NAME": where an upstream task's file lies, relative to work_dir; without a name, the
// folder of all its files.
inline std::string UpstreamPath(std::string_view task_id, std::string_view name = "") {
  return scriptworker::JoinPath(kUpstreamFolder, task_id, name);
}

}  // namespace cot

#endif  // COT_EVIDENCE_WORK_LAYOUT_H_
