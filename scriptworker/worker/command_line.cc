// SPDX-License-Identifier: MPL-2.0
#include "scriptworker/worker/command_line.h"

#include <sstream>
#include <string>
#include <variant>

#include "CLI/CLI.hpp"
#include "absl/strings/str_cat.h"
#include "scriptworker/base/version.h"
#include "scriptworker/worker/config/config.h"

namespace scriptworker::worker {
namespace {

constexpr char kStatusFooter[] =
    "Exit status:\n"
    "  0  the worker has answered\n"
    "  1  no worker answers, or the configuration names no status_socket\n"
    "  2  wrong usage";

constexpr char kFooter[] =
    "Signals: USR1 finishes the task in hand, then ends; so does the worker when\n"
    "worker-manager does not want it any more. TERM, INT and HUP (unless ignored,\n"
    "as by nohup) end the task as worker-shutdown, then the worker; a second TERM\n"
    "or INT ends it at once.\n"
    "\n"
    "Exit status:\n"
    "  0  ended in order: after USR1, TERM, INT, HUP or worker-manager's request;\n"
    "     with --once after the task, or when none was pending; with\n"
    "     --check-config: no check has failed\n"
    "  1  the configuration is missing or wrong, work could not begin, the worker\n"
    "     had to end at once, its signer process is gone, the one claim of --once\n"
    "     failed, or a check did\n"
    "  2  wrong usage\n"
    "\n"
    "A configuration file of the name status is written ./status.";

}  // namespace

std::variant<CommandLine, Farewell> ParseCommandLine(int argc, const char* const* argv) {
  CommandLine line;
  line.config_path = std::string(kDefaultConfigFile);
  bool check_config = false;
  CLI::App app(
      "Run scriptworker: claim tasks from a Taskcluster queue and run, for each, the\n"
      "script that the configuration names.",
      "scriptworker");
  app.get_formatter()->column_width(24);
  app.add_option("CONFIG", line.config_path,
                 "The configuration, a YAML file\n(default: scriptworker.yaml)");
  CLI::Option* const check = app.add_flag("--check-config", check_config,
                                          "Check all that can be checked without a\n"
                                          "claim, one line each, and end");
  app.add_flag("--once", line.once,
               "Ask for a task once (for 20 s at most), run\n"
               "the one that comes, and end")
      ->excludes(check);
  app.set_version_flag("--version", absl::StrCat("scriptworker ", kVersion));
  app.footer(kFooter);
  CLI::App* const status = app.add_subcommand("status", "Ask the worker that runs what it does");
  status->add_option("CONFIG", line.config_path,
                     "The configuration that names its socket\n(default: scriptworker.yaml)");
  status->add_flag("--json", line.json, "Print the answer as it is");
  status->add_option("--socket", line.socket, "Ask there, and read no configuration")
      ->type_name("PATH");
  status->get_formatter()->column_width(24);
  status->footer(kStatusFooter);
  try {
    app.parse(argc, argv);
    if (status->parsed() && (line.once || check_config)) {
      throw CLI::ExcludesError("status", line.once ? "--once" : "--check-config");
    }
  } catch (const CLI::ParseError& error) {
    std::ostringstream out;
    std::ostringstream err;
    const int status = app.exit(error, out, err);
    return Farewell{status == 0 ? kExitOk : kExitUsage, out.str(), err.str()};
  }
  if (status->parsed()) line.action = CommandLine::Action::kAskStatus;
  if (check_config) line.action = CommandLine::Action::kCheckConfig;
  return line;
}

}  // namespace scriptworker::worker
