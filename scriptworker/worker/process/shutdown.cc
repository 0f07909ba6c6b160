// SPDX-License-Identifier: MPL-2.0
#include "scriptworker/worker/process/shutdown.h"

#include <algorithm>
#include <string_view>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"

namespace scriptworker::worker {

// Each step is taken before it is logged: a log that hangs must not stop it.

void Shutdown::Drain(std::string_view signal_name) {
  if (!drain_.Cancel(absl::CancelledError("the worker takes no more tasks"))) return;
  logger_.Info(absl::StrCat(signal_name, " received; no more tasks will be taken"));
}

void Shutdown::Stop(std::string_view signal_name) {
  {
    absl::MutexLock lock(&mutex_);
    stopped_at_ = std::min(stopped_at_, clock_.Monotonic());
  }
  const absl::Status reason = absl::CancelledError("the worker is shutting down");
  drain_.Cancel(reason);
  if (stop_.Cancel(reason)) {
    logger_.Info(absl::StrCat(signal_name, " received; shutting down"));
  } else if (EndAtOnce()) {
    logger_.Warning(absl::StrCat(signal_name, " received again; stopping at once"));
  }
}

bool Shutdown::EndAtOnce() {
  const absl::Status reason = absl::CancelledError("the worker stops at once");
  hurry_.Cancel(reason);
  return at_once_.Cancel(reason);
}

absl::Duration Shutdown::HurryAt() const {
  return stopped_at_ + grace_ - std::min(grace_ / 4, absl::Seconds(30));
}

absl::Duration Shutdown::UntilNextStep() const {
  if (grace_ == absl::InfiniteDuration() || at_once_.token().cancelled()) {
    return absl::InfiniteDuration();
  }
  absl::MutexLock lock(&mutex_);
  const absl::Duration next = hurry_.token().cancelled() ? stopped_at_ + grace_ : HurryAt();
  return next - clock_.Monotonic();
}

void Shutdown::Advance() {
  if (grace_ == absl::InfiniteDuration()) return;
  absl::Duration hurry_at;
  absl::Duration end_at;
  {
    absl::MutexLock lock(&mutex_);
    hurry_at = HurryAt();
    end_at = stopped_at_ + grace_;
  }
  const absl::Duration now = clock_.Monotonic();
  if (now >= hurry_at &&
      hurry_.Cancel(absl::CancelledError("the time to shut down is nearly over"))) {
    logger_.Warning(
        "The grace period (shutdown_grace) is nearly over; uploads are cut off, and a run in hand "
        "is reported as worker-shutdown");
  }
  if (now >= end_at && EndAtOnce()) {
    logger_.Warning(
        "The grace period (shutdown_grace) is over; stopping at once: what is not reported by now "
        "expires at the queue");
  }
}

}  // namespace scriptworker::worker
