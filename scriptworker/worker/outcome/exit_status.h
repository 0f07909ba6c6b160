// SPDX-License-Identifier: MPL-2.0
//
// How a run ends: Taskcluster's status codes, what a failure of the worker
// itself counts as, and what is reported to the queue for each status. The only
// place that maps one to the other.
#ifndef SCRIPTWORKER_WORKER_OUTCOME_EXIT_STATUS_H_
#define SCRIPTWORKER_WORKER_OUTCOME_EXIT_STATUS_H_

#include <array>
#include <map>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "scriptworker/taskcluster/queue.h"

namespace scriptworker::worker {

// The codes that worker and scripts share. A script may exit with any other
// code as well, so a status is an int.
enum ExitStatus : int {
  kSuccess = 0,
  kFailure = 1,
  kWorkerShutdown = 2,
  kMalformedPayload = 3,
  kResourceUnavailable = 4,
  kInternalError = 5,
  kSuperseded = 6,
  kIntermittentTask = 7,
};

// Of two statuses of one run the larger counts: 241 hides 5, 5 hides 1.
int WorstStatus(int a, int b);

// The steps of a run, in their order.
enum class Phase { kPrepare, kVerify, kRun, kGenerate, kUpload, kReport, kCleanUp };

// Every phase, in order: what a matrix of signals has to go through.
inline constexpr std::array kPhases = {Phase::kPrepare,  Phase::kVerify, Phase::kRun,
                                       Phase::kGenerate, Phase::kUpload, Phase::kReport,
                                       Phase::kCleanUp};

// "prepare", "verify", ..., "clean up".
std::string_view ToString(Phase phase);

// The status that a failure in `phase` gives the run. REQUIRES: !error.ok().
//
//   the worker stops (kCancelled), any phase      worker-shutdown
//   prepare: kInvalidArgument (the task's fault)  malformed-payload
//   verify: kUnavailable, kDeadlineExceeded       resource-unavailable
//   verify: kInternal, kResourceExhausted, ...    internal-error
//   verify: anything else (chain not proven)      malformed-payload
//   generate: kFailedPrecondition (signing key),
//     kInvalidArgument (schema), as the reference malformed-payload
//   upload: the store refused (HTTP status)       resource-unavailable
//   upload: kUnavailable, kDeadlineExceeded       intermittent-task
//   anything else, report and clean up included   internal-error
int StatusForError(Phase phase, const absl::Status& error);

// What worker.log says of it, in the reference's words: `Hit ScriptWorkerException: ...`, or, for
// what makes the run internal-error, `SCRIPTWORKER_UNEXPECTED_EXCEPTION task ...` (`upload` in
// that phase), which alerts look for. REQUIRES: !error.ok().
std::string LogLineForError(Phase phase, const absl::Status& error);

// What the queue is told.
struct Report {
  enum class Kind { kCompleted, kFailed, kException };
  Kind kind = Kind::kFailed;
  // Set with kException.
  taskcluster::ExceptionReason reason = taskcluster::ExceptionReason::kInternalError;
  // Not empty when the status names a reason that the queue would refuse
  // ("superseded"), and another one stands in for it: what to log.
  std::string note = {};
};

// Immutable, hence thread-safe.
class StatusTable {
 public:
  // `reversed_statuses` of the configuration: further codes, or other reasons
  // for the codes above.
  explicit StatusTable(std::map<int, taskcluster::ExceptionReason> reversed_statuses);

  // 0 is always completed, 1 always failed; a code with a reason is an
  // exception; any other code is failed. "superseded", which the queue does not
  // accept, becomes internal-error, which like it is not retried.
  Report ReportFor(int status) const;

 private:
  std::map<int, taskcluster::ExceptionReason> reasons_;
};

}  // namespace scriptworker::worker

#endif  // SCRIPTWORKER_WORKER_OUTCOME_EXIT_STATUS_H_
