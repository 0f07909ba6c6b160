// SPDX-License-Identifier: MPL-2.0
#include "scriptworker/client/script_main.h"

#include <unistd.h>

#include <iostream>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "scriptworker/base/clock.h"
#include "scriptworker/base/environment.h"
#include "scriptworker/base/logger.h"
#include "scriptworker/base/path.h"
#include "scriptworker/base/status_macros.h"
#include "scriptworker/client/script_config.h"
#include "scriptworker/client/script_error.h"
#include "scriptworker/client/script_logger.h"
#include "scriptworker/client/task_file.h"
#include "scriptworker/client/task_schema.h"
#include "scriptworker/http/curl_transport.h"
#include "scriptworker/http/user_agent.h"
#include "scriptworker/json/value.h"

namespace scriptworker::client {
namespace {

using ScriptFunction = absl::FunctionRef<absl::Status(ScriptContext&)>;

constexpr int kUsageError = 1;

constexpr std::string_view kConfigHelp =
    "CONFIG_FILE is JSON, or YAML if its name ends in .yml or .yaml. It names\n"
    "work_dir, where the worker has put task.json and the upstream artifacts, and\n"
    "artifact_dir.\n"
    "\n";

constexpr std::string_view kStatusHelp =
    "Exit status, as a worker understands it:\n"
    "  0  done\n"
    "  1  failed; also: wrong usage, no configuration, no task\n"
    "  2  stopped, as the worker is; to be tried again\n"
    "  3  the task is wrong\n"
    "  4  a resource is not available\n"
    "  5  the set-up is wrong\n"
    "  7  it may work the next time; to be tried again\n";

absl::Status Run(const ScriptOptions& options, const ScriptConfig& config,
                 const Environment& environment, Clock& clock, Logger& log, ScriptFunction script) {
  SW_ASSIGN_OR_RETURN(const json::Value task, ReadTask(config));
  if (options.validate_task) {
    SW_RETURN_IF_ERROR(ValidateTaskSchema(config, task));
  }
  SW_ASSIGN_OR_RETURN(
      const std::unique_ptr<http::CurlTransport> transport,
      http::CurlTransport::Create({.user_agent = http::UserAgent(), .environment = environment}));
  ScriptContext context = {.config = config,
                           .task = task,
                           .environment = environment,
                           .transport = *transport,
                           .clock = clock,
                           .log = log};
  return script(context);
}

}  // namespace

int ScriptMain(int argc, const char* const* argv, const ScriptOptions& options,
               ScriptFunction script) {
  const std::string_view program = argc > 0 ? argv[0] : "script";
  const bool takes_config = options.config_path.empty();
  const std::string usage =
      absl::StrCat("Usage: ", program, takes_config ? " CONFIG_FILE" : "", "\n");
  if (takes_config && argc != 2) {
    std::cerr << usage;
    return kUsageError;
  }
  if (argc == 2 && (argv[1] == std::string_view("--help") || argv[1] == std::string_view("-h"))) {
    std::cout << (options.description.empty() ? "" : absl::StrCat(options.description, "\n"))
              << usage << "\n"
              << (takes_config ? kConfigHelp : "") << kStatusHelp << std::flush;
    return 0;
  }
  SystemClock clock;
  const Environment environment = Environment::FromProcess();
  const std::string config_path =
      takes_config ? ResolveAgainstWorkingDirectory(
                         argv[1], environment.GetOr("BUILD_WORKING_DIRECTORY", ""))
                   : options.config_path;
  const absl::StatusOr<ScriptConfig> config =
      ScriptConfig::Load(config_path, options.default_config);
  ScriptLogger log(std::cerr, Basename(program),
                   config.ok() && config->verbose() ? LogLevel::kDebug : LogLevel::kInfo, clock,
                   absl::LocalTimeZone(), ::isatty(STDERR_FILENO) != 0);
  const absl::Status done =
      config.ok() ? Run(options, *config, environment, clock, log, script) : config.status();
  if (!done.ok()) {
    const std::optional<ErrorKind> kind = ErrorKindOf(done);
    log.Error(absl::StrCat(
        "Failed to run: ",
        kind.has_value() ? ErrorKindName(*kind) : absl::StatusCodeToString(done.code()), ": ",
        done.message()));
  }
  return ExitStatusOf(done);
}

}  // namespace scriptworker::client
