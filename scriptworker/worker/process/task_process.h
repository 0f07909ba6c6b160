// SPDX-License-Identifier: MPL-2.0
//
// Runs one script from start to end: output into the logs, time limit,
// cancellation, and no process of it left behind.

#ifndef SCRIPTWORKER_WORKER_PROCESS_TASK_PROCESS_H_
#define SCRIPTWORKER_WORKER_PROCESS_TASK_PROCESS_H_

#include <sys/types.h>

#include <functional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "scriptworker/base/cancellation.h"
#include "scriptworker/base/clock.h"
#include "scriptworker/base/logger.h"
#include "scriptworker/worker/log/secret_redactor.h"
#include "scriptworker/worker/log/task_log.h"
#include "scriptworker/worker/outcome/process_outcome.h"
#include "scriptworker/worker/process/restrictions.h"

namespace scriptworker::worker {

struct TaskCommand {
  std::vector<std::string> argv = {};
  std::vector<std::string> environment = {};  // "NAME=value"
  int credentials_fd = -1;                    // becomes kCredentialsFdInScript
  // Called as soon as it runs, with the number of its process; quick. May be
  // null.
  std::function<void(pid_t)> on_started = {};
  // Of the process, not of its output; zero stops it at once.
  absl::Duration time_limit = absl::InfiniteDuration();
  const Restrictions* restrictions = nullptr;  // null: none
  // How long the system may take to bury what was killed, in real time.
  absl::Duration patience = absl::Seconds(10);
};

// Where a script is run: its logs and clocks, which must outlive the call.
struct TaskSurroundings {
  TaskLog& task_log;
  Logger& logger;
  const SecretRedactor& redactor;
  Clock& clock;
};

// What ends a script before its time.
struct StopTokens {
  CancellationToken stop;     // SIGTERM, up to 1 s for a decent end, SIGKILL
  CancellationToken at_once;  // SIGKILL without delay
};

// Blocks until the script and everything it started has ended, or hangs in the kernel though it
// was killed; what it printed is in the log then, followed by the exit line. stdout and stderr are
// pipes: closing them, or leaving them to a process in the background, changes nothing about the
// end.
//
// A script that is told to stop, or fails while the worker is, is kCancelled, whatever it exits
// with (see ProcessOutcome). What the machine may refuse (threads, descriptors) is asked for before
// the script starts.
//
// One at a time in a process (see ProcessTree). Errors: the script could not be
// started (nothing was logged); kInternal: processes of it cannot be ended, the
// machine needs attention; or its end was not seen (no exit line is logged then).
absl::StatusOr<ProcessOutcome> RunTaskProcess(const TaskCommand& command,
                                              const TaskSurroundings& surroundings,
                                              const StopTokens& tokens);

}  // namespace scriptworker::worker

#endif  // SCRIPTWORKER_WORKER_PROCESS_TASK_PROCESS_H_
