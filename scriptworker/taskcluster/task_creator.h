// SPDX-License-Identifier: MPL-2.0
#ifndef SCRIPTWORKER_TASKCLUSTER_TASK_CREATOR_H_
#define SCRIPTWORKER_TASKCLUSTER_TASK_CREATOR_H_

#include <memory>
#include <string_view>

#include "absl/status/statusor.h"
#include "scriptworker/base/clock.h"
#include "scriptworker/http/transport.h"
#include "scriptworker/json/value.h"
#include "scriptworker/taskcluster/api_caller.h"
#include "scriptworker/taskcluster/credentials.h"
#include "scriptworker/taskcluster/task_id.h"
#include "scriptworker/taskcluster/task_status.h"

namespace scriptworker::taskcluster {

// Puts tasks into the queue and cancels them; for tools, the worker never does.
// Errors as in queue.h. Thread-safe.
class TaskCreator {
 public:
  // `transport` must not retry by itself; it and `clock` must outlive this.
  static absl::StatusOr<std::unique_ptr<TaskCreator>> Create(std::string_view root_url,
                                                             http::Transport& transport,
                                                             Clock& clock, Credentials credentials,
                                                             ApiOptions options = {});

  // `definition` is sent as it is. Creating the same task twice is harmless;
  // another definition under the same id is Aborted.
  absl::StatusOr<TaskStatus> CreateTask(const TaskId& task_id, const json::Value& definition) const;

  absl::StatusOr<TaskStatus> CancelTask(const TaskId& task_id) const;

 private:
  TaskCreator(ApiCaller api, Credentials credentials);

  const ApiCaller api_;
  const Credentials credentials_;
};

}  // namespace scriptworker::taskcluster

#endif  // SCRIPTWORKER_TASKCLUSTER_TASK_CREATOR_H_
