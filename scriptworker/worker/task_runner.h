// SPDX-License-Identifier: MPL-2.0
//
// One task, from the claim to its resolution:
//
//   1. prepare   write task.json, check the task
//   2. verify    the chain of trust (if the worker does)
//   3. run       the script
//   4. generate  this run's own link of the chain of trust
//   5. upload    everything in the artifact folder
//   6. report    completed, failed or exception
//   7. clean up
//
// The claim is kept from before 1 until 6 is done.

#ifndef SCRIPTWORKER_WORKER_TASK_RUNNER_H_
#define SCRIPTWORKER_WORKER_TASK_RUNNER_H_

#include <map>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "scriptworker/base/cancellation.h"
#include "scriptworker/base/clock.h"
#include "scriptworker/base/environment.h"
#include "scriptworker/base/logger.h"
#include "scriptworker/taskcluster/artifact_upload.h"
#include "scriptworker/taskcluster/queue.h"
#include "scriptworker/taskcluster/task_claim.h"
#include "scriptworker/worker/chain_verifier.h"
#include "scriptworker/worker/journal/journal.h"
#include "scriptworker/worker/log/secret_redactor.h"
#include "scriptworker/worker/outcome/exit_status.h"
#include "scriptworker/worker/outcome/run_outcome.h"
#include "scriptworker/worker/outcome/worker_observer.h"
#include "scriptworker/worker/process/task_process.h"
#include "scriptworker/worker/sandbox.h"
#include "scriptworker/worker/task_artifacts.h"
#include "scriptworker/worker/task_credential_store.h"
#include "scriptworker/worker/work_dir.h"

namespace scriptworker::worker {

struct RunnerOptions {
  std::vector<std::string> task_script = {};
  std::string root_url = {};  // as the script gets to see it
  absl::Duration task_max_timeout = absl::Seconds(1200);
  int task_max_timeout_status = kFailure;
  absl::Duration reclaim_interval = absl::Seconds(300);
  std::map<int, taskcluster::ExceptionReason> reversed_statuses = {};
  ChainOfTrustOptions chain_of_trust = {};
  Environment environment = {};      // what scripts inherit
  const Sandbox* sandbox = nullptr;  // not owned; null: none
  std::string temp_dir = "/tmp";     // for the credentials' nameless file
  // How long the system may take to bury a script that was killed, in real time.
  absl::Duration patience = absl::Seconds(10);
};

// How urgently the worker is told to end; see shutdown.h.
struct RunTokens {
  CancellationToken stop;
  CancellationToken hurry;
  CancellationToken at_once;
};

// Nothing that a task does makes Run fail: it always returns.
// Thread-compatible; one run at a time in a process.
class TaskRunner {
 public:
  struct Collaborators {
    taskcluster::TaskClaimer& queue;
    taskcluster::ArtifactUploader& uploader;
    ChainVerifier* verifier;  // null: chains are not verified
    const WorkDir& dirs;
    Clock& clock;
    Logger& logger;
    SecretRedactor& redactor;
    WorkerObserver& observer;
    RunJournal& journal;
  };

  // The collaborators must outlive the runner.
  TaskRunner(RunnerOptions options, const Collaborators& collaborators);

  // `claimed_at`: the monotonic time at which the claim came. `tokens.stop`
  // ends the script, or keeps it from starting; the run is resolved as
  // worker-shutdown then. `tokens.hurry` ends the uploads as well, and the run is
  // resolved likewise. `tokens.at_once` ends everything without a word.
  RunOutcome Run(const taskcluster::ClaimedTask& task, absl::Duration claimed_at,
                 const RunTokens& tokens);

 private:
  struct RunningTask;

  int Work(RunningTask& run);
  int RunScript(RunningTask& run, absl::Duration max_run_time, int credentials_fd);
  int Fail(Phase phase, const absl::Status& error);
  void Note(const absl::Status& noted);
  void Upload(RunningTask& run);
  RunOutcome::Resolution ReportStatus(RunningTask& run, const Report& report);
  void ExplainInTaskLog(const absl::Status& error);

  const RunnerOptions options_;
  const Collaborators with_;
  const StatusTable statuses_;
};

}  // namespace scriptworker::worker

#endif  // SCRIPTWORKER_WORKER_TASK_RUNNER_H_
