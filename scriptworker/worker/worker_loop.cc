// SPDX-License-Identifier: MPL-2.0
#include "scriptworker/worker/worker_loop.h"

#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "scriptworker/base/cancellation.h"
#include "scriptworker/base/status_macros.h"
#include "scriptworker/base/version.h"
#include "scriptworker/taskcluster/queue.h"
#include "scriptworker/taskcluster/task_claim.h"
#include "scriptworker/worker/outcome/run_outcome.h"
#include "scriptworker/worker/task_runner.h"

namespace scriptworker::worker {

WorkerLoop::WorkerLoop(LoopOptions options, const Collaborators& collaborators)
    : options_(std::move(options)), with_(collaborators) {}

void WorkerLoop::LogLife(std::string_view event) {
  with_.logger.Info(absl::StrCat(
      "Scriptworker ", event, " at ",
      absl::FormatTime("%Y-%m-%d %H:%M:%S%Ez", with_.clock.Now(), absl::UTCTimeZone()), " UTC"));
  with_.logger.Info(absl::StrCat("Worker FQDN: ", options_.host_name));
}

void WorkerLoop::Pause() {
  SleepUnlessCancelled(with_.clock, options_.poll_interval, with_.shutdown.drain());
}

absl::Status WorkerLoop::MakeWay() {
  if (options_.end_left_overs != nullptr) {
    const absl::StatusOr<bool> were_there = options_.end_left_overs();
    if (!were_there.ok() || *were_there) clean_ = false;  // they may have written until now
    if (!were_there.ok()) {
      return absl::FailedPreconditionError(
          absl::StrCat("No task is claimed while the last script is not ended: ",
                       were_there.status().message()));
    }
  }
  if (!clean_) {
    const absl::Status cleaned = with_.dirs.Cleanup(WorkDir::Links::kRemoved);
    clean_ = cleaned.ok();
    if (!clean_) {
      return absl::FailedPreconditionError(absl::StrCat(
          "No task is claimed while the folders cannot be emptied: ", cleaned.message()));
    }
  }
  // Not earlier: see TaskRunner::Run.
  if (run_is_kept_) WipeRun();
  return absl::OkStatus();
}

void WorkerLoop::WipeRun() {
  const absl::Status wiped = with_.journal.Wipe();
  run_is_kept_ = !wiped.ok();
  if (run_is_kept_) with_.logger.Error(absl::StrCat("The run journal: ", wiped.message()));
}

void WorkerLoop::LookForItsEnd() {
  if (!run_is_kept_ || with_.shutdown.at_once().cancelled()) return;
  if (const absl::Status free = MakeWay(); !free.ok()) {
    with_.logger.Warning(
        absl::StrCat("The last run stays in the journal for the next start: ", free.message()));
  }
}

absl::Status WorkerLoop::Run() {
  LogLife("starting up");
  with_.logger.Info(absl::StrCat("Running scriptworker version ", kVersion));
  SW_RETURN_IF_ERROR(with_.dirs.Cleanup());
  absl::Status checked;
  absl::Status claimed;  // of `once`
  while (!with_.shutdown.drain().cancelled()) {
    if (options_.check != nullptr) checked = options_.check();
    if (!checked.ok()) break;
    if (const absl::Status free = MakeWay(); !free.ok()) {
      with_.logger.Critical(free.message());
      with_.observer.OnHeldUp(free);
      Pause();
      continue;
    }
    const absl::StatusOr<bool> took_task = ClaimAndRun();
    if (options_.once) {
      claimed = took_task.status();
      break;
    }
    if (!took_task.value_or(false)) Pause();
  }
  LookForItsEnd();
  SW_RETURN_IF_ERROR(checked);
  LogLife("stopped");
  if (with_.shutdown.at_once().cancelled()) return with_.shutdown.at_once().reason();
  return claimed;
}

absl::StatusOr<bool> WorkerLoop::ClaimAndRun() {
  with_.logger.Debug(absl::StrCat("Calling claimWork for ", options_.claim.worker_group, "/",
                                  options_.claim.worker_id, "..."));
  taskcluster::ClaimRequest request = options_.claim;
  request.last_try = with_.shutdown.drain();
  with_.observer.OnPollStarted();
  const absl::StatusOr<std::vector<taskcluster::ClaimedTask>> tasks =
      with_.queue.ClaimWork(request, with_.shutdown.at_once());
  const absl::Duration claimed_at = with_.clock.Monotonic();
  if (!tasks.ok()) {
    with_.observer.OnPollEnded(tasks.status());
    if (!with_.shutdown.at_once().cancelled()) {
      with_.logger.Warning(absl::StrCat("claimWork failed: ", tasks.status().message()));
    }
    return tasks.status();
  }
  with_.observer.OnPollEnded(static_cast<int>(tasks->size()));
  for (const taskcluster::ClaimedTask& task : *tasks) {
    const RunOutcome outcome = with_.runner.Run(task, claimed_at,
                                                {.stop = with_.shutdown.stop(),
                                                 .hurry = with_.shutdown.hurry(),
                                                 .at_once = with_.shutdown.at_once()});
    clean_ = outcome.cleaned.ok() && outcome.script_ended;
    run_is_kept_ =
        !outcome.script_ended && outcome.resolution != RunOutcome::Resolution::kAbandoned;
  }
  return !tasks->empty();
}

}  // namespace scriptworker::worker
