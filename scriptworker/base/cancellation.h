// SPDX-License-Identifier: MPL-2.0
//
// One-shot cancellation, made at the top and passed down. The first reason
// wins and is never replaced.
//
//   CancellationSource shutdown;
//   CancellationSource task(shutdown.token());     // cancelled with shutdown
//   RunTask(..., task.token());
//   task.Cancel(absl::AbortedError("the claim was lost"));
//
// Reasons by convention: kCancelled = the worker shuts down, kAborted = the
// claim was lost, kDeadlineExceeded = a time limit passed.
//
// All classes are thread-safe, except that one object must not be assigned or
// destroyed while another thread uses that same object.

#ifndef SCRIPTWORKER_BASE_CANCELLATION_H_
#define SCRIPTWORKER_BASE_CANCELLATION_H_

#include <memory>
#include <utility>

#include "absl/functional/any_invocable.h"
#include "absl/status/status.h"
#include "absl/time/time.h"
#include "scriptworker/base/clock.h"

namespace scriptworker {

namespace cancellation_internal {
class State;
struct Registration;
}  // namespace cancellation_internal

// The reading end. Cheap to copy; may outlive its source.
class CancellationToken {
 public:
  // A token that is never cancelled.
  CancellationToken() = default;

  bool cancelled() const;

  // OK while not cancelled, then the reason for ever.
  absl::Status reason() const;

 private:
  friend class CancellationSource;
  friend class CancellationCallback;
  explicit CancellationToken(std::shared_ptr<cancellation_internal::State> state)
      : state_(std::move(state)) {}

  std::shared_ptr<cancellation_internal::State> state_;  // null: never
};

// The writing end.
class CancellationSource {
 public:
  CancellationSource();
  // Cancelled with `parent`, for the same reason; cancelling the child does
  // not touch the parent. The link holds as long as a token of the child does.
  explicit CancellationSource(const CancellationToken& parent);
  // Cancelled with the first of two parents.
  CancellationSource(const CancellationToken& one, const CancellationToken& other);

  CancellationSource(CancellationSource&&) = default;
  CancellationSource& operator=(CancellationSource&&) = default;

  // Runs the callbacks on the calling thread. Returns false, and changes
  // nothing, when it was cancelled before. REQUIRES: !reason.ok().
  // Not async-signal-safe.
  bool Cancel(absl::Status reason);

  CancellationToken token() const { return CancellationToken(state_); }

 private:
  std::shared_ptr<cancellation_internal::State> state_;
};

// Runs `callback` once when the token is cancelled, on the cancelling thread and
// after those that were made for the same token before it; at once, inside the
// constructor, if it already is. The destructor waits for
// a callback that is running on another thread, so that the callback may refer
// to anything that outlives this object. The callback must not block for long.
class CancellationCallback {
 public:
  CancellationCallback(const CancellationToken& token, absl::AnyInvocable<void()> callback);
  ~CancellationCallback();

  CancellationCallback(const CancellationCallback&) = delete;
  CancellationCallback& operator=(const CancellationCallback&) = delete;

 private:
  std::shared_ptr<cancellation_internal::State> state_;
  std::shared_ptr<cancellation_internal::Registration> registration_;
};

// Returns true if it slept for the whole `duration`, false as soon as the
// token is cancelled.
bool SleepUnlessCancelled(Clock& clock, absl::Duration duration, const CancellationToken& token);

}  // namespace scriptworker

#endif  // SCRIPTWORKER_BASE_CANCELLATION_H_
