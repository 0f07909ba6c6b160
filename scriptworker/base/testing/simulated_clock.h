// SPDX-License-Identifier: MPL-2.0
//
// A clock that moves only when told to, so that tests take no real time.

#ifndef SCRIPTWORKER_BASE_TESTING_SIMULATED_CLOCK_H_
#define SCRIPTWORKER_BASE_TESTING_SIMULATED_CLOCK_H_

#include <map>
#include <memory>
#include <optional>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "scriptworker/base/clock.h"

namespace scriptworker {

// Thread-safe. Two ways of use:
//  - kManual: threads that sleep stay asleep until AdvanceTime passes their
//    wake-up; a test that drives another thread calls AwaitSleepers first.
//  - kAutoAdvance, for tests with one thread: a wait whose condition does not
//    hold advances the time by its whole timeout at once and returns.
//    REQUIRES there: no wait with an infinite timeout.
class SimulatedClock final : public Clock {
 public:
  enum class Mode { kManual, kAutoAdvance };

  explicit SimulatedClock(absl::Time start, Mode mode = Mode::kManual);
  // REQUIRES: nobody waits.
  ~SimulatedClock() override;

  absl::Time Now() const override;
  absl::Duration Monotonic() const override;  // starts at zero
  bool AwaitWithTimeout(absl::Mutex& mu, const absl::Condition& condition,
                        absl::Duration timeout) override;

  // Moves both clocks and wakes whoever is due. REQUIRES: duration >= 0, and
  // the caller holds no mutex that a sleeper waits with.
  void AdvanceTime(absl::Duration duration);

  // Moves to the earliest wake-up; returns false if nobody sleeps.
  bool AdvanceToNextWakeup();

  // Sets the wall clock alone, as an administrator or a time server does.
  void JumpWallClock(absl::Time now);

  // The wall clock time at which the next sleeper is due; nullopt: none.
  std::optional<absl::Time> NextWakeup() const;

  // Blocks (in real time) until at least `count` threads wait on this clock
  // with a finite timeout. Returns false after 30 real seconds.
  bool AwaitSleepers(int count = 1) const;

  // The timeouts of all waits so far whose condition did not hold at once.
  std::vector<absl::Duration> sleeps() const;

 private:
  class Waiter;
  using Waiters = std::multimap<absl::Duration, std::shared_ptr<Waiter>>;

  const Mode mode_;
  mutable absl::Mutex mutex_;
  absl::Time wall_ ABSL_GUARDED_BY(mutex_);
  absl::Duration monotonic_ ABSL_GUARDED_BY(mutex_);
  Waiters waiters_ ABSL_GUARDED_BY(mutex_);  // by monotonic wake-up time
  std::vector<absl::Duration> sleeps_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace scriptworker

#endif  // SCRIPTWORKER_BASE_TESTING_SIMULATED_CLOCK_H_
