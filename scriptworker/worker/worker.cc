// SPDX-License-Identifier: MPL-2.0
#include "scriptworker/worker/worker.h"

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/time/time.h"
#include "cot/evidence/cot_schema.h"
#include "cot/signer.h"
#include "scriptworker/base/cancellation.h"
#include "scriptworker/base/path.h"
#include "scriptworker/base/secret_string.h"
#include "scriptworker/base/status_macros.h"
#include "scriptworker/taskcluster/artifact_upload.h"
#include "scriptworker/taskcluster/credential_secrets.h"
#include "scriptworker/taskcluster/queue_client.h"
#include "scriptworker/taskcluster/worker_manager_client.h"
#include "scriptworker/worker/abortable_transport.h"
#include "scriptworker/worker/journal/journal.h"
#include "scriptworker/worker/log/log_format.h"
#include "scriptworker/worker/monitoring/service_notifier.h"
#include "scriptworker/worker/process/process_tree.h"
#include "scriptworker/worker/process/script_environment.h"
#include "scriptworker/worker/recovery.h"
#include "scriptworker/worker/sandbox.h"
#include "scriptworker/worker/script_program.h"
#include "scriptworker/worker/task_chain_verifier.h"
#include "scriptworker/worker/task_runner.h"
#include "scriptworker/worker/temp_folder.h"
#include "scriptworker/worker/work_dir.h"
#include "scriptworker/worker/worker_loop.h"
#include "scriptworker/worker/worker_registration.h"

namespace scriptworker::worker {
namespace {

// What the worker knows and no script may.
std::vector<SecretString> OwnSecrets(const Config& config,
                                     const taskcluster::Credentials& credentials,
                                     const SecretString& static_secret) {
  std::vector<SecretString> secrets = taskcluster::SecretsOf(credentials);
  secrets.push_back(config.verification.github_oauth_token);
  secrets.push_back(static_secret);
  return secrets;
}

// All of the worker's but its secrets, and what its service manager tells it.
Environment EnvironmentForScripts(const Config& config, const WorkerSurroundings& surroundings,
                                  const std::vector<SecretString>& secrets) {
  const Environment& own = surroundings.environment;
  const EnvironmentRules& rules = config.script.environment;
  Environment inherited = InheritedEnvironment(WithoutServiceVariables(own), rules, secrets);
  if (const auto withheld = WithheldVariables(own, rules, inherited); !withheld.empty()) {
    surroundings.logger.Info(absl::StrCat("Variables of the environment that scripts do not get: ",
                                          absl::StrJoin(withheld, ", ")));
  }
  return inherited;
}

RunnerOptions MakeRunnerOptions(const Config& config, const WorkerSurroundings& surroundings,
                                const std::vector<SecretString>& secrets, const Sandbox& sandbox,
                                std::string temp_dir) {
  Environment inherited = EnvironmentForScripts(config, surroundings, secrets);
  sandbox.AdaptEnvironment(inherited);
  return {.task_script = config.script.argv,
          .root_url = config.queue.root_url,
          .task_max_timeout = config.timeouts.task_max_timeout,
          .task_max_timeout_status = config.script.task_max_timeout_status,
          .reclaim_interval = config.timeouts.reclaim_interval,
          .reversed_statuses = config.script.reversed_statuses,
          .chain_of_trust =
              {
                  .worker_id = config.queue.worker_id,
                  .worker_type = config.queue.worker_type,
                  .hash_algorithm = config.signing.hash_algorithm,
                  .schema_path = config.signing.schema_path,
                  .signer = config.signing.sign_chain_of_trust ? surroundings.signer : nullptr,
                  .secret_files = config.secret_files,
              },
          .environment = std::move(inherited),
          .sandbox = &sandbox,
          .temp_dir = std::move(temp_dir)};
}

taskcluster::ManagedWorker ManagedWorkerOf(const Config& config) {
  return {.worker_pool_id = config.queue.task_queue_id(),
          .provider_id = config.worker_management.provider,
          .worker_group = config.queue.worker_group,
          .worker_id = config.queue.worker_id};
}

absl::StatusOr<LogFormat> MakeLogFormat(const Logging& logging, absl::TimeZone zone,
                                        const Clock& clock) {
  return LogFormat::Create({.format = logging.format,
                            .date_format = logging.date_format,
                            .zone = zone,
                            .process_start = clock.Now()});
}

// No reason not to start, as for the reference: it may be installed later.
void WarnOfMissingScript(const Config& config, const WorkerSurroundings& surroundings) {
  const absl::Status found = FindScriptProgram(config.script, surroundings.environment).status();
  if (found.ok()) return;
  surroundings.logger.Critical(
      absl::StrCat("Every task will end as internal-error: ", found.message()));
}

// False: told to end before worker-manager knew the worker.
absl::StatusOr<bool> Register(WorkerRegistration& registration,
                              const WorkerSurroundings& surroundings) {
  const CancellationToken drain = surroundings.shutdown.drain();
  const absl::Status registered = registration.Register(drain);
  if (registered.ok()) return true;
  if (!drain.cancelled()) return registered;
  surroundings.logger.Info("Told to end before worker-manager has registered the worker");
  return false;
}

// Renews the registration, and with it the queue's credentials.
absl::StatusOr<std::unique_ptr<RegistrationKeeper>> KeepRegistered(
    WorkerRegistration& registration, taskcluster::QueueClient& queue,
    const WorkerSurroundings& surroundings) {
  return RegistrationKeeper::Start(
      registration, surroundings.clock, surroundings.logger,
      {.credentials =
           [&queue](const taskcluster::Credentials& renewed) { queue.SetCredentials(renewed); },
       .terminate =
           [&shutdown = surroundings.shutdown](std::string_view reason) {
             shutdown.Drain(absl::StrCat("worker-manager's request to terminate (", reason, ")"));
           }});
}

// Not after a failure, since whoever supervises the worker starts it again.
void RemoveIfToldToEnd(const WorkerRegistration& registration,
                       const WorkerSurroundings& surroundings) {
  const Shutdown& shutdown = surroundings.shutdown;
  if (!shutdown.drain().cancelled() || shutdown.at_once().cancelled()) return;
  const absl::Status removed = registration.Remove(shutdown.at_once());
  if (removed.ok()) {
    surroundings.logger.Info("Removed from worker-manager");
  } else {
    surroundings.logger.Warning(
        absl::StrCat("worker-manager was not told that the worker is gone: ", removed.message()));
  }
}

// Whether there were any.
absl::StatusOr<bool> EndLeftOvers(const ProcessTree& scripts) {
  const bool were_there = scripts.AnyAlive();
  SW_RETURN_IF_ERROR(scripts.KillAll(absl::Seconds(1)));
  return were_there;
}

LoopOptions MakeLoopOptions(const Config& config, const WorkerSurroundings& surroundings,
                            const ProcessTree& scripts) {
  return {.claim = {.task_queue_id = config.queue.task_queue_id(),
                    .worker_group = config.queue.worker_group,
                    .worker_id = config.queue.worker_id},
          .poll_interval = config.timeouts.poll_interval,
          .host_name = surroundings.host_name,
          .once = surroundings.once,
          .check =
              [signer = surroundings.signer] {
                return signer == nullptr ? absl::OkStatus() : signer->Check();
              },
          .end_left_overs = [&scripts] { return EndLeftOvers(scripts); }};
}

// Null: none is kept.
absl::StatusOr<std::unique_ptr<FileJournal>> OpenJournal(const Directories& directories,
                                                         Logger& logger) {
  if (directories.state_dir.empty()) {
    logger.Info("No run journal is kept: a run that a crash cuts off is left to expire");
    return nullptr;
  }
  absl::StatusOr<std::unique_ptr<FileJournal>> journal = FileJournal::Open(directories.state_dir);
  if (journal.ok() || absl::IsAborted(journal.status())) return journal;
  // Without it the run would not be given back, nor its script be looked for.
  if (FileJournal::MayHoldRun(directories.state_dir)) {
    return absl::Status(
        journal.status().code(),
        absl::StrCat(journal.status().message(),
                     "; it may hold the last worker's run, whose script may be alive. Make it "
                     "usable; or see that nothing of the script runs, and remove it"));
  }
  if (!directories.state_dir_is_default) return journal;
  logger.Warning(absl::StrCat("No run journal is kept, since its default place cannot be used: ",
                              journal.status().message(), "; state_dir can name another"));
  return nullptr;
}

}  // namespace

absl::StatusOr<std::unique_ptr<WorkerLog>> OpenWorkerLog(const Logging& logging,
                                                         const std::string& log_dir,
                                                         absl::TimeZone zone, const Clock& clock,
                                                         const SecretRedactor& redactor) {
  SW_ASSIGN_OR_RETURN(LogFormat format, logging.json ? absl::StatusOr<LogFormat>(LogFormat::Json())
                                                     : MakeLogFormat(logging, zone, clock));
  return WorkerLog::Create({.file = {.path = JoinPath(log_dir, WorkerLog::kFileName),
                                     .watch = logging.watch_log_file,
                                     .max_bytes = logging.max_bytes,
                                     .max_backups = logging.max_backups},
                            .format = std::move(format),
                            .verbose = logging.verbose},
                           clock, redactor);
}

absl::StatusOr<std::unique_ptr<FileJournal>> OpenWorkerJournal(const Directories& directories,
                                                               Clock& clock, Logger& logger) {
  absl::StatusOr<std::unique_ptr<FileJournal>> journal = OpenJournal(directories, logger);
  absl::Status ready = journal.status();
  if (ready.ok() && *journal != nullptr) ready = EndLastScript(**journal, clock, logger);
  if (ready.ok()) return journal;
  logger.Critical(ready.message());
  return ready;
}

absl::Status RunWorker(const Config& config, const taskcluster::Credentials& configured,
                       const WorkerSurroundings& surroundings) {
  Clock& clock = surroundings.clock;
  Logger& logger = surroundings.logger;
  SecretRedactor& redactor = surroundings.redactor;
  WorkerObserver nobody;
  WorkerObserver& observer = surroundings.observer == nullptr ? nobody : *surroundings.observer;
  std::vector<SecretRedactor::Registration> redactions;
  for (SecretString& secret : taskcluster::SecretsOf(configured)) {
    redactions.push_back(redactor.Add(std::move(secret)));
  }
  const auto github_token = redactor.Add(config.verification.github_oauth_token);

  std::vector<std::string> warnings;
  SW_ASSIGN_OR_RETURN(const Sandbox sandbox,
                      Sandbox::Create(config.sandbox, config.secret_files, warnings));
  for (const std::string& warning : warnings) logger.Warning(warning);
  WarnOfMissingScript(config, surroundings);
  // Else every task would run, and then end as internal-error.
  SW_RETURN_IF_ERROR(cot::LoadCotSchema(config.signing.schema_path).status()).SetPrepend()
      << "cot_schema_path: ";
  SW_ASSIGN_OR_RETURN(std::string temp_dir, FindTempFolder(surroundings.environment));

  AbortableTransport transport(surroundings.transport, surroundings.shutdown.at_once());
  SW_ASSIGN_OR_RETURN(
      const taskcluster::WorkerManagerClient manager,
      taskcluster::WorkerManagerClient::Create(config.queue.root_url, transport, clock));
  std::optional<WorkerRegistration> registration;
  SecretString static_secret;
  if (config.worker_management.enabled()) {
    SW_ASSIGN_OR_RETURN(static_secret, ReadStaticSecret(config.worker_management.secret_path));
    registration.emplace(ManagedWorkerOf(config), static_secret,
                         WorkerRegistration::Collaborators{manager, clock, logger, redactor});
    SW_ASSIGN_OR_RETURN(const bool registered, Register(*registration, surroundings));
    if (!registered) return surroundings.shutdown.at_once().reason();
  }
  const taskcluster::Credentials credentials =
      registration.has_value() ? registration->credentials() : configured;
  SW_ASSIGN_OR_RETURN(
      const std::unique_ptr<taskcluster::QueueClient> queue,
      taskcluster::QueueClient::Create(config.queue.root_url, transport, clock, credentials));
  std::unique_ptr<RegistrationKeeper> keeper;
  if (registration.has_value()) {
    SW_ASSIGN_OR_RETURN(keeper, KeepRegistered(*registration, *queue, surroundings));
  }
  taskcluster::ArtifactUploader uploader(
      *queue, transport, clock,
      {.put_timeout = config.timeouts.artifact_upload_timeout,
       .log = [&logger](std::string_view line) { logger.Info(line); }});
  const WorkDir dirs(config.directories.work_dir, config.directories.artifact_dir,
                     config.directories.task_log_dir);
  SW_ASSIGN_OR_RETURN(LogFormat audit_format,
                      MakeLogFormat(config.logging, surroundings.zone, clock));
  TaskChainVerifier verifier(config, std::move(audit_format),
                             {.queue = *queue,
                              .transport = transport,
                              .clock = clock,
                              .logger = logger,
                              .redactor = redactor,
                              .dirs = dirs});
  RunJournal no_journal;
  RunJournal& journal = surroundings.journal == nullptr ? no_journal : *surroundings.journal;
  const ProcessTree scripts = ProcessTree::OfAllScripts();
  TaskRunner runner(
      MakeRunnerOptions(config, surroundings, OwnSecrets(config, credentials, static_secret),
                        sandbox, std::move(temp_dir)),
      {.queue = *queue,
       .uploader = uploader,
       .verifier = config.verification.verify_chain_of_trust ? &verifier : nullptr,
       .dirs = dirs,
       .clock = clock,
       .logger = logger,
       .redactor = redactor,
       .observer = observer,
       .journal = journal});
  WorkerLoop loop(MakeLoopOptions(config, surroundings, scripts),
                  {.queue = *queue,
                   .runner = runner,
                   .dirs = dirs,
                   .shutdown = surroundings.shutdown,
                   .clock = clock,
                   .logger = logger,
                   .observer = observer,
                   .journal = journal});
  absl::Status ended = absl::OkStatus();
  if (surroundings.journal != nullptr) {
    ended = RecoverRun(*surroundings.journal, {*queue, clock, logger, observer, dirs},
                       surroundings.shutdown.stop());
  }
  if (ended.ok()) ended = loop.Run();
  if (!ended.ok()) {
    // The reference's words, which alerts look for; not for an end that was asked for.
    if (!surroundings.shutdown.at_once().cancelled()) logger.Critical("Fatal exception");
    logger.Critical(ended.message());
  }
  keeper.reset();
  if (ended.ok() && registration.has_value() && config.worker_management.remove_on_shutdown) {
    RemoveIfToldToEnd(*registration, surroundings);
  }
  return ended;
}

}  // namespace scriptworker::worker
