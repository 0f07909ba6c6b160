// SPDX-License-Identifier: MPL-2.0

#include "scriptworker/base/testing/simulated_clock.h"

#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/log/check.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"

namespace scriptworker {

// One call of AwaitWithTimeout. The two flags are guarded by the caller's
// mutex, `mu`, so that its waiting sees them change.
class SimulatedClock::Waiter {
 public:
  Waiter(absl::Mutex& mu, const absl::Condition& condition) : mu_(mu), condition_(condition) {}

  // REQUIRES: mu held. Returns when the condition holds or the time has passed.
  void Await() { mu_.Await(absl::Condition(this, &Waiter::Ready)); }

  // REQUIRES: mu held. For a waiter that AdvanceTime has taken out of the list
  // and is about to wake: nothing may be destroyed before that is done.
  void AwaitWakeUp() { mu_.Await(absl::Condition(&woken_)); }

  void WakeUp() {
    absl::MutexLock lock(&mu_);
    woken_ = true;
  }

 private:
  bool Ready() const { return woken_ || condition_.Eval(); }

  absl::Mutex& mu_;
  const absl::Condition& condition_;
  bool woken_ = false;
};

SimulatedClock::SimulatedClock(absl::Time start, Mode mode)
    : mode_(mode), wall_(start), monotonic_(absl::ZeroDuration()) {}

SimulatedClock::~SimulatedClock() {
  absl::MutexLock lock(&mutex_);
  CHECK(waiters_.empty()) << "the clock is destroyed while a thread waits";
}

absl::Time SimulatedClock::Now() const {
  absl::MutexLock lock(&mutex_);
  return wall_;
}

absl::Duration SimulatedClock::Monotonic() const {
  absl::MutexLock lock(&mutex_);
  return monotonic_;
}

// No analysis: it takes the caller's mutex, held from outside, for released.
bool SimulatedClock::AwaitWithTimeout(absl::Mutex& mu, const absl::Condition& condition,
                                      absl::Duration timeout) ABSL_NO_THREAD_SAFETY_ANALYSIS {
  mu.AssertHeld();
  if (condition.Eval()) return true;
  if (timeout <= absl::ZeroDuration()) return false;
  if (mode_ == Mode::kAutoAdvance) {
    CHECK(timeout != absl::InfiniteDuration())
        << "a wait without end on a clock that advances by itself";
    {
      absl::MutexLock lock(&mutex_);
      sleeps_.push_back(timeout);
    }
    mu.Unlock();
    AdvanceTime(timeout);
    mu.Lock();
    return condition.Eval();
  }
  const auto waiter = std::make_shared<Waiter>(mu, condition);
  Waiters::iterator position;
  {
    absl::MutexLock lock(&mutex_);
    sleeps_.push_back(timeout);
    position = waiters_.emplace(monotonic_ + timeout, waiter);
  }
  waiter->Await();
  bool taken;
  {
    absl::MutexLock lock(&mutex_);
    taken = position->second == nullptr;
    waiters_.erase(position);
  }
  if (taken) waiter->AwaitWakeUp();
  return condition.Eval();
}

void SimulatedClock::AdvanceTime(absl::Duration duration) {
  CHECK(duration >= absl::ZeroDuration()) << "time does not go back";
  std::vector<std::shared_ptr<Waiter>> due;
  {
    absl::MutexLock lock(&mutex_);
    wall_ += duration;
    monotonic_ += duration;
    for (auto it = waiters_.begin(); it != waiters_.end() && it->first <= monotonic_; ++it) {
      // An empty place says "taken"; the waiter itself removes it.
      if (it->second != nullptr) due.push_back(std::exchange(it->second, {}));
    }
  }
  // Without mutex_: a sleeper's mutex may be held by a thread that asks for
  // the time.
  for (const std::shared_ptr<Waiter>& waiter : due) waiter->WakeUp();
}

bool SimulatedClock::AdvanceToNextWakeup() {
  const std::optional<absl::Time> next = NextWakeup();
  if (!next) return false;
  AdvanceTime(*next - Now());
  return true;
}

void SimulatedClock::JumpWallClock(absl::Time now) {
  absl::MutexLock lock(&mutex_);
  wall_ = now;
}

std::optional<absl::Time> SimulatedClock::NextWakeup() const {
  absl::MutexLock lock(&mutex_);
  for (const auto& [wakeup, waiter] : waiters_) {
    if (waiter != nullptr && wakeup != absl::InfiniteDuration()) {
      return wall_ + (wakeup - monotonic_);
    }
  }
  return std::nullopt;
}

bool SimulatedClock::AwaitSleepers(int count) const {
  const auto enough = [this, count]() ABSL_NO_THREAD_SAFETY_ANALYSIS {
    int sleepers = 0;
    for (const auto& [wakeup, waiter] : waiters_) {
      if (waiter != nullptr && wakeup != absl::InfiniteDuration()) ++sleepers;
    }
    return sleepers >= count;
  };
  absl::MutexLock lock(&mutex_);
  return mutex_.AwaitWithTimeout(absl::Condition(&enough), absl::Seconds(30));
}

std::vector<absl::Duration> SimulatedClock::sleeps() const {
  absl::MutexLock lock(&mutex_);
  return sleeps_;
}

}  // namespace scriptworker
