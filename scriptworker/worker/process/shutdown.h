// SPDX-License-Identifier: MPL-2.0
//
// How the worker is told to end, and how urgently.

#ifndef SCRIPTWORKER_WORKER_PROCESS_SHUTDOWN_H_
#define SCRIPTWORKER_WORKER_PROCESS_SHUTDOWN_H_

#include <string_view>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "scriptworker/base/cancellation.h"
#include "scriptworker/base/clock.h"
#include "scriptworker/base/logger.h"

namespace scriptworker::worker {

// Four steps, each of which includes those before it:
//
//   drain     no further claim; a task in hand, and one that a claim under way
//             still brings, is run to its end
//   stop      the script is ended, its run resolved as worker-shutdown
//   hurry     what is not yet uploaded stays behind, the run is resolved as
//             worker-shutdown now
//   at once   everything is abandoned
//
// With a grace period, counted from the first request to stop, the worker
// hurries when three quarters of it (all but 30 seconds of a long one) are over,
// and ends at once when all of it is. Without one only signals take a step.
//
// Each step is taken first and logged then. Thread-safe; not for signal handlers (see
// signal_watcher.h).
class Shutdown {
 public:
  // The references must outlive the object.
  Shutdown(Logger& logger, const Clock& clock, absl::Duration grace = absl::InfiniteDuration())
      : logger_(logger), clock_(clock), grace_(grace) {}

  // SIGUSR1. Only the first one is logged.
  void Drain(std::string_view signal_name);
  // SIGTERM, SIGINT: the first asks to stop, the second to do so at once.
  void Stop(std::string_view signal_name);

  // How long until the grace period asks for a step; infinite: it does not.
  absl::Duration UntilNextStep() const;
  // Takes the steps that are due.
  void Advance();

  // Cancelled by each of the steps from its own on, always with kCancelled.
  CancellationToken drain() const { return drain_.token(); }
  CancellationToken stop() const { return stop_.token(); }
  CancellationToken hurry() const { return hurry_.token(); }
  CancellationToken at_once() const { return at_once_.token(); }

 private:
  absl::Duration HurryAt() const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  // False: it was asked for before.
  bool EndAtOnce();

  Logger& logger_;
  const Clock& clock_;
  const absl::Duration grace_;
  CancellationSource drain_;
  CancellationSource stop_;
  CancellationSource hurry_;
  CancellationSource at_once_;

  mutable absl::Mutex mutex_;
  // On the monotonic clock.
  absl::Duration stopped_at_ ABSL_GUARDED_BY(mutex_) = absl::InfiniteDuration();
};

}  // namespace scriptworker::worker

#endif  // SCRIPTWORKER_WORKER_PROCESS_SHUTDOWN_H_
