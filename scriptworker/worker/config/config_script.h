// SPDX-License-Identifier: MPL-2.0
//
// What the worker runs for a task, as configured.

#ifndef SCRIPTWORKER_WORKER_CONFIG_CONFIG_SCRIPT_H_
#define SCRIPTWORKER_WORKER_CONFIG_CONFIG_SCRIPT_H_

#include <map>
#include <string>
#include <vector>

#include "cot/policy/defect_list.h"
#include "scriptworker/taskcluster/queue.h"
#include "scriptworker/worker/config/settings.h"
#include "scriptworker/worker/process/script_environment.h"

namespace scriptworker::worker {

struct Script {
  std::vector<std::string> argv;  // task_script; never empty, no shell added
  // Exit code -> reason for reportException, over the built-in codes.
  std::map<int, taskcluster::ExceptionReason> reversed_statuses;
  int task_max_timeout_status = 1;
  EnvironmentRules environment;
};

// Codes of reversed_statuses that the reference takes and that do not what they look
// like are sentences in `warnings`.
Script ReadScript(const Settings& settings, cot::DefectList& defects,
                  std::vector<std::string>& warnings);

}  // namespace scriptworker::worker

#endif  // SCRIPTWORKER_WORKER_CONFIG_CONFIG_SCRIPT_H_
