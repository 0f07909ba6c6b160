// SPDX-License-Identifier: MPL-2.0
#include "scriptworker/worker/task_runner.h"

#include <limits>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "absl/random/random.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "cot/signer.h"
#include "scriptworker/base/cancellation.h"
#include "scriptworker/base/retry.h"
#include "scriptworker/base/status_macros.h"
#include "scriptworker/json/json_reader.h"
#include "scriptworker/taskcluster/artifact_upload.h"
#include "scriptworker/taskcluster/queue.h"
#include "scriptworker/taskcluster/queue_error.h"
#include "scriptworker/taskcluster/task_claim.h"
#include "scriptworker/taskcluster/timestamp.h"
#include "scriptworker/worker/log/task_log.h"
#include "scriptworker/worker/outcome/exit_status.h"
#include "scriptworker/worker/outcome/process_outcome.h"
#include "scriptworker/worker/passing_error.h"
#include "scriptworker/worker/process/process_stat.h"
#include "scriptworker/worker/process/ready_thread.h"
#include "scriptworker/worker/process/restrictions.h"
#include "scriptworker/worker/process/script_environment.h"
#include "scriptworker/worker/process/task_process.h"
#include "scriptworker/worker/reclaimer.h"
#include "scriptworker/worker/sandbox.h"
#include "scriptworker/worker/task_artifacts.h"
#include "scriptworker/worker/task_credential_store.h"
#include "scriptworker/worker/task_preparation.h"

namespace scriptworker::worker {
namespace {

using ::scriptworker::taskcluster::ClaimedTask;
using Resolution = RunOutcome::Resolution;

// The task's `expires`, which its artifacts get: also that of a definition that has another
// defect, whose log tells of it.
absl::StatusOr<absl::Time> ExpiresOf(const ClaimedTask& task) {
  const json::Reader definition(task.definition, "task");
  SW_ASSIGN_OR_RETURN(const json::Reader expires, definition.Field("expires"));
  SW_ASSIGN_OR_RETURN(const std::string text, expires.AsString());
  const absl::StatusOr<absl::Time> time = taskcluster::ParseTimestamp(text);
  if (!time.ok()) return expires.Error(time.status().message());
  return *time;
}

// The run ended, but the queue may be told a little later just as well: as long as
// the claim is kept.
RetryPolicy ReportRetryPolicy() {
  RetryPolicy policy;
  policy.attempts = std::numeric_limits<int>::max();
  policy.max = absl::Seconds(30);
  return policy;
}

}  // namespace

// What one call of Run works with.
struct TaskRunner::RunningTask {
  RunningTask(const TaskRunner& runner, const ClaimedTask& claimed, const RunTokens& run_tokens)
      : task(claimed),
        tokens(run_tokens),
        credentials(claimed.credentials, runner.with_.redactor),
        artifacts(runner.with_.dirs, runner.options_.chain_of_trust, runner.with_.uploader,
                  runner.with_.logger),
        lost_or_hurry(claim.token(), tokens.hurry),
        lost_or_at_once(claim.token(), tokens.at_once),
        stop_or_lost(tokens.stop, claim.token()),
        expires(ExpiresOf(claimed)),
        target{.task_id = claimed.task_id,
               .run_id = claimed.run_id,
               .expires = expires.value_or(absl::InfinitePast()),
               .credentials = [this] { return credentials.Get(); }} {}

  bool claim_lost() const { return claim.token().cancelled(); }

  const ClaimedTask& task;
  const RunTokens tokens;
  CancellationSource claim;  // cancelled when the claim is lost
  TaskCredentialStore credentials;
  TaskArtifacts artifacts;
  const CancellationSource lost_or_hurry;
  const CancellationSource lost_or_at_once;
  // The last to be cancelled: whoever sees the script stop because the claim was lost finds
  // the others cancelled, and uploads nothing.
  const CancellationSource stop_or_lost;
  const absl::StatusOr<absl::Time> expires;
  const taskcluster::UploadTarget target;
  bool script_ended = true;
  bool script_decided = false;           // the script ended by itself, and its exit status counts
  absl::Status held = absl::OkStatus();  // the claim: noted in the journal, and kept
  int status = kSuccess;
};

TaskRunner::TaskRunner(RunnerOptions options, const Collaborators& collaborators)
    : options_(std::move(options)), with_(collaborators), statuses_(options_.reversed_statuses) {}

RunOutcome TaskRunner::Run(const ClaimedTask& task, absl::Duration claimed_at,
                           const RunTokens& tokens) {
  RunningTask run(*this, task, tokens);
  run.held = with_.journal.Claimed(task, with_.clock.Now());
  RunOutcome outcome;
  {
    Reclaimer reclaimer(
        task, claimed_at, options_.reclaim_interval,
        {with_.queue, run.credentials, with_.clock, with_.logger, with_.observer, with_.journal},
        run.claim);
    run.held.Update(reclaimer.Start());
    with_.observer.OnTaskStarted(task, reclaimer.LeaseLeft());
    run.status = Work(run);
    if (!run.lost_or_at_once.token().cancelled()) Upload(run);
    Note(with_.journal.Reporting(run.status));
    outcome.status = run.status;
    outcome.report = statuses_.ReportFor(run.status);
    outcome.resolution = ReportStatus(run, outcome.report);
  }
  with_.observer.OnPhase(Phase::kCleanUp);
  outcome.cleaned = with_.dirs.Cleanup(WorkDir::Links::kRemoved);
  // Not earlier: a start that finds nothing in the journal takes a script's link in place of a
  // folder for the operator's. An abandoned run is for the next start to resolve; and only by its
  // journal does the next start find a script that could not be ended (WorkerLoop wipes it then).
  if (run.script_ended && outcome.resolution != Resolution::kAbandoned) {
    Note(with_.journal.Wipe());
  }
  outcome.script_ended = run.script_ended;
  with_.observer.OnTaskEnded(outcome);
  return outcome;
}

// A step that is not noted makes the recovery after a crash less exact, no more.
void TaskRunner::Note(const absl::Status& noted) {
  if (!noted.ok()) with_.logger.Error(absl::StrCat("The run journal: ", noted.message()));
}

int TaskRunner::Fail(Phase phase, const absl::Status& error) {
  with_.logger.Error(LogLineForError(phase, error));
  return StatusForError(phase, error);
}

// For a run without output: what people open is the log.
void TaskRunner::ExplainInTaskLog(const absl::Status& error) {
  absl::StatusOr<TaskLog> log = TaskLog::Create(with_.dirs.live_backing_log());
  if (!log.ok()) return;
  std::string text = absl::StrCat("The script was not started: ", error.message(), "\n");
  with_.redactor.Redact(text);
  log->Write(text);
  log->Close().IgnoreError();
}

// Steps 1 to 4. Returns the status.
int TaskRunner::Work(RunningTask& run) {
  with_.observer.OnPhase(Phase::kPrepare);
  if (run.tokens.stop.cancelled()) return kWorkerShutdown;
  if (!run.held.ok()) {
    ExplainInTaskLog(run.held);
    return Fail(Phase::kPrepare, absl::InternalError(run.held.message()));
  }
  absl::Status prepared = WriteTaskFiles(run.task, with_.dirs, with_.logger);
  absl::StatusOr<int> credentials_fd = run.credentials.OpenForScript(options_.temp_dir);
  prepared.Update(credentials_fd.status());
  const absl::StatusOr<TaskLimits> limits = CheckTask(run.task, options_.task_max_timeout);
  prepared.Update(limits.status());
  if (!prepared.ok()) {
    ExplainInTaskLog(prepared);
    return Fail(Phase::kPrepare, prepared);
  }
  if (with_.verifier != nullptr) {
    with_.observer.OnPhase(Phase::kVerify);
    const absl::Status verified = with_.verifier->Verify(run.task, run.stop_or_lost.token());
    if (absl::IsCancelled(verified)) {
      with_.logger.Info("CoT cancelled asynchronously");
      return kWorkerShutdown;
    }
    if (!verified.ok()) {
      if (!run.claim_lost()) {
        run.artifacts.LinkChainOfTrustLog(run.target, run.lost_or_hurry.token());
      }
      return Fail(Phase::kVerify, verified);
    }
  }
  // What cannot be signed is better run elsewhere than here.
  cot::Signer* const signer = options_.chain_of_trust.signer;
  if (const absl::Status alive = signer == nullptr ? absl::OkStatus() : signer->Check();
      !alive.ok()) {
    ExplainInTaskLog(alive);
    with_.logger.Error(
        absl::StrCat("The script is not started, its run is given back: ", alive.message()));
    return kWorkerShutdown;
  }
  return RunScript(run, limits->max_run_time, *credentials_fd);
}

// Steps 3 and 4.
int TaskRunner::RunScript(RunningTask& run, absl::Duration max_run_time, int credentials_fd) {
  if (const CancellationToken stop = run.stop_or_lost.token(); stop.cancelled()) {
    with_.logger.Info(absl::StrCat("The script is not started: ", stop.reason().message()));
    ExplainInTaskLog(stop.reason());
    return StatusForError(Phase::kRun, stop.reason());
  }
  with_.observer.OnPhase(Phase::kRun);
  absl::StatusOr<Restrictions> restrictions = Restrictions();
  if (options_.sandbox != nullptr) restrictions = options_.sandbox->Prepare(with_.dirs);
  if (!restrictions.ok()) {
    ExplainInTaskLog(restrictions.status());
    return Fail(Phase::kRun, restrictions.status());
  }
  // A disk that hangs must not keep the script alive: its start is noted beside it.
  absl::StatusOr<std::unique_ptr<ReadyThread>> noting = ReadyThread::Create();
  if (!noting.ok()) {
    ExplainInTaskLog(noting.status());
    return Fail(Phase::kRun, noting.status());
  }
  absl::StatusOr<TaskLog> log = TaskLog::Create(with_.dirs.live_backing_log());
  if (!log.ok()) return Fail(Phase::kRun, log.status());
  bool started = false;
  const absl::StatusOr<ProcessOutcome> outcome = RunTaskProcess(
      {.argv = options_.task_script,
       .environment = ScriptEnvironment(options_.environment, run.task.task_id, run.task.run_id,
                                        options_.root_url),
       .credentials_fd = credentials_fd,
       .on_started =
           [&](pid_t leader) {
             started = true;
             // Here, where nobody has waited for it: later its number may be another's.
             const ProcessStat seen = ReadProcessStat(leader).value_or(ProcessStat{.pid = leader});
             (*noting)->Run([this, seen] { Note(with_.journal.ScriptStarted(seen)); });
           },
       .time_limit = max_run_time,
       .restrictions = &*restrictions,
       .patience = options_.patience},
      {*log, with_.logger, with_.redactor, with_.clock},
      {.stop = run.stop_or_lost.token(), .at_once = run.tokens.at_once});
  run.script_ended = outcome.ok() || !started;
  noting->reset();
  if (outcome.ok()) Note(with_.journal.ScriptEnded());
  if (!outcome.ok()) log->Write(absl::StrCat(outcome.status().message(), "\n"));
  const absl::Status logged = log->Close();
  if (!outcome.ok()) return Fail(Phase::kRun, outcome.status());
  int status = logged.ok() ? kSuccess : Fail(Phase::kRun, logged);
  run.script_decided = outcome->cause != ProcessOutcome::Cause::kCancelled;
  switch (outcome->cause) {
    case ProcessOutcome::Cause::kCancelled:
      return StatusForError(Phase::kRun, outcome->reason);
    case ProcessOutcome::Cause::kTimedOut:
      with_.logger.Error(absl::StrCat("Hit ScriptWorkerException: Exceeded max run time of ",
                                      absl::ToInt64Seconds(max_run_time), " seconds"));
      return WorstStatus(status, options_.task_max_timeout_status);
    case ProcessOutcome::Cause::kExited:
      status = WorstStatus(status, outcome->return_code);
      break;
    case ProcessOutcome::Cause::kSignaled:
      status = WorstStatus(status, kFailure);
      break;
  }
  with_.observer.OnPhase(Phase::kGenerate);
  absl::Status generated = run.artifacts.GenerateChainOfTrust(run.task, run.lost_or_hurry.token());
  if (!generated.ok()) {
    // Whatever it says: the signer, for example, is not waited for any longer.
    if (run.tokens.hurry.cancelled()) generated = run.tokens.hurry.reason();
    status = WorstStatus(status, Fail(Phase::kGenerate, generated));
  }
  return status;
}

void TaskRunner::Upload(RunningTask& run) {
  with_.observer.OnPhase(Phase::kUpload);
  Note(with_.journal.Uploading(run.status));
  if (!run.expires.ok()) {
    with_.logger.Error(absl::StrCat("Nothing is uploaded: ", run.expires.status().message()));
    run.status = WorstStatus(run.status, kMalformedPayload);
    return;
  }
  const CancellationToken hurry = run.lost_or_hurry.token();
  const int uploaded = run.script_ended ? run.artifacts.UploadAll(run.target, hurry)
                                        : run.artifacts.UploadLogs(run.target, hurry);
  // A run that is given back is for another worker to do, whatever this one could publish of it.
  const bool given_back = run.status == kWorkerShutdown && !run.script_decided;
  if (!given_back) run.status = WorstStatus(run.status, uploaded);
}

Resolution TaskRunner::ReportStatus(RunningTask& run, const Report& report) {
  with_.observer.OnPhase(Phase::kReport);
  if (!report.note.empty()) with_.logger.Warning(report.note);
  const CancellationToken given_up = run.lost_or_at_once.token();
  const auto report_once = [&]() -> absl::Status {
    const taskcluster::Credentials credentials = run.credentials.Get();
    switch (report.kind) {
      case Report::Kind::kCompleted:
        with_.logger.Info("Reporting task complete...");
        return with_.queue.ReportCompleted(run.task.task_id, run.task.run_id, credentials,
                                           given_up);
      case Report::Kind::kFailed:
        with_.logger.Info("Reporting task failed...");
        return with_.queue.ReportFailed(run.task.task_id, run.task.run_id, credentials, given_up);
      case Report::Kind::kException:
        break;
    }
    with_.logger.Info(
        absl::StrCat("Reporting task exception ", taskcluster::ToString(report.reason), "..."));
    return with_.queue.ReportException(run.task.task_id, run.task.run_id, report.reason,
                                       credentials, given_up);
  };
  absl::BitGen bit_gen;
  const absl::Status reported =
      Retry(ReportRetryPolicy(), with_.clock, bit_gen, given_up, report_once, IsPassing);
  if (reported.ok()) return Resolution::kReported;
  if (taskcluster::HasHttpStatus(reported, 409)) {
    with_.logger.Info("409: not reporting complete/failed.");
    return Resolution::kClaimLost;
  }
  if (run.claim_lost()) {
    with_.logger.Warning(
        absl::StrCat("Nothing is reported: ", run.claim.token().reason().message()));
    return Resolution::kClaimLost;
  }
  if (run.tokens.at_once.cancelled()) {
    with_.logger.Warning("Nothing is reported: the worker stops at once, the claim will expire");
    return Resolution::kAbandoned;
  }
  with_.logger.Error(
      absl::StrCat("The task could not be resolved and is left to expire: ", reported.message()));
  return Resolution::kUnreported;
}

}  // namespace scriptworker::worker
