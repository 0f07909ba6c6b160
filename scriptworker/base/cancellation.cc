// SPDX-License-Identifier: MPL-2.0

#include "scriptworker/base/cancellation.h"

#include <list>
#include <memory>
#include <thread>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/functional/any_invocable.h"
#include "absl/log/check.h"
#include "absl/status/status.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "scriptworker/base/clock.h"

namespace scriptworker {
namespace cancellation_internal {

// A callback and how far it has come. Guarded by the mutex of its State;
// `callback` is touched by one thread at a time: the one that made it, then the
// one that runs it.
struct Registration {
  enum class Phase { kWaiting, kRunning, kDone };

  absl::AnyInvocable<void()> callback;
  Phase phase = Phase::kWaiting;
  std::thread::id runner;
  std::list<std::shared_ptr<Registration>>::iterator position;
};

class State {
 public:
  bool cancelled() const {
    absl::MutexLock lock(&mutex_);
    return !reason_.ok();
  }

  absl::Status reason() const {
    absl::MutexLock lock(&mutex_);
    return reason_;
  }

  bool Cancel(absl::Status reason) {
    CHECK(!reason.ok()) << "a cancellation needs a reason";
    absl::MutexLock lock(&mutex_);
    if (!reason_.ok()) return false;
    reason_ = std::move(reason);
    // A callback may remove others, so that each turn looks afresh.
    while (!waiting_.empty()) {
      const std::shared_ptr<Registration> registration = waiting_.front();
      waiting_.pop_front();
      registration->phase = Registration::Phase::kRunning;
      registration->runner = std::this_thread::get_id();
      mutex_.Unlock();
      registration->callback();
      mutex_.Lock();
      registration->phase = Registration::Phase::kDone;
    }
    return true;
  }

  // Returns false, and registers nothing, if cancelled already.
  bool Add(const std::shared_ptr<Registration>& registration) {
    absl::MutexLock lock(&mutex_);
    if (!reason_.ok()) return false;
    registration->position = waiting_.insert(waiting_.end(), registration);
    return true;
  }

  // On return the callback will not start any more and runs on no other
  // thread.
  void Remove(Registration& registration) {
    absl::MutexLock lock(&mutex_);
    switch (registration.phase) {
      case Registration::Phase::kWaiting:
        waiting_.erase(registration.position);
        registration.phase = Registration::Phase::kDone;
        return;
      case Registration::Phase::kRunning:
        if (registration.runner == std::this_thread::get_id()) return;
        mutex_.Await(absl::Condition(
            +[](Registration* r) { return r->phase == Registration::Phase::kDone; },
            &registration));
        return;
      case Registration::Phase::kDone:
        return;
    }
  }

  // Makes this state be cancelled with `parent`. The callback must not keep
  // this state alive, or a child would live as long as its parent.
  void Follow(const CancellationToken& parent, const std::shared_ptr<State>& self) {
    parent_links_.push_back(
        std::make_unique<CancellationCallback>(parent, [parent, weak = std::weak_ptr<State>(self)] {
          if (const std::shared_ptr<State> child = weak.lock()) {
            child->Cancel(parent.reason());
          }
        }));
  }

 private:
  mutable absl::Mutex mutex_;
  absl::Status reason_ ABSL_GUARDED_BY(mutex_);
  std::list<std::shared_ptr<Registration>> waiting_ ABSL_GUARDED_BY(mutex_);
  std::vector<std::unique_ptr<CancellationCallback>> parent_links_;  // set once, when made
};

}  // namespace cancellation_internal

using ::scriptworker::cancellation_internal::Registration;
using ::scriptworker::cancellation_internal::State;

bool CancellationToken::cancelled() const { return state_ != nullptr && state_->cancelled(); }

absl::Status CancellationToken::reason() const {
  return state_ == nullptr ? absl::OkStatus() : state_->reason();
}

CancellationSource::CancellationSource() : state_(std::make_shared<State>()) {}

CancellationSource::CancellationSource(const CancellationToken& parent)
    : state_(std::make_shared<State>()) {
  state_->Follow(parent, state_);
}

CancellationSource::CancellationSource(const CancellationToken& one, const CancellationToken& other)
    : CancellationSource(one) {
  state_->Follow(other, state_);
}

bool CancellationSource::Cancel(absl::Status reason) {
  // A callback may destroy this source.
  const std::shared_ptr<State> state = state_;
  return state->Cancel(std::move(reason));
}

CancellationCallback::CancellationCallback(const CancellationToken& token,
                                           absl::AnyInvocable<void()> callback)
    : state_(token.state_) {
  if (state_ == nullptr) return;
  registration_ = std::make_shared<Registration>();
  registration_->callback = std::move(callback);
  if (!state_->Add(registration_)) {
    // `registration_` stays out of every list: Remove finds it done.
    registration_->phase = Registration::Phase::kDone;
    registration_->callback();
  }
}

CancellationCallback::~CancellationCallback() {
  if (registration_ != nullptr) state_->Remove(*registration_);
}

bool SleepUnlessCancelled(Clock& clock, absl::Duration duration, const CancellationToken& token) {
  if (duration <= absl::ZeroDuration()) return !token.cancelled();
  absl::Mutex mutex;
  bool cancelled = false;  // guarded by mutex
  CancellationCallback on_cancel(token, [&mutex, &cancelled] {
    absl::MutexLock lock(&mutex);
    cancelled = true;
  });
  absl::MutexLock lock(&mutex);
  return !clock.AwaitWithTimeout(mutex, absl::Condition(&cancelled), duration);
}

}  // namespace scriptworker
