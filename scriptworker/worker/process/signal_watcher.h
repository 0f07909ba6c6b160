// SPDX-License-Identifier: MPL-2.0
//
// Receives the worker's signals on a thread of its own, where locks and logs
// may be used.

#ifndef SCRIPTWORKER_WORKER_PROCESS_SIGNAL_WATCHER_H_
#define SCRIPTWORKER_WORKER_PROCESS_SIGNAL_WATCHER_H_

#include <memory>
#include <thread>
#include <utility>

#include "absl/status/statusor.h"
#include "scriptworker/base/unique_fd.h"
#include "scriptworker/worker/process/shutdown.h"

namespace scriptworker::worker {

// SIGUSR1 drains; SIGTERM and SIGINT stop, the second of them at once; SIGHUP stops
// however often it comes, and means nothing to a worker that was started with it
// ignored (nohup). The same thread takes the steps that a grace period asks for.
// Thread-compatible; one in a process.
class SignalWatcher {
 public:
  // Holds these signals back, for this thread and those it starts, until a
  // watcher takes them. Call it first thing in main(): no signal that comes
  // earlier than the watcher is lost then. SIGPIPE and SIGXFSZ are ignored from
  // then on.
  static void Block();
  // Lets them end the process again: for a program that only looks.
  static void Unblock();

  // REQUIRES: Block() was called, on the first thread. `shutdown` must outlive
  // the watcher. kResourceExhausted: no thread or descriptor is to be had.
  static absl::StatusOr<std::unique_ptr<SignalWatcher>> Create(Shutdown& shutdown);
  // The signals are held back again.
  ~SignalWatcher();

 private:
  SignalWatcher(Shutdown& shutdown, UniqueFd signals, UniqueFd end)
      : shutdown_(shutdown), signals_(std::move(signals)), end_(std::move(end)) {}
  void Run();

  Shutdown& shutdown_;
  UniqueFd signals_;  // a signalfd
  UniqueFd end_;      // an eventfd
  std::thread thread_;
};

}  // namespace scriptworker::worker

#endif  // SCRIPTWORKER_WORKER_PROCESS_SIGNAL_WATCHER_H_
