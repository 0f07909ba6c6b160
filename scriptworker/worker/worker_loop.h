// SPDX-License-Identifier: MPL-2.0
//
// Claim, run, again: the life of the worker.

#ifndef SCRIPTWORKER_WORKER_WORKER_LOOP_H_
#define SCRIPTWORKER_WORKER_WORKER_LOOP_H_

#include <functional>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "scriptworker/base/clock.h"
#include "scriptworker/base/logger.h"
#include "scriptworker/taskcluster/queue.h"
#include "scriptworker/worker/journal/journal.h"
#include "scriptworker/worker/outcome/worker_observer.h"
#include "scriptworker/worker/process/shutdown.h"
#include "scriptworker/worker/task_runner.h"
#include "scriptworker/worker/work_dir.h"

namespace scriptworker::worker {

struct LoopOptions {
  taskcluster::ClaimRequest claim = {};
  absl::Duration poll_interval = absl::Seconds(10);
  std::string host_name = {};  // for the log
  // One claim; the task that it brings is run, if it brings one.
  bool once = false;
  // Asked before each claim: an error (the signer is gone) ends the loop. Null:
  // nothing can be wrong.
  std::function<absl::Status()> check = nullptr;
  // Asked before each claim, too: while there is an error (processes of a former
  // script cannot be ended) none is made. True: there were some, and what they have written is
  // removed before the claim. Null: there are none.
  std::function<absl::StatusOr<bool>()> end_left_overs = nullptr;
};

// One task at a time; after a task the next claim follows at once, after an
// empty answer or a failed claim there is a pause of poll_interval.
//
// A claim under way is never abandoned, since the queue may give a task in that
// very moment: draining and stopping let it come to its end (about 20 s). A
// task that it brings is run when draining, and resolved as worker-shutdown when
// stopping. Only a stop "at once" cuts it off.
//
// A run whose script could not be ended is in the journal until nothing of the script runs any
// more: it is wiped in the round that finds it so, before the next claim, or else at an orderly
// end.
class WorkerLoop {
 public:
  struct Collaborators {
    taskcluster::TaskClaimer& queue;
    TaskRunner& runner;
    const WorkDir& dirs;
    const Shutdown& shutdown;
    Clock& clock;
    Logger& logger;
    WorkerObserver& observer;
    RunJournal& journal;
  };

  // The collaborators must outlive the loop.
  WorkerLoop(LoopOptions options, const Collaborators& collaborators);

  // Returns when the worker is told to end: OK, or kCancelled if it had to be
  // at once. Other errors come before the first claim: the folders cannot be
  // emptied (later no task is claimed while they cannot), or before any claim:
  // from `check`. With `once`: also after the claim and its task; an error if the
  // claim failed.
  absl::Status Run();

 private:
  void LogLife(std::string_view event);
  void Pause();
  // OK: nothing of the last task is in the way of the next one.
  absl::Status MakeWay();
  void WipeRun();
  // A run that is in the journal still: before the worker ends.
  void LookForItsEnd();
  // Whether a task was taken; an error if the claim failed.
  absl::StatusOr<bool> ClaimAndRun();

  const LoopOptions options_;
  const Collaborators with_;
  bool clean_ = true;  // the folders, for the next task, for good
  // In the journal, though the queue has been told of the run: its script was not ended.
  bool run_is_kept_ = false;
};

}  // namespace scriptworker::worker

#endif  // SCRIPTWORKER_WORKER_WORKER_LOOP_H_
