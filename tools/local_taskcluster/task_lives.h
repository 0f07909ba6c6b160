// SPDX-License-Identifier: MPL-2.0
//
// What a worker asks of a Taskcluster from a claim to the resolved task, by the worker's own
// means (QueueClient, ArtifactUploader, ArtifactDownloader): played against the local
// Taskcluster to be recorded, and against the recording.

#ifndef TOOLS_LOCAL_TASKCLUSTER_TASK_LIVES_H_
#define TOOLS_LOCAL_TASKCLUSTER_TASK_LIVES_H_

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "scriptworker/base/clock.h"
#include "scriptworker/http/transport.h"
#include "scriptworker/taskcluster/credentials.h"
#include "scriptworker/taskcluster/queue.h"
#include "scriptworker/taskcluster/task_claim.h"
#include "scriptworker/taskcluster/task_definition.h"
#include "scriptworker/taskcluster/task_status.h"

namespace scriptworker::tools {

// Where and as whom. `worker` claims; `reader` reads and cancels, and may read all artifacts.
struct Deployment {
  std::string root_url;
  http::Transport& transport;
  Clock& clock;
  taskcluster::Credentials worker;
  taskcluster::Credentials reader;
};

// The queue of the tasks, and who claims them.
taskcluster::ClaimRequest TaskLivesClaim();

// The artifacts that the tasks have, by name: text, which is sent compressed, and bytes.
const std::map<std::string, std::string>& TaskLivesFiles();

// A task that is claimed, reclaimed ten minutes later, given artifacts (files, a link, an error)
// and reported as completed; its status, definition and artifacts are read then.
struct CompletedLife {
  taskcluster::ClaimedTask claim;
  taskcluster::Reclaim reclaim;
  taskcluster::TaskStatus running;  // between claim and reclaim
  taskcluster::TaskStatus completed;
  taskcluster::TaskDefinition definition;
  std::vector<taskcluster::ArtifactInfo> artifacts;
  std::map<std::string, std::string> contents;  // of the files and the link, by name
  absl::Status error_artifact;                  // what reading it gives
};
// REQUIRES: a task of that queue is pending. An error if any request but the last fails.
absl::StatusOr<CompletedLife> LiveToCompletion(const Deployment& deployment);

// A task that is claimed, and cancelled by somebody else: all that the worker asks for after
// that is refused.
struct CancelledLife {
  taskcluster::ClaimedTask claim;
  taskcluster::TaskStatus cancelled;
  absl::Status reclaim;
  absl::Status report;
};
// REQUIRES, errors: as above; the refusals are no errors.
absl::StatusOr<CancelledLife> LiveToCancellation(const Deployment& deployment);

}  // namespace scriptworker::tools

#endif  // TOOLS_LOCAL_TASKCLUSTER_TASK_LIVES_H_
