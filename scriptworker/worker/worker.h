// SPDX-License-Identifier: MPL-2.0
//
// The whole worker, put together from its configuration. The only place that
// knows every part; main() brings what differs between production and tests.

#ifndef SCRIPTWORKER_WORKER_WORKER_H_
#define SCRIPTWORKER_WORKER_WORKER_H_

#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "cot/signer.h"
#include "scriptworker/base/clock.h"
#include "scriptworker/base/environment.h"
#include "scriptworker/base/logger.h"
#include "scriptworker/http/transport.h"
#include "scriptworker/taskcluster/credentials.h"
#include "scriptworker/worker/config/config.h"
#include "scriptworker/worker/journal/journal.h"
#include "scriptworker/worker/log/secret_redactor.h"
#include "scriptworker/worker/log/worker_log.h"
#include "scriptworker/worker/outcome/worker_observer.h"
#include "scriptworker/worker/process/shutdown.h"

namespace scriptworker::worker {

// log_dir/worker.log and the screen, as configured. Times are of `zone`.
absl::StatusOr<std::unique_ptr<WorkerLog>> OpenWorkerLog(const Logging& logging,
                                                         const std::string& log_dir,
                                                         absl::TimeZone zone, const Clock& clock,
                                                         const SecretRedactor& redactor);

// The journal in state_dir; null: none is kept, for its default place has none and none can be
// made there, or nobody wants one. What the script of the last worker left running is ended by
// then. Errors, in the log as well, are those of FileJournal::Open and EndLastScript.
absl::StatusOr<std::unique_ptr<FileJournal>> OpenWorkerJournal(const Directories& directories,
                                                               Clock& clock, Logger& logger);

// Everything must outlive the call.
struct WorkerSurroundings {
  http::Transport& transport;  // one for all; must not retry by itself
  Clock& clock;
  Logger& logger;
  SecretRedactor& redactor;
  Shutdown& shutdown;  // drained when worker-manager does not want the worker any more
  const Environment& environment;
  std::string host_name = {};
  absl::TimeZone zone = absl::UTCTimeZone();  // of times in chain_of_trust.log
  WorkerObserver* observer = nullptr;         // null: nobody watches
  bool once = false;                          // one claim, one task at most
  // Of the worker's own link of the chain of trust; null: it is not signed.
  cot::Signer* signer = nullptr;
  FileJournal* journal = nullptr;  // null: a run that a crash cuts off is left to expire
};

// `credentials` do not matter if worker-manager gives them out, which is asked
// before anything else.
// Works until `shutdown` says otherwise. OK: drained or stopped in order.
// kCancelled: had to stop at once. Other errors: could not begin (root URL,
// folders, also that for temporary files, the schema, worker-manager), or the only claim of `once`
// failed, with the reason in words.
absl::Status RunWorker(const Config& config, const taskcluster::Credentials& credentials,
                       const WorkerSurroundings& surroundings);

}  // namespace scriptworker::worker

#endif  // SCRIPTWORKER_WORKER_WORKER_H_
