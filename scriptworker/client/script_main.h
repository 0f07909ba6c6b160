// SPDX-License-Identifier: MPL-2.0
//
// The main function of a script in C++: what the worker starts for each task.
//
//   absl::Status Sign(client::ScriptContext& context) {
//     SW_ASSIGN_OR_RETURN(const client::UpstreamPaths paths,
//                         client::FindUpstreamArtifacts(context.config, context.task,
//                         context.log));
//     ...  // leaves in artifact_dir what is to be published
//   }
//
//   int main(int argc, char** argv) { return client::ScriptMain(argc, argv, {}, Sign); }
//
// A whole one is in the folder example; docs/new_instance.md says what belongs to
// a new kind of script.

#ifndef SCRIPTWORKER_CLIENT_SCRIPT_MAIN_H_
#define SCRIPTWORKER_CLIENT_SCRIPT_MAIN_H_

#include <string>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "scriptworker/base/clock.h"
#include "scriptworker/base/environment.h"
#include "scriptworker/base/logger.h"
#include "scriptworker/client/script_config.h"
#include "scriptworker/http/transport.h"
#include "scriptworker/json/value.h"

namespace scriptworker::client {

// What a script works with. Valid during the call only.
struct ScriptContext {
  const ScriptConfig& config;
  const json::Value& task;         // the definition, from task.json
  const Environment& environment;  // TASK_ID, RUN_ID, TASKCLUSTER_ROOT_URL, ...
  http::Transport& transport;      // does not retry; see downloads.h
  Clock& clock;
  Logger& log;  // to stderr
};

struct ScriptOptions {
  // What the script does, for --help.
  std::string description = {};
  // The configuration, a relative path from here; empty: the program's only argument, from
  // where `bazel run` was called.
  std::string config_path = {};
  // Members that the configuration need not have.
  json::Object default_config = {};
  // Whether the task has to satisfy the schema that `schema_file` names.
  bool validate_task = true;
};

// As the reference's sync_main: reads configuration and task, logs to stderr
// (DEBUG if the configuration says `verbose`), validates the task and calls
// `script`. An error is logged; the result is its exit status (script_error.h).
// Without exactly one argument: "Usage: PROGRAM CONFIG_FILE" on stderr, and 1. --help
// in place of CONFIG_FILE: that, the description and the exit statuses on stdout, and 0.
// Signals are not touched: TERM, which the worker sends to stop a script, ends it.
int ScriptMain(int argc, const char* const* argv, const ScriptOptions& options,
               absl::FunctionRef<absl::Status(ScriptContext&)> script);

}  // namespace scriptworker::client

#endif  // SCRIPTWORKER_CLIENT_SCRIPT_MAIN_H_
