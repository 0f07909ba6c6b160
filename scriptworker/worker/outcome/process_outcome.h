// SPDX-License-Identifier: MPL-2.0
//
// How a script ended.

#ifndef SCRIPTWORKER_WORKER_OUTCOME_PROCESS_OUTCOME_H_
#define SCRIPTWORKER_WORKER_OUTCOME_PROCESS_OUTCOME_H_

#include <string>

#include "absl/status/status.h"

namespace scriptworker::worker {

// The first cause wins: a script that was stopped for its time limit is
// kTimedOut even if it is cancelled while it dies, and one whose success is seen first is kExited
// if a cancellation comes right after. One that has not, and is cancelled in the same moment, is
// kCancelled: the same hand may have ended it (the reference takes neither for an exit).
struct ProcessOutcome {
  enum class Cause {
    kExited,    // by itself, with a code
    kSignaled,  // by a signal that the worker did not send
    kTimedOut,  // the worker stopped it: its time was over
    kCancelled  // the worker stopped it, or was stopped with it: `reason`
  };

  Cause cause = Cause::kExited;
  // What the system says about the end, as Python's returncode: the exit code,
  // or minus the signal's number. Also set when the worker stopped the script.
  int return_code = 0;
  // The token's reason with kCancelled, else OK.
  absl::Status reason = {};
};

// The last line of the task's log, without newline: "exit code: 0",
// "Automation Error: python exited with signal -9". Scripts and people match on
// it.
std::string ExitLine(const ProcessOutcome& outcome);

}  // namespace scriptworker::worker

#endif  // SCRIPTWORKER_WORKER_OUTCOME_PROCESS_OUTCOME_H_
