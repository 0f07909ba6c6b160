// SPDX-License-Identifier: MPL-2.0
//
// The worker's program: brings the real network, clock, environment and signals
// together with the configuration. See worker/worker.h.

#include <iostream>
#include <memory>
#include <string>

#include "CLI/CLI.hpp"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "scriptworker/base/clock.h"
#include "scriptworker/base/environment.h"
#include "scriptworker/base/status_macros.h"
#include "scriptworker/base/version.h"
#include "scriptworker/http/curl_transport.h"
#include "scriptworker/worker/config.h"
#include "scriptworker/worker/process_setup.h"
#include "scriptworker/worker/secret_redactor.h"
#include "scriptworker/worker/shutdown.h"
#include "scriptworker/worker/signal_watcher.h"
#include "scriptworker/worker/worker.h"
#include "scriptworker/worker/worker_log.h"

namespace scriptworker::worker {
namespace {

constexpr int kFailed = 1;
constexpr int kUsageError = 2;

constexpr char kFooter[] =
    "Signals: USR1 finishes the task in hand, then ends. TERM and INT end the\n"
    "task as worker-shutdown, then the worker; a second one ends it at once.\n\n"
    "Exit status:\n"
    "  0  ended in order, after USR1, TERM or INT\n"
    "  1  the configuration is missing or wrong, or work could not begin, or the\n"
    "     worker had to end at once\n"
    "  2  wrong usage";

absl::Status Work(const std::string& config_path) {
  const Environment environment = Environment::FromProcess();
  SW_ASSIGN_OR_RETURN(const std::string here, EnterWorkingDirectory(environment));
  SW_ASSIGN_OR_RETURN(const LoadedConfig loaded,
                      LoadConfig(config_path, environment, {.working_directory = here}));
  const Config& config = loaded.config;
  SystemClock clock;
  SecretRedactor redactor;
  SW_ASSIGN_OR_RETURN(const std::unique_ptr<WorkerLog> log,
                      OpenWorkerLog(config.logging, config.directories.log_dir,
                                    absl::LocalTimeZone(), clock, redactor));
  Shutdown shutdown(*log);
  const SignalWatcher signals(shutdown);
  for (const std::string& warning : loaded.warnings) log->Warning(warning);
  SW_ASSIGN_OR_RETURN(
      const std::unique_ptr<http::CurlTransport> transport,
      http::CurlTransport::Create(
          {.user_agent = absl::StrCat("scriptworker ", kVersion),
           .environment = environment,
           .ca_bundle = config.network.ca_bundle,
           .redirect_limits = {.allowed_hosts = config.network.artifact_redirect_hosts},
           .refuse_private_addresses = config.network.refuse_private_addresses}));
  return RunWorker(config, loaded.credentials,
                   {*transport, clock, *log, redactor, shutdown, environment, HostName(),
                    absl::LocalTimeZone()});
}

int Main(int argc, char** argv) {
  SignalWatcher::Block();
  OpenStandardDescriptors();
  std::string config_path(kDefaultConfigFile);
  CLI::App app("Run scriptworker", "scriptworker");
  app.add_option("CONFIG", config_path, "The configuration file")->capture_default_str();
  app.set_version_flag("--version", absl::StrCat("scriptworker ", kVersion));
  app.footer(kFooter);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : kUsageError;
  }
  const absl::Status ended = Work(config_path);
  if (ended.ok()) return 0;
  std::cerr << ended.message() << "\nExiting...\n";
  return kFailed;
}

}  // namespace
}  // namespace scriptworker::worker

int main(int argc, char** argv) { return scriptworker::worker::Main(argc, argv); }
