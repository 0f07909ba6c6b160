// SPDX-License-Identifier: MPL-2.0
//
// How the worker is told to end, and how urgently.

#ifndef SCRIPTWORKER_WORKER_SHUTDOWN_H_
#define SCRIPTWORKER_WORKER_SHUTDOWN_H_

#include <string_view>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "scriptworker/base/cancellation.h"
#include "scriptworker/base/logger.h"

namespace scriptworker::worker {

// Three steps, each of which includes those before it:
//
//   drain     no further claim; a task in hand, and one that a claim under way
//             still brings, is run to its end
//   stop      the script is ended, its run resolved as worker-shutdown
//   at once   everything is abandoned
//
// Thread-safe; not for signal handlers (see signal_watcher.h).
class Shutdown {
 public:
  explicit Shutdown(Logger& logger) : logger_(logger) {}

  // SIGUSR1. Only the first one is logged.
  void Drain(std::string_view signal_name);
  // SIGTERM, SIGINT: the first asks to stop, the second to do so at once.
  void Stop(std::string_view signal_name);

  // Cancelled by each of the steps from its own on, always with kCancelled.
  CancellationToken drain() const { return drain_.token(); }
  CancellationToken stop() const { return stop_.token(); }
  CancellationToken at_once() const { return at_once_.token(); }

 private:
  Logger& logger_;
  CancellationSource drain_;
  CancellationSource stop_;
  CancellationSource at_once_;
};

}  // namespace scriptworker::worker

#endif  // SCRIPTWORKER_WORKER_SHUTDOWN_H_
