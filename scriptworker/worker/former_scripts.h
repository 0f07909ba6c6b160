// SPDX-License-Identifier: MPL-2.0
//
// What a start does, before anything that may fail, about the scripts of workers that have died.

#ifndef SCRIPTWORKER_WORKER_FORMER_SCRIPTS_H_
#define SCRIPTWORKER_WORKER_FORMER_SCRIPTS_H_

#include <memory>

#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"
#include "scriptworker/base/clock.h"
#include "scriptworker/base/logger.h"
#include "scriptworker/worker/config/config.h"
#include "scriptworker/worker/journal/journal.h"

namespace scriptworker::worker {

// Ends them and returns the journal, see OpenWorkerJournal:
//
//   1. what the journal tells of, which gets its second of TERM;
//   2. whatever became of the journal, the control groups: `end_groups` is
//      ScriptCgroup::RemoveAbandoned;
//   3. if that has ended any and the journal had failed, the journal once more: what was in the
//      groups may have held its lock, or not have let itself be ended by the first step (a program
//      of another user's that the script has started).
//
// Nothing is logged before all of that, so a log that hangs lets nothing live. Errors, which are in
// the log: the journal cannot be opened or read, or something lives still, so no script may be
// started.
absl::StatusOr<std::unique_ptr<FileJournal>> EndFormerScripts(
    const Directories& directories, Clock& clock, Logger& logger,
    absl::FunctionRef<absl::StatusOr<int>()> end_groups);

}  // namespace scriptworker::worker

#endif  // SCRIPTWORKER_WORKER_FORMER_SCRIPTS_H_
