// SPDX-License-Identifier: MPL-2.0
//
// The program behind task_script.

#ifndef SCRIPTWORKER_WORKER_SCRIPT_PROGRAM_H_
#define SCRIPTWORKER_WORKER_SCRIPT_PROGRAM_H_

#include <string>

#include "absl/status/statusor.h"
#include "scriptworker/base/environment.h"
#include "scriptworker/worker/config/config_script.h"

namespace scriptworker::worker {

// What will be executed for each task: looked up in the PATH that scripts get, which
// `script_env` may have changed from this process's `environment`. kNotFound,
// kPermissionDenied: there is no such program, or this user cannot execute it, so that
// no task could succeed.
absl::StatusOr<std::string> FindScriptProgram(const Script& script, const Environment& environment);

}  // namespace scriptworker::worker

#endif  // SCRIPTWORKER_WORKER_SCRIPT_PROGRAM_H_
