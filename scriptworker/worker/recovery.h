// SPDX-License-Identifier: MPL-2.0
//
// What a worker does at its start about the run that the last one left behind.

#ifndef SCRIPTWORKER_WORKER_RECOVERY_H_
#define SCRIPTWORKER_WORKER_RECOVERY_H_

#include "absl/status/status.h"
#include "scriptworker/base/cancellation.h"
#include "scriptworker/base/clock.h"
#include "scriptworker/base/logger.h"
#include "scriptworker/taskcluster/queue.h"
#include "scriptworker/worker/journal/journal.h"
#include "scriptworker/worker/outcome/worker_observer.h"
#include "scriptworker/worker/work_dir.h"

namespace scriptworker::worker {

struct RecoveryTools {
  taskcluster::TaskClaimer& queue;
  Clock& clock;
  Logger& logger;
  WorkerObserver& observer;
  const WorkDir& dirs;
};

// Ends whatever the script of the journal's run left running, and then says so. For the very
// beginning: it asks nobody, and a start that fails later leaves no script behind. The journal
// stays as it is. Errors: processes of the script are alive, so no other may be started; or the
// journal cannot be read for a fault of the machine.
absl::Status EndLastScript(const FileJournal& journal, Clock& clock, Logger& logger);

// The run was cut off by the worker's death, by the machine's, or by a second
// SIGTERM; nobody has renewed its claim since. So, after EndLastScript:
//
//   1. while its lease stands, the run is reported as worker-shutdown, and the
//      queue makes another run of the task;
//   2. the folders are emptied: a link in place of one is the script's, not the operator's,
//      since a worker that has claimed a task had begun with plain ones;
//   3. the journal is wiped.
//
// If the lease is over, or the queue knows of an end, it needs nothing from us;
// if the queue cannot be reached before the lease ends, the claim expires. The
// log says which. A journal that cannot be read is wiped as well.
//
// OK: a task may be claimed now. Errors: the folders cannot be emptied, or the journal cannot be
// read or wiped, for a fault of the machine. `stop` ends the wait for the queue; the journal is
// kept then.
absl::Status RecoverRun(FileJournal& journal, const RecoveryTools& tools,
                        const CancellationToken& stop);

}  // namespace scriptworker::worker

#endif  // SCRIPTWORKER_WORKER_RECOVERY_H_
