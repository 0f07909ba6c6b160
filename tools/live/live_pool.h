// SPDX-License-Identifier: MPL-2.0
//
// A task queue of its own at a deployment, with one worker: the real program.

#ifndef TOOLS_LIVE_LIVE_POOL_H_
#define TOOLS_LIVE_LIVE_POOL_H_

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "scriptworker/base/clock.h"
#include "scriptworker/base/testing/temp_dir.h"
#include "scriptworker/http/curl_transport.h"
#include "scriptworker/taskcluster/queue_client.h"
#include "scriptworker/taskcluster/task_creator.h"
#include "scriptworker/taskcluster/task_id.h"
#include "scriptworker/taskcluster/task_status.h"
#include "tools/live/deployment.h"
#include "tools/worker_site/running_worker.h"

namespace scriptworker::tools {

// Each has a worker type with a random name, so that runs do not meet. What it
// has created is cancelled at the end, if it is not resolved by then.
// Thread-compatible.
class LivePool {
 public:
  static absl::StatusOr<std::unique_ptr<LivePool>> Create(const Deployment& deployment);
  ~LivePool();

  // A task whose payload's `script` a worker of this pool runs with bash, in its
  // work_dir; $ARTIFACTS is its artifact_dir. The script must need no escapes in
  // JSON.
  absl::StatusOr<taskcluster::TaskId> CreateTask(std::string_view script, int max_run_time = 120);
  absl::Status CancelTask(const taskcluster::TaskId& id);
  absl::StatusOr<taskcluster::TaskStatus> Status(const taskcluster::TaskId& id);
  // Asks until `condition` holds of the task, for two minutes at most; the last
  // answer, or DeadlineExceeded with what was wrong.
  absl::StatusOr<taskcluster::TaskStatus> Await(
      const taskcluster::TaskId& id,
      const std::function<bool(const taskcluster::TaskStatus&)>& condition);

  RunningWorker StartWorker(std::vector<std::string> options = {});
  std::string WorkerLog() const;

  // By a URL that is signed if it has to be, or by the plain one of run 0.
  absl::StatusOr<std::string> Artifact(const taskcluster::TaskId& id, std::string_view name,
                                       bool signed_url);

 private:
  explicit LivePool(const Deployment& deployment);

  const Deployment deployment_;
  const std::string worker_type_;
  const TempDir temp_;
  SystemClock clock_;
  std::unique_ptr<http::CurlTransport> transport_;
  std::unique_ptr<taskcluster::QueueClient> queue_;
  std::unique_ptr<taskcluster::TaskCreator> creator_;
  std::vector<taskcluster::TaskId> created_;
};

}  // namespace scriptworker::tools

#endif  // TOOLS_LIVE_LIVE_POOL_H_
