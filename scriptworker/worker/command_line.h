// SPDX-License-Identifier: MPL-2.0
//
// The worker's command line: what it asks for, its help text, its exit statuses.

#ifndef SCRIPTWORKER_WORKER_COMMAND_LINE_H_
#define SCRIPTWORKER_WORKER_COMMAND_LINE_H_

#include <string>
#include <variant>

namespace scriptworker::worker {

// The program's exit statuses, as --help lists them.
inline constexpr int kExitOk = 0;
inline constexpr int kExitFailed = 1;
inline constexpr int kExitUsage = 2;

struct CommandLine {
  enum class Action {
    kWork,
    kCheckConfig,  // --check-config
    kAskStatus,    // status
  };

  Action action = Action::kWork;
  std::string config_path;
  bool once = false;  // kWork: one claim, one task at most
  // kAskStatus:
  bool json = false;
  std::string socket = {};  // empty: the configuration's
};

// Nothing is to be done but to print and to end: help, version, wrong usage.
struct Farewell {
  int status = kExitOk;
  std::string out = {};  // for stdout
  std::string err = {};  // for stderr
};

std::variant<CommandLine, Farewell> ParseCommandLine(int argc, const char* const* argv);

}  // namespace scriptworker::worker

#endif  // SCRIPTWORKER_WORKER_COMMAND_LINE_H_
