// SPDX-License-Identifier: MPL-2.0

#ifndef SCRIPTWORKER_WORKER_OUTCOME_RUN_OUTCOME_H_
#define SCRIPTWORKER_WORKER_OUTCOME_RUN_OUTCOME_H_

#include "absl/status/status.h"
#include "scriptworker/worker/outcome/exit_status.h"

namespace scriptworker::worker {

// How a run in this worker's hands ended.
struct RunOutcome {
  enum class Resolution {
    kReported,    // the queue knows
    kClaimLost,   // cancelled, expired or taken over: nothing was reported
    kAbandoned,   // the worker had to stop at once: the claim will expire
    kUnreported,  // the queue refused the report
  };
  int status = kSuccess;  // of the run, also if nobody was told
  Resolution resolution = Resolution::kReported;
  // What was reported, or would have been.
  Report report = {};
  // Whether the folders are empty again.
  absl::Status cleaned = absl::OkStatus();
  // Nor do they stay so, if there may be processes of the script that could not be ended.
  bool script_ended = true;
};

}  // namespace scriptworker::worker

#endif  // SCRIPTWORKER_WORKER_OUTCOME_RUN_OUTCOME_H_
