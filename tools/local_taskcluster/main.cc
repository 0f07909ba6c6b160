// SPDX-License-Identifier: MPL-2.0
//
// bazel run //tools/local_taskcluster [-- OPTIONS]: a Taskcluster on a loopback
// port until it is interrupted.

#include <pthread.h>
#include <signal.h>

#include <cstdio>
#include <iostream>
#include <memory>
#include <string>
#include <vector>

#include "CLI/CLI.hpp"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/time/time.h"
#include "scriptworker/base/clock.h"
#include "scriptworker/base/environment.h"
#include "scriptworker/base/status_macros.h"
#include "scriptworker/base/version.h"
#include "scriptworker/taskcluster/credentials.h"
#include "scriptworker/taskcluster/task_id.h"
#include "scriptworker/taskcluster/testing/fault_plan.h"
#include "scriptworker/taskcluster/testing/queue_event.h"
#include "tools/local_taskcluster/local_taskcluster.h"
#include "tools/local_taskcluster/task_file.h"

namespace scriptworker::tools {
namespace {

struct Flags {
  int port = 0;
  double poll_seconds = 20;
  double claim_seconds = 1200;
  int latency_ms = 0;
  bool fixed_tokens = false;
  bool events = false;
  double fault_probability = 0;
  uint64_t fault_seed = 1;
  std::vector<std::string> tasks = {};
};

void PrintEvent(const taskcluster::QueueEvent& event) {
  std::cout << absl::FormatTime("%H:%M:%E3S ", event.time, absl::LocalTimeZone())
            << absl::StreamFormat("%-16s %s/%d %s\n", taskcluster::ToString(event.kind),
                                  event.task_id, event.run_id, event.detail)
            << std::flush;
}

void Describe(LocalTaskcluster& local) {
  const taskcluster::Credentials root = local.fake().root_credentials();
  const taskcluster::Credentials worker = local.fake().worker_credentials();
  std::cout << "A Taskcluster in memory; it ends, with all it holds, on Ctrl-C.\n\n"
            << "root URL            " << local.root_url() << "\n"
            << "client for workers  " << worker.client_id << "\n"
            << "client for all      " << root.client_id << "\n"
            << "access token        " << root.access_token.reveal() << "  (throw-away)\n"
            << "token for workers   " << worker.access_token.reveal() << "\n\n"
            << "export TASKCLUSTER_ROOT_URL=" << local.root_url() << "\n"
            << "export TASKCLUSTER_CLIENT_ID=" << worker.client_id << "\n"
            << "export TASKCLUSTER_ACCESS_TOKEN=" << worker.access_token.reveal() << "\n"
            << std::flush;
}

absl::Status CreateTasks(LocalTaskcluster& local, const std::vector<std::string>& arguments,
                         absl::Time now) {
  const std::string here = Environment::FromProcess().GetOr("BUILD_WORKING_DIRECTORY", "");
  for (const std::string& argument : arguments) {
    SW_ASSIGN_OR_RETURN(TaskFile task, ReadTaskFile(argument, here, now));
    absl::Status created;
    if (task.id.has_value()) {
      created = local.fake().CreateTask(*task.id, task.definition);
    } else {
      absl::StatusOr<taskcluster::TaskId> id = local.fake().CreateTask(task.definition);
      created = id.status();
      if (id.ok()) task.id = *std::move(id);
    }
    if (!created.ok()) {
      return absl::InvalidArgumentError(absl::StrCat(argument, ": ", created.message()));
    }
    // Events are printed between these lines, by other threads.
    std::cout << absl::StrCat("task                ", task.id->str(), " (", argument, ")\n")
              << std::flush;
  }
  return absl::OkStatus();
}

int Run(const Flags& flags) {
  // Before any thread is made, so that only sigwait() gets them.
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);

  LocalTaskclusterOptions options;
  options.port = flags.port;
  options.latency = absl::Milliseconds(flags.latency_ms);
  options.fake.poll = absl::Seconds(flags.poll_seconds);
  options.fake.claim = absl::Seconds(flags.claim_seconds);
  if (flags.events) options.fake.on_event = PrintEvent;
  if (!flags.fixed_tokens) MakeTokensRandom(options.fake);
  SystemClock clock;
  const absl::StatusOr<std::unique_ptr<LocalTaskcluster>> local =
      LocalTaskcluster::Start(clock, options);
  if (!local.ok()) {
    std::cerr << "local_taskcluster: " << local.status().message() << "\n";
    return 1;
  }
  if (flags.fault_probability > 0) {
    using taskcluster::Fault;
    (*local)->fake().faults().AddRandom(
        {"*"}, {Fault::Reset(), Fault::Truncate(), Fault::Status(500), Fault::Status(503)},
        flags.fault_probability, flags.fault_seed);
  }
  Describe(**local);
  if (!flags.tasks.empty()) std::cout << "\n" << std::flush;
  if (const absl::Status created = CreateTasks(**local, flags.tasks, clock.Now()); !created.ok()) {
    std::cerr << "\nlocal_taskcluster: " << created.message() << "\n";
    return 1;
  }
  int signal = 0;
  sigwait(&signals, &signal);
  std::cout << "\n" << (*local)->fake().request_log().total() << " requests served\n";
  return 0;
}

}  // namespace
}  // namespace scriptworker::tools

int main(int argc, char** argv) {
  scriptworker::tools::Flags flags;
  CLI::App app("A Taskcluster in memory on a loopback port, for trying out workers.",
               "local_taskcluster");
  app.get_formatter()->column_width(26);
  app.set_version_flag("--version", absl::StrCat("local_taskcluster ", scriptworker::kVersion));
  app.add_option("--task", flags.tasks,
                 "create the task of this YAML or JSON file: a\n"
                 "definition, or as much of it as matters (the rest\n"
                 "and fresh dates are filled in); may be given more\n"
                 "than once; TASKID=FILE gives it an id")
      ->type_name("FILE")
      ->expected(1)
      ->take_all();
  app.add_option("--port", flags.port, "port to listen on (default: any that is free)")
      ->check(CLI::Range(0, 65535))
      ->type_name("N");
  app.add_option("--poll-seconds", flags.poll_seconds,
                 "how long an empty claimWork waits (default: 20)")
      ->check(CLI::NonNegativeNumber)
      ->type_name("S");
  app.add_option("--claim-seconds", flags.claim_seconds,
                 "from a claim to takenUntil (default: 1200)")
      ->check(CLI::PositiveNumber)
      ->type_name("S");
  app.add_option("--latency", flags.latency_ms, "milliseconds added to every answer")
      ->check(CLI::NonNegativeNumber)
      ->type_name("MS");
  app.add_option("--fault-probability", flags.fault_probability,
                 "how likely (0 to 1) a request is reset, cut short\n"
                 "or answered with 500 or 503")
      ->check(CLI::Range(0.0, 1.0))
      ->type_name("P");
  app.add_option("--fault-seed", flags.fault_seed, "which faults (default: 1)")->type_name("N");
  app.add_flag("--fixed-tokens", flags.fixed_tokens,
               "the access tokens of the tests in place of\n"
               "random ones");
  app.add_flag("--events", flags.events, "print what happens to tasks");
  app.footer(
      "Exit status: 0 ended by Ctrl-C or TERM, 1 not begun (the reason on stderr),\n"
      "2 wrong usage.");
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : 2;
  }
  return scriptworker::tools::Run(flags);
}
