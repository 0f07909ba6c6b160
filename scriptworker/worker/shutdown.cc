// SPDX-License-Identifier: MPL-2.0
#include "scriptworker/worker/shutdown.h"

#include <algorithm>
#include <string_view>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"

namespace scriptworker::worker {

// Each step is logged before anybody can act upon it.

void Shutdown::Drain(std::string_view signal_name) {
  absl::MutexLock lock(&signal_mutex_);
  if (drain_.token().cancelled()) return;
  logger_.Info(absl::StrCat(signal_name, " received; no more tasks will be taken"));
  drain_.Cancel(absl::CancelledError("the worker takes no more tasks"));
}

void Shutdown::Stop(std::string_view signal_name) {
  absl::MutexLock lock(&signal_mutex_);
  if (at_once_.token().cancelled()) return;
  if (stop_.token().cancelled()) {
    logger_.Warning(absl::StrCat(signal_name, " received again; stopping at once"));
    EndAtOnce();
    return;
  }
  {
    absl::MutexLock time_lock(&mutex_);
    stopped_at_ = clock_.Monotonic();
  }
  logger_.Info(absl::StrCat(signal_name, " received; shutting down"));
  const absl::Status reason = absl::CancelledError("the worker is shutting down");
  drain_.Cancel(reason);
  stop_.Cancel(reason);
}

void Shutdown::EndAtOnce() {
  const absl::Status reason = absl::CancelledError("the worker stops at once");
  hurry_.Cancel(reason);
  at_once_.Cancel(reason);
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
  absl::MutexLock lock(&signal_mutex_);
  if (now >= hurry_at && !hurry_.token().cancelled()) {
    logger_.Warning(
        "The grace period (shutdown_grace) is nearly over; what is not uploaded stays behind");
    hurry_.Cancel(absl::CancelledError("the time to shut down is nearly over"));
  }
  if (now >= end_at && !at_once_.token().cancelled()) {
    logger_.Warning("The grace period (shutdown_grace) is over; stopping at once");
    EndAtOnce();
  }
}

}  // namespace scriptworker::worker
