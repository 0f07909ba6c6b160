// SPDX-License-Identifier: MPL-2.0
//
// The worker's program: brings the real network, clock, environment and signals
// together with the configuration. See worker/worker.h.

#include <unistd.h>

#include <iostream>
#include <iterator>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "absl/algorithm/container.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/time/time.h"
#include "scriptworker/base/cancellation.h"
#include "scriptworker/base/clock.h"
#include "scriptworker/base/environment.h"
#include "scriptworker/base/logger.h"
#include "scriptworker/base/path.h"
#include "scriptworker/base/status_macros.h"
#include "scriptworker/base/visible_text.h"
#include "scriptworker/crypto/ed25519.h"
#include "scriptworker/http/curl_transport.h"
#include "scriptworker/http/user_agent.h"
#include "scriptworker/json/format.h"
#include "scriptworker/json/value.h"
#include "scriptworker/worker/check/check.h"
#include "scriptworker/worker/check/deployment_check.h"
#include "scriptworker/worker/check/machine_check.h"
#include "scriptworker/worker/command_line.h"
#include "scriptworker/worker/config/config.h"
#include "scriptworker/worker/config/config_file.h"
#include "scriptworker/worker/config/config_watching.h"
#include "scriptworker/worker/former_scripts.h"
#include "scriptworker/worker/journal/journal.h"
#include "scriptworker/worker/log/beside_logger.h"
#include "scriptworker/worker/log/screen.h"
#include "scriptworker/worker/log/secret_redactor.h"
#include "scriptworker/worker/log/worker_log.h"
#include "scriptworker/worker/monitoring/measuring_transport.h"
#include "scriptworker/worker/monitoring/monitoring.h"
#include "scriptworker/worker/monitoring/status_client.h"
#include "scriptworker/worker/monitoring/status_document.h"
#include "scriptworker/worker/process/process_setup.h"
#include "scriptworker/worker/process/script_cgroup.h"
#include "scriptworker/worker/process/shutdown.h"
#include "scriptworker/worker/process/signal_watcher.h"
#include "scriptworker/worker/signer/signer_process.h"
#include "scriptworker/worker/worker.h"

namespace scriptworker::worker {
namespace {

absl::StatusOr<std::unique_ptr<http::CurlTransport>> MakeTransport(const Network& network,
                                                                   const Environment& environment) {
  return http::CurlTransport::Create(
      {.user_agent = http::UserAgent(),
       .environment = environment,
       .ca_bundle = network.ca_bundle,
       .redirect_limits = {.allowed_hosts = network.artifact_redirect_hosts},
       .refuse_private_addresses = network.refuse_private_addresses});
}

// Resets `signer` if nothing is to be signed. A worker with an unusable key would
// run scripts only to fail their tasks afterwards.
absl::Status LoadSigningKey(const Signing& signing, std::unique_ptr<SignerProcess>& signer,
                            Logger& logger) {
  if (!signing.sign_chain_of_trust) {
    signer.reset();
    return absl::OkStatus();
  }
  const absl::StatusOr<crypto::Ed25519PublicKey> key = signer->Load(signing.private_key_path);
  if (!key.ok()) {
    logger.Critical(key.status().message());
    return key.status();
  }
  logger.Debug(absl::StrCat("Signing with the key whose public half is ", key->ToBase64()));
  return absl::OkStatus();
}

absl::Status Work(const CommandLine& line) {
  HideFromOtherProcesses();
  // While this process is small, has one thread and knows no secrets.
  SW_ASSIGN_OR_RETURN(std::unique_ptr<SignerProcess> signer, SignerProcess::Start());
  const Environment environment = Environment::FromProcess();
  SW_ASSIGN_OR_RETURN(const std::string here, EnterWorkingDirectory(environment));
  SW_ASSIGN_OR_RETURN(const LoadedConfig loaded,
                      LoadConfig(line.config_path, environment, {.working_directory = here}));
  const Config& config = loaded.config;
  SystemClock clock;
  SecretRedactor redactor;
  SW_ASSIGN_OR_RETURN(const std::unique_ptr<WorkerLog> log,
                      OpenWorkerLog(config.logging, config.directories.log_dir,
                                    absl::LocalTimeZone(), clock, redactor));
  // First, so that of two signals that come while a script is ended both are heard; but whether
  // there was a thread for it is asked afterwards.
  const absl::StatusOr<std::unique_ptr<BesideLogger>> beside = BesideLogger::Start(*log);
  Shutdown shutdown(beside.ok() ? static_cast<Logger&>(**beside) : *log, clock,
                    config.timeouts.shutdown_grace);
  const absl::StatusOr<std::unique_ptr<SignalWatcher>> signals = SignalWatcher::Create(shutdown);
  // Before anything that can fail: a start that comes to nothing leaves no script running.
  SW_ASSIGN_OR_RETURN(const std::unique_ptr<FileJournal> journal,
                      EndFormerScripts(config.directories, clock, *log,
                                       [&clock] { return ScriptCgroup::RemoveAbandoned(clock); }));
  SW_RETURN_IF_ERROR(beside.status());
  SW_RETURN_IF_ERROR(signals.status());
  // A signer that has stopped to answer does not hold the end up.
  std::optional<CancellationCallback> abandon_signer;
  if (config.signing.sign_chain_of_trust) {
    abandon_signer.emplace(shutdown.hurry(), [&signer = *signer] { signer.Abandon(); });
  }
  for (const std::string& warning : loaded.warnings) log->Warning(warning);
  SW_RETURN_IF_ERROR(LoadSigningKey(config.signing, signer, *log));
  SW_ASSIGN_OR_RETURN(const std::unique_ptr<http::CurlTransport> transport,
                      MakeTransport(config.network, environment));
  SW_ASSIGN_OR_RETURN(const std::unique_ptr<Monitoring> monitoring,
                      Monitoring::Start(config, environment, clock, *log, shutdown));
  MeasuringTransport measured(*transport, monitoring->metrics());
  return RunWorker(
      config, loaded.credentials,
      {measured, clock, *log, redactor, shutdown, environment, HostName(), absl::LocalTimeZone(),
       &monitoring->observer(), line.once, signer.get(), journal.get()});
}

// Every check that can be made; those of the deployment last, since they take
// the longest.
absl::StatusOr<std::vector<Check>> MakeChecks(const CommandLine& line) {
  using Outcome = Check::Outcome;
  const Environment environment = Environment::FromProcess();
  SW_ASSIGN_OR_RETURN(const std::string here, EnterWorkingDirectory(environment));
  const absl::StatusOr<LoadedConfig> loaded =
      LoadConfig(line.config_path, environment, {.working_directory = here});
  if (!loaded.ok()) {
    std::vector<Check> defects;
    for (const std::string_view text : absl::StrSplit(loaded.status().message(), '\n')) {
      defects.push_back({Outcome::kFailed, "configuration", std::string(text)});
    }
    return defects;
  }
  const Config& config = loaded->config;
  std::vector<Check> checks = {{Outcome::kOk, "configuration", config.file}};
  for (const std::string& warning : loaded->warnings) {
    checks.push_back({Outcome::kWarning, "configuration", warning});
  }
  absl::c_move(CheckMachine(config, environment), std::back_inserter(checks));
  SystemClock clock;
  SW_ASSIGN_OR_RETURN(const std::unique_ptr<http::CurlTransport> transport,
                      MakeTransport(config.network, environment));
  absl::c_move(
      CheckDeployment(config.queue,
                      config.worker_management.enabled() ? std::nullopt
                                                         : std::make_optional(loaded->credentials),
                      *transport, clock),
      std::back_inserter(checks));
  return checks;
}

absl::Status CheckConfig(const CommandLine& line) {
  SW_ASSIGN_OR_RETURN(const std::vector<Check> checks, MakeChecks(line));
  for (const Check& check : checks) std::cout << FormatCheck(check);
  std::cout.flush();
  if (!AnyFailed(checks)) return absl::OkStatus();
  return absl::FailedPreconditionError("The worker cannot work like this.");
}

// Where the worker listens, absolute.
absl::StatusOr<std::string> FindStatusSocket(const CommandLine& line) {
  const Environment environment = Environment::FromProcess();
  SW_ASSIGN_OR_RETURN(const std::string here, EnterWorkingDirectory(environment));
  if (!line.socket.empty()) {
    return IsAbsolute(line.socket) ? line.socket : JoinPath(here, line.socket);
  }
  SW_ASSIGN_OR_RETURN(const ConfigFile file, ReadConfigFile(line.config_path, environment, here));
  return StatusSocketOf(file, environment);
}

absl::Status AskStatus(const CommandLine& line) {
  SW_ASSIGN_OR_RETURN(const std::string socket, FindStatusSocket(line));
  SW_ASSIGN_OR_RETURN(const json::Value document, AskForStatus(socket));
  std::cout << (line.json ? json::Format(document) + "\n" : FormatStatusDocument(document))
            << std::flush;
  return absl::OkStatus();
}

absl::Status Do(const CommandLine& line) {
  switch (line.action) {
    case CommandLine::Action::kCheckConfig:
      SignalWatcher::Unblock();
      return CheckConfig(line);
    case CommandLine::Action::kAskStatus:
      SignalWatcher::Unblock();
      return AskStatus(line);
    case CommandLine::Action::kWork:
      break;
  }
  return Work(line);
}

int Main(int argc, char** argv) {
  SignalWatcher::Block();
  KeepEndedChildren();
  OpenStandardDescriptors();
  const std::variant<CommandLine, Farewell> parsed = ParseCommandLine(argc, argv);
  if (const auto* const farewell = std::get_if<Farewell>(&parsed)) {
    SignalWatcher::Unblock();
    std::cout << farewell->out << std::flush;
    std::cerr << farewell->err;
    return farewell->status;
  }
  const CommandLine& line = std::get<CommandLine>(parsed);
  const absl::Status ended = Do(line);
  if (ended.ok()) return kExitOk;
  const std::string why =
      absl::StrCat(VisibleText(ended.message(), TextLayout::kLines), "\nExiting...\n");
  if (line.action == CommandLine::Action::kWork) {
    Screen(STDERR_FILENO).Show(why);  // signals are held back: nothing would end a wait
  } else {
    std::cerr << why;
  }
  return kExitFailed;
}

}  // namespace
}  // namespace scriptworker::worker

int main(int argc, char** argv) { return scriptworker::worker::Main(argc, argv); }
