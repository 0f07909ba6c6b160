// SPDX-License-Identifier: MPL-2.0
//
// The recordings in testdata/local_recordings: task_lives.h played against the local
// Taskcluster, over real sockets.

#ifndef TOOLS_LOCAL_TASKCLUSTER_TASK_LIVES_RECORDING_H_
#define TOOLS_LOCAL_TASKCLUSTER_TASK_LIVES_RECORDING_H_

#include <map>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "scriptworker/har/har.h"

namespace scriptworker::tools {

// When the recorded lives begin, by a clock that moves only when they wait.
absl::Time TaskLivesStart();

// By the name of the file, without .har: `completed` and `cancelled`. The same each time but for
// the port: all times, ids and keys are fixed, secrets redacted. Unavailable if the port is taken.
absl::StatusOr<std::map<std::string, har::Document>> RecordTaskLives(int port);

}  // namespace scriptworker::tools

#endif  // TOOLS_LOCAL_TASKCLUSTER_TASK_LIVES_RECORDING_H_
