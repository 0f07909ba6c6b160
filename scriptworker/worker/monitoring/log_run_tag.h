// SPDX-License-Identifier: MPL-2.0

#ifndef SCRIPTWORKER_WORKER_MONITORING_LOG_RUN_TAG_H_
#define SCRIPTWORKER_WORKER_MONITORING_LOG_RUN_TAG_H_

#include "absl/time/time.h"
#include "scriptworker/taskcluster/task_claim.h"
#include "scriptworker/worker/log/worker_log.h"
#include "scriptworker/worker/outcome/run_outcome.h"
#include "scriptworker/worker/outcome/worker_observer.h"

namespace scriptworker::worker {

// Lets the log's lines say to which run they belong.
class LogRunTag final : public WorkerObserver {
 public:
  // `log` must outlive this.
  explicit LogRunTag(WorkerLog& log) : log_(log) {}

  void OnTaskStarted(const taskcluster::ClaimedTask& task, absl::Duration /*lease*/) override {
    log_.SetRun(task.task_id.str(), task.run_id);
  }
  void OnTaskEnded(const RunOutcome& /*outcome*/) override { log_.SetRun("", 0); }

 private:
  WorkerLog& log_;
};

}  // namespace scriptworker::worker

#endif  // SCRIPTWORKER_WORKER_MONITORING_LOG_RUN_TAG_H_
