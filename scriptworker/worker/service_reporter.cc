// SPDX-License-Identifier: MPL-2.0
#include "scriptworker/worker/service_reporter.h"

#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "scriptworker/base/cancellation.h"
#include "scriptworker/base/clock.h"
#include "scriptworker/base/start_thread.h"
#include "scriptworker/base/status_macros.h"
#include "scriptworker/taskcluster/task_claim.h"
#include "scriptworker/worker/exit_status.h"
#include "scriptworker/worker/run_outcome.h"
#include "scriptworker/worker/service_notifier.h"
#include "scriptworker/worker/worker_state.h"

namespace scriptworker::worker {
namespace {

constexpr std::string_view kWaiting = "waiting for tasks";

}  // namespace

ServiceReporter::ServiceReporter(const ServiceNotifier& notifier, const WorkerState& state,
                                 Clock& clock, const CancellationToken& drain)
    : notifier_(notifier), state_(state), clock_(clock), drain_(drain) {}

absl::Status ServiceReporter::Start() {
  // First of all: a worker without it would be ended in the middle of a task.
  if (notifier_.watchdog() < absl::InfiniteDuration()) {
    SW_ASSIGN_OR_RETURN(watcher_, StartThread([this] { FeedWatchdog(); }));
  }
  notifier_.Ready();
  notifier_.Status(kWaiting);
  stopping_.emplace(drain_, [this] { notifier_.Stopping(); });
  ready_.Notify();
  return absl::OkStatus();
}

ServiceReporter::~ServiceReporter() {
  end_.Cancel(absl::CancelledError("the worker has ended"));
  if (watcher_.joinable()) watcher_.join();
}

void ServiceReporter::FeedWatchdog() {
  ready_.WaitForNotification();
  do {
    if (state_.Alive().ok()) notifier_.Alive();
  } while (SleepUnlessCancelled(clock_, notifier_.watchdog() / 2, end_.token()));
}

void ServiceReporter::OnPollEnded(const absl::StatusOr<int>& tasks) {
  if (tasks.ok()) {
    if (poll_failed_) notifier_.Status(kWaiting);
  } else {
    notifier_.Status(absl::StrCat("claimWork fails: ", tasks.status().message()));
  }
  poll_failed_ = !tasks.ok();
}

void ServiceReporter::OnTaskStarted(const taskcluster::ClaimedTask& task,
                                    absl::Duration /*lease*/) {
  run_ = absl::StrCat("task ", task.task_id.str(), " run ", task.run_id);
}

void ServiceReporter::OnPhase(Phase phase) {
  notifier_.Status(absl::StrCat(run_, ": ", ToString(phase)));
}

void ServiceReporter::OnTaskEnded(const RunOutcome& /*outcome*/) { notifier_.Status(kWaiting); }

}  // namespace scriptworker::worker
