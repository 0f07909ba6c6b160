// SPDX-License-Identifier: MPL-2.0
//
// Lets simulated time pass while threads and processes work in real time.

#ifndef SCRIPTWORKER_WORKER_TESTING_TIME_DRIVER_H_
#define SCRIPTWORKER_WORKER_TESTING_TIME_DRIVER_H_

#include <algorithm>
#include <atomic>
#include <functional>
#include <optional>
#include <thread>
#include <utility>

#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "scriptworker/base/testing/simulated_clock.h"
#include "scriptworker/worker/testing/thread_rest.h"

namespace scriptworker::worker {

// Wakes, one after the other, all sleepers that are due within `horizon`:
// pauses before retries, long polls. A sleep that goes further, such as a
// script's time limit, comes to its end only if enough short ones pass.
// Time stands still while another thread has something to do: else a loaded machine, on which
// simulated time passes and nothing else does, would let claims lapse.
class TimeDriver {
 public:
  // Time stands still while `may_pass` says so (called on the driver's thread).
  TimeDriver(
      SimulatedClock& clock, absl::Duration horizon,
      std::function<bool()> may_pass = [] { return true; })
      : thread_([this, &clock, horizon, may_pass = std::move(may_pass)] {
          while (!done_) {
            const std::optional<absl::Time> next = clock.NextWakeup();
            if (next.has_value() && *next - clock.Now() <= horizon && may_pass() &&
                OtherThreadsRest()) {
              clock.AdvanceTime(std::max(*next - clock.Now(), kSmallestStep));
            }
            absl::SleepFor(absl::Milliseconds(5));  // who woke up goes on meanwhile
          }
        }) {}
  ~TimeDriver() {
    done_ = true;
    thread_.join();
  }

 private:
  static constexpr absl::Duration kSmallestStep = absl::Seconds(2);

  std::atomic<bool> done_ = false;
  std::thread thread_;
};

}  // namespace scriptworker::worker

#endif  // SCRIPTWORKER_WORKER_TESTING_TIME_DRIVER_H_
