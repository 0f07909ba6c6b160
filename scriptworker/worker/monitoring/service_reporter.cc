// SPDX-License-Identifier: MPL-2.0
#include "scriptworker/worker/monitoring/service_reporter.h"

#include <string>
#include <string_view>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "scriptworker/base/cancellation.h"
#include "scriptworker/base/clock.h"
#include "scriptworker/base/start_thread.h"
#include "scriptworker/base/status_macros.h"
#include "scriptworker/taskcluster/task_claim.h"
#include "scriptworker/worker/monitoring/service_notifier.h"
#include "scriptworker/worker/monitoring/worker_state.h"
#include "scriptworker/worker/outcome/exit_status.h"
#include "scriptworker/worker/outcome/run_outcome.h"

namespace scriptworker::worker {

ServiceReporter::ServiceReporter(const ServiceNotifier& notifier, const WorkerState& state,
                                 Clock& clock, const CancellationToken& drain,
                                 const CancellationToken& stop)
    : notifier_(notifier), state_(state), clock_(clock), drain_(drain), stop_(stop) {}

absl::Status ServiceReporter::Start() {
  // First of all: a worker without it would be ended in the middle of a task.
  if (notifier_.watchdog() < absl::InfiniteDuration()) {
    SW_ASSIGN_OR_RETURN(watcher_, StartThread([this] { FeedWatchdog(); }));
  }
  notifier_.Ready();
  Say("");
  draining_.emplace(drain_, [this] {
    absl::MutexLock lock(&mutex_);
    TellStatus();
  });
  stopping_.emplace(stop_, [this] { notifier_.Stopping(); });
  ready_.Notify();
  return absl::OkStatus();
}

ServiceReporter::~ServiceReporter() {
  end_.Cancel(absl::CancelledError("the worker has ended"));
  if (watcher_.joinable()) watcher_.join();
  draining_.reset();
  stopping_.reset();
  if (ready_.HasBeenNotified() && !stop_.cancelled()) notifier_.Stopping();
}

void ServiceReporter::Say(std::string doing) {
  absl::MutexLock lock(&mutex_);
  doing_ = std::move(doing);
  TellStatus();
}

void ServiceReporter::TellStatus() {
  constexpr std::string_view kNoMore = "takes no more tasks";
  if (!drain_.cancelled()) {
    notifier_.Status(doing_.empty() ? "waiting for tasks" : doing_);
  } else {
    notifier_.Status(doing_.empty() ? kNoMore : absl::StrCat(doing_, "; ", kNoMore));
  }
}

void ServiceReporter::FeedWatchdog() {
  ready_.WaitForNotification();
  do {
    if (state_.Alive().ok()) notifier_.Alive();
  } while (SleepUnlessCancelled(clock_, notifier_.watchdog() / 2, end_.token()));
}

void ServiceReporter::OnHeldUp(const absl::Status& reason) {
  Say(std::string(reason.message()));
  trouble_ = true;
}

void ServiceReporter::OnPollEnded(const absl::StatusOr<int>& tasks) {
  if (tasks.ok()) {
    if (trouble_) Say("");
  } else {
    Say(absl::StrCat("claimWork fails: ", tasks.status().message()));
  }
  trouble_ = !tasks.ok();
}

void ServiceReporter::OnTaskStarted(const taskcluster::ClaimedTask& task,
                                    absl::Duration /*lease*/) {
  run_ = absl::StrCat("task ", task.task_id.str(), " run ", task.run_id);
}

void ServiceReporter::OnPhase(Phase phase) { Say(absl::StrCat(run_, ": ", ToString(phase))); }

void ServiceReporter::OnTaskEnded(const RunOutcome& /*outcome*/) { Say(""); }

}  // namespace scriptworker::worker
