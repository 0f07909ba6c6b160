// SPDX-License-Identifier: MPL-2.0
//
// Tells a service manager (systemd) how the worker is: sd_notify(3) without its
// library, which is one datagram to the socket that NOTIFY_SOCKET names.

#ifndef SCRIPTWORKER_WORKER_MONITORING_SERVICE_NOTIFIER_H_
#define SCRIPTWORKER_WORKER_MONITORING_SERVICE_NOTIFIER_H_

#include <string>
#include <string_view>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "scriptworker/base/environment.h"
#include "scriptworker/base/unique_fd.h"

namespace scriptworker::worker {

// Does nothing without NOTIFY_SOCKET. What cannot be sent is lost: a manager
// that does not listen any more is no reason to stop. Thread-safe.
class ServiceNotifier {
 public:
  ServiceNotifier() = default;  // tells nobody

  // NOTIFY_SOCKET: an absolute path, or `@name` for Linux' abstract namespace.
  // WATCHDOG_USEC and WATCHDOG_PID: how often the manager wants to hear from
  // this process. kInvalidArgument: a socket of another kind (vsock), or a name
  // that is too long. Other errors: nobody listens there.
  static absl::StatusOr<ServiceNotifier> Create(const Environment& environment);

  void Ready() const { Send("READY=1"); }
  void Stopping() const { Send("STOPPING=1"); }
  void Alive() const { Send("WATCHDOG=1"); }
  // One line for people, in `systemctl status`.
  void Status(std::string_view text) const;

  bool enabled() const { return socket_.valid(); }
  // How often Alive() is expected at least; infinite: never.
  absl::Duration watchdog() const { return watchdog_; }

 private:
  void Send(std::string_view state) const;

  UniqueFd socket_;  // connected; invalid: nobody is told
  absl::Duration watchdog_ = absl::InfiniteDuration();
};

// What the script inherits: all but the variables above, which are meant for
// this process.
Environment WithoutServiceVariables(const Environment& environment);

}  // namespace scriptworker::worker

#endif  // SCRIPTWORKER_WORKER_MONITORING_SERVICE_NOTIFIER_H_
