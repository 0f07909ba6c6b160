// SPDX-License-Identifier: MPL-2.0
//
// Time, injected: what the worker does when, and every timestamp, comes from here. What waits
// for the machine itself (a process that ends, room on a terminal, the other end of a pipe)
// waits in real, monotonic time, as no simulated one would bring that about:
// worker/process/process_tree, worker/log/screen, client/script_credentials.
// Tests use scriptworker/base/testing/simulated_clock.h.

#ifndef SCRIPTWORKER_BASE_CLOCK_H_
#define SCRIPTWORKER_BASE_CLOCK_H_

#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"

namespace scriptworker {

// Implementations are thread-safe.
class Clock {
 public:
  virtual ~Clock() = default;

  // Wall clock: for timestamps and what is compared with other machines' time.
  // May jump in both directions.
  virtual absl::Time Now() const = 0;

  // Time since an arbitrary, fixed point. Never goes back; not affected by
  // changes of the wall clock: for leases, time limits and measuring.
  virtual absl::Duration Monotonic() const = 0;

  // Blocks until `condition` holds or `timeout` of monotonic time has passed;
  // returns whether the condition holds. REQUIRES: `mu` is held by the caller;
  // it is held again on return. A timeout <= 0 only evaluates the condition.
  virtual bool AwaitWithTimeout(absl::Mutex& mu, const absl::Condition& condition,
                                absl::Duration timeout) = 0;

  // Blocks for `duration` of monotonic time; see SleepUnlessCancelled in
  // cancellation.h for a sleep that can be ended early.
  void SleepFor(absl::Duration duration);
};

// The machine's clocks. Made once, in main().
class SystemClock final : public Clock {
 public:
  absl::Time Now() const override;
  absl::Duration Monotonic() const override;
  bool AwaitWithTimeout(absl::Mutex& mu, const absl::Condition& condition,
                        absl::Duration timeout) override;
};

}  // namespace scriptworker

#endif  // SCRIPTWORKER_BASE_CLOCK_H_
