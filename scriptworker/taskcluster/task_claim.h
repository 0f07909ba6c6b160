// SPDX-License-Identifier: MPL-2.0
#ifndef SCRIPTWORKER_TASKCLUSTER_TASK_CLAIM_H_
#define SCRIPTWORKER_TASKCLUSTER_TASK_CLAIM_H_

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "scriptworker/json/json_reader.h"
#include "scriptworker/json/value.h"
#include "scriptworker/taskcluster/credentials.h"
#include "scriptworker/taskcluster/task_definition.h"
#include "scriptworker/taskcluster/task_id.h"

namespace scriptworker::taskcluster {

// Of arrays and objects in a task's definition.
inline constexpr int kMaxDefinitionDepth = 500;

// One task of claimWork's answer: this worker holds its run until taken_until.
struct ClaimedTask {
  TaskId task_id;
  RunId run_id = 0;
  std::string worker_group;
  std::string worker_id;
  absl::Time taken_until;
  // The definition as received, for task.json.
  json::Value definition;
  // The same, typed. An error (InvalidArgument with the JSON path) if its shape
  // is wrong, or it is nested deeper than kMaxDefinitionDepth: the run is claimed all the same and
  // has to be resolved, as malformed-payload.
  absl::StatusOr<TaskDefinition> task;
  // Temporary, good for this run only.
  Credentials credentials;
  // The task's status at the time of the claim, as received.
  json::Value status;
  // What the queue's clock said, if it said so (whole seconds).
  std::optional<absl::Time> server_time;
};

// What reclaimTask gives: a later taken_until, and credentials to use from now
// on (the former ones stay good for a while).
struct Reclaim {
  absl::Time taken_until;
  Credentials credentials;
  std::optional<absl::Time> server_time;
};

// Reads {"tasks": [...]}. Errors name the JSON path and quote no secret.
absl::StatusOr<std::vector<ClaimedTask>> ParseClaimedTasks(const json::Reader& answer);

absl::StatusOr<Reclaim> ParseReclaim(const json::Reader& answer);

}  // namespace scriptworker::taskcluster

#endif  // SCRIPTWORKER_TASKCLUSTER_TASK_CLAIM_H_
