// SPDX-License-Identifier: MPL-2.0
#include "cot/verify_cot_command.h"

#include <unistd.h>

#include <cstdlib>
#include <functional>
#include <optional>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "cot/chain/task_type.h"
#include "cot/chain/violation.h"
#include "cot/evidence/queue_places.h"
#include "cot/evidence/work_layout.h"
#include "cot/output_file.h"
#include "cot/policy/task_inference.h"
#include "cot/progress.h"
#include "cot/verdict.h"
#include "cot/verifier.h"
#include "scriptworker/base/file.h"
#include "scriptworker/base/logger.h"
#include "scriptworker/base/parallel.h"
#include "scriptworker/base/path.h"
#include "scriptworker/base/retry.h"
#include "scriptworker/base/status_macros.h"
#include "scriptworker/base/version.h"
#include "scriptworker/base/visible_text.h"
#include "scriptworker/har/har.h"
#include "scriptworker/har/recording_transport.h"
#include "scriptworker/har/replay_transport.h"
#include "scriptworker/json/json.h"
#include "scriptworker/taskcluster/queue.h"
#include "scriptworker/taskcluster/queue_client.h"
#include "scriptworker/taskcluster/queue_error.h"
#include "scriptworker/taskcluster/task_definition.h"
#include "scriptworker/taskcluster/task_status.h"

namespace cot {
namespace {

using scriptworker::CancellationToken;
using scriptworker::Clock;
using scriptworker::LogLevel;
using scriptworker::RetryPolicy;
using scriptworker::SecretString;
using scriptworker::TextLayout;
using scriptworker::http::Transport;
using scriptworker::taskcluster::Credentials;
using scriptworker::taskcluster::QueueClient;
using scriptworker::taskcluster::TaskDefinition;
using scriptworker::taskcluster::TaskStatus;

constexpr int kUsage = 2;
constexpr int kInternalError = 5;

// A recording already holds what came after the pauses.
constexpr RetryPolicy kWithoutPauses = {.initial = absl::ZeroDuration(),
                                        .max = absl::ZeroDuration(),
                                        .max_retry_after = absl::ZeroDuration()};

// The queue answers a recorded request to anybody; a signature only has to be
// there where one was.
Credentials ReplayCredentials() {
  Credentials credentials;
  credentials.client_id = "replay";
  credentials.access_token = SecretString("replay");
  return credentials;
}

absl::StatusOr<std::string> MakeWorkDir(const std::string& wanted, const std::string& temp_dir) {
  if (!wanted.empty()) {
    SW_RETURN_IF_ERROR(scriptworker::MakeDirs(wanted));
    return wanted;
  }
  std::string path = scriptworker::JoinPath(temp_dir, "verify_cot.XXXXXX");
  if (::mkdtemp(path.data()) == nullptr) {
    return absl::InternalError(absl::StrCat("cannot make a folder below ", temp_dir));
  }
  return path;
}

class Command {
 public:
  Command(const VerifyCotOptions& options, const VerifyCotSetup& setup, Clock& clock,
          const Terminal& terminal, const CancellationToken& cancellation)
      : options_(options),
        setup_(setup),
        clock_(clock),
        terminal_(terminal),
        cancellation_(cancellation),
        logger_(terminal.err, options.verbose           ? LogLevel::kDebug
                              : terminal.shows_progress ? LogLevel::kWarning
                                                        : LogLevel::kInfo) {}

  // Through recording or replaying, as asked for.
  int Run(Transport& transport);

 private:
  // Those of --json and --record: what cannot be written is to be known before the work.
  absl::Status OpenFiles();
  absl::Status WriteRecording(const scriptworker::har::Document& document) const;
  int Verify(Transport& transport);
  absl::StatusOr<Verdict> Judge(ProgressTransport& transport, const std::string& work_dir);
  // The verdict on a task whose definition could not be had.
  Verdict AboutNoTask(QueueClient& queue, const absl::Status& error) const;
  absl::StatusOr<VerifyRequest> Request(TaskDefinition task,
                                        const absl::StatusOr<TaskStatus>& status,
                                        const std::string& work_dir,
                                        std::vector<std::string>& not_checked);
  int Print(const Verdict& verdict, const std::string& work_dir);
  int Failed(const absl::Status& error) const;

  const VerifyCotOptions& options_;
  const VerifyCotSetup& setup_;
  Clock& clock_;
  const Terminal& terminal_;
  const CancellationToken& cancellation_;
  CommandLogger logger_;
  std::optional<OutputFile> json_;
  std::optional<OutputFile> record_;
};

int Command::Failed(const absl::Status& error) const {
  terminal_.err << "verify_cot: "
                << scriptworker::VisibleText(error.message(), TextLayout::kLogMessage) << "\n";
  return absl::IsInvalidArgument(error) ? kUsage : kInternalError;
}

absl::Status Command::OpenFiles() {
  if (!options_.json.empty() && options_.json != kJsonToOutput) {
    SW_ASSIGN_OR_RETURN(json_, OutputFile::Create(options_.json));
  }
  if (!options_.record.empty()) {
    SW_ASSIGN_OR_RETURN(record_, OutputFile::Create(options_.record));
  }
  return absl::OkStatus();
}

absl::Status Command::WriteRecording(const scriptworker::har::Document& document) const {
  // Nothing can lie beside a pipe.
  return record_->is_regular() ? scriptworker::har::WriteHarFile(record_->path(), document)
                               : record_->Write(scriptworker::har::FormatHar(document));
}

int Command::Run(Transport& transport) {
  if (const absl::Status opened = OpenFiles(); !opened.ok()) return Failed(opened);
  if (!options_.replay.empty()) {
    absl::StatusOr<scriptworker::har::Document> document =
        scriptworker::har::ReadHarFile(options_.replay);
    if (!document.ok()) {
      return Failed(absl::InvalidArgumentError(document.status().message()));
    }
    scriptworker::har::ReplayTransport replay(
        *std::move(document),
        {.ignored_headers = {{"Authorization", "a replay needs no credentials"}},
         // Another program may have asked only once for a task that there is not.
         .repeat_errors = true});
    return Verify(replay);
  }
  if (!record_.has_value()) return Verify(transport);
  scriptworker::har::RecordingTransport recording(
      transport, clock_, std::string(scriptworker::kVersion), setup_.redirect_limits);
  const int status = Verify(recording);
  if (status == kUsage) return status;  // nothing was verified
  const absl::Status written = WriteRecording(recording.document());
  return written.ok() ? status : Failed(absl::InternalError(written.message()));
}

int Command::Verify(Transport& transport) {
  const absl::StatusOr<std::string> work_dir = MakeWorkDir(options_.work_dir, setup_.temp_dir);
  if (!work_dir.ok()) return Failed(absl::InternalError(work_dir.status().message()));
  if (!options_.cleanup) logger_.Info(absl::StrCat("Artifacts will be in ", *work_dir));
  ProgressTransport progress(transport, clock_, terminal_.shows_progress ? &logger_ : nullptr);
  const absl::StatusOr<Verdict> verdict = Judge(progress, *work_dir);
  progress.Clear();
  const int status = verdict.ok() ? Print(*verdict, *work_dir) : Failed(verdict.status());
  if (!options_.cleanup) {
    // Not one that nothing came into; a folder that holds something stays.
    if (options_.work_dir.empty()) ::rmdir(work_dir->c_str());
    return status;
  }
  const absl::Status removed =
      options_.work_dir.empty()
          ? scriptworker::RemoveTree(*work_dir)
          : scriptworker::RemoveTree(scriptworker::JoinPath(*work_dir, kUpstreamFolder));
  return removed.ok() ? status : Failed(absl::InternalError(removed.message()));
}

absl::StatusOr<VerifyRequest> Command::Request(TaskDefinition task,
                                               const absl::StatusOr<TaskStatus>& status,
                                               const std::string& work_dir,
                                               std::vector<std::string>& not_checked) {
  VerifyRequest request{.task_id = options_.task_id,
                        .task = std::move(task),
                        .check_target = options_.check_task,
                        .verify_signatures = options_.verify_signatures,
                        .work_dir = work_dir,
                        .schema_path = setup_.schema_path,
                        .max_chain_length = setup_.max_chain_length,
                        .max_concurrent_downloads = setup_.max_concurrent_downloads};
  if (!options_.replay.empty()) request.retry = kWithoutPauses;
  if (options_.cot_product.has_value()) {
    request.product = *options_.cot_product;
  } else if (setup_.cot_product.has_value()) {
    request.product = *setup_.cot_product;
  } else {
    SW_ASSIGN_OR_RETURN(request.product, InferProduct(request.task, *setup_.policy));
    logger_.Info(absl::StrCat("--cot-product ", request.product, " (by the trust domain)"));
  }
  const Product* product = setup_.policy->FindProduct(request.product);
  if (product == nullptr) {
    return absl::InvalidArgumentError(
        absl::StrCat("\"", request.product, "\" is no product of the policy, which has ",
                     setup_.policy->ProductNames(), "; say --cot-product"));
  }
  const std::string queue_id =
      absl::StrCat(request.task.provisioner_id(), "/", request.task.worker_type());
  if (options_.task_type.has_value()) {
    request.name = std::string(ToString(*options_.task_type));
  } else if (!setup_.cot_job_type.empty() && queue_id == setup_.task_queue_id) {
    request.name = setup_.cot_job_type;
  } else {
    SW_ASSIGN_OR_RETURN(const TaskType type,
                        InferTaskType(options_.task_id, request.task, *setup_.policy, *product));
    request.name = std::string(ToString(type));
    logger_.Info(absl::StrCat("--task-type ", request.name, " (inferred)"));
  }
  if (!options_.check_task) {
    not_checked.push_back("the task's own chain-of-trust.json (--no-check-task)");
    return request;
  }
  SW_RETURN_IF_ERROR(status.status());
  using scriptworker::taskcluster::TaskState;
  const bool resolved = !status->runs.empty() && status->runs.back().state != TaskState::kPending &&
                        status->runs.back().state != TaskState::kRunning;
  if (resolved) {
    request.target_run_id = status->runs.back().run_id;
  } else {
    request.check_target = false;
    not_checked.push_back(absl::StrCat("the task's own chain-of-trust.json: its latest run is ",
                                       status->runs.empty() ? std::string_view("not scheduled")
                                                            : ToString(status->runs.back().state)));
  }
  return request;
}

Verdict Command::AboutNoTask(QueueClient& queue, const absl::Status& error) const {
  std::string message = absl::StrCat(setup_.root_url, ": ", error.message());
  if (absl::IsUnauthenticated(error)) {
    absl::StrAppend(&message,
                    "; give credentials that it accepts (TASKCLUSTER_CLIENT_ID and "
                    "TASKCLUSTER_ACCESS_TOKEN, or --config), or none where everything is public");
  }
  Verdict verdict{.task_id = options_.task_id.str()};
  Finding finding{.task_id = verdict.task_id, .source = DefinitionPlace(queue, options_.task_id)};
  if (absl::IsNotFound(error)) {
    finding.violation = Violation::kTaskMissing;
    finding.message = absl::StrCat("This deployment knows no such task; is it that of ",
                                   "TASKCLUSTER_ROOT_URL or --config? ", message);
  } else if (scriptworker::taskcluster::IsWrongShape(error)) {
    finding.violation = Violation::kMalformedTask;
    finding.message = std::move(message);
  } else {
    verdict.outcome = Verdict::Outcome::kEvidenceUnavailable;
    verdict.unavailable.push_back(std::move(message));
    return verdict;
  }
  verdict.outcome = Verdict::Outcome::kRefused;
  verdict.findings.push_back(std::move(finding));
  return verdict;
}

absl::StatusOr<Verdict> Command::Judge(ProgressTransport& transport, const std::string& work_dir) {
  const bool replayed = !options_.replay.empty();
  scriptworker::taskcluster::ApiOptions api;
  if (replayed) api.retry = kWithoutPauses;
  absl::StatusOr<std::unique_ptr<QueueClient>> created =
      QueueClient::Create(setup_.root_url, transport, clock_,
                          replayed ? ReplayCredentials() : setup_.credentials, std::move(api));
  if (!created.ok()) {
    return absl::Status(
        created.status().code(),
        absl::StrCat("the root URL, by TASKCLUSTER_ROOT_URL or taskcluster_root_url "
                     "in --config: ",
                     created.status().message()));
  }
  const std::unique_ptr<QueueClient> queue = *std::move(created);
  absl::StatusOr<TaskDefinition> task = absl::UnknownError("not asked");
  absl::StatusOr<TaskStatus> task_status = absl::UnknownError("not asked");
  std::vector<std::function<void()>> questions = {
      [&] { task = queue->Task(options_.task_id, cancellation_); }};
  if (options_.check_task) {
    questions.emplace_back([&] { task_status = queue->Status(options_.task_id, cancellation_); });
  }
  scriptworker::ParallelFor(static_cast<int>(questions.size()), 2,
                            [&](int i) { questions[static_cast<size_t>(i)](); });
  if (!task.ok()) return AboutNoTask(*queue, task.status());
  std::vector<std::string> not_checked;
  absl::StatusOr<VerifyRequest> request =
      Request(*std::move(task), task_status, work_dir, not_checked);
  if (!request.ok()) {
    if (absl::IsInvalidArgument(request.status())) return request.status();
    return Verdict{.outcome = Verdict::Outcome::kEvidenceUnavailable,
                   .task_id = options_.task_id.str(),
                   .unavailable = {std::string(request.status().message())}};
  }
  request->on_link = [&transport] { transport.AddLink(); };
  request->on_artifact = [&transport] { transport.AddArtifact(); };
  SW_ASSIGN_OR_RETURN(Verdict verdict, cot::Verify(*request, *setup_.policy,
                                                   {*queue, transport, clock_, setup_.github_token},
                                                   logger_, cancellation_));
  verdict.not_checked.insert(verdict.not_checked.end(), not_checked.begin(), not_checked.end());
  return verdict;
}

int Command::Print(const Verdict& verdict, const std::string& work_dir) {
  if (options_.json != kJsonToOutput) terminal_.out << FormatVerdict(verdict) << std::flush;
  if (options_.json.empty()) return ExitStatus(verdict);
  // The folder's name differs from run to run.
  const std::string text =
      absl::StrReplaceAll(scriptworker::json::Format(ToJson(verdict)), {{work_dir, "WORK_DIR"}});
  if (options_.json == kJsonToOutput) {
    terminal_.out << text << std::endl;
    return ExitStatus(verdict);
  }
  const absl::Status written = json_->Write(text + "\n");
  return written.ok() ? ExitStatus(verdict) : Failed(absl::InternalError(written.message()));
}

}  // namespace

int VerifyCot(const VerifyCotOptions& options, const VerifyCotSetup& setup, Transport& transport,
              Clock& clock, const Terminal& terminal, const CancellationToken& cancellation) {
  return Command(options, setup, clock, terminal, cancellation).Run(transport);
}

}  // namespace cot
