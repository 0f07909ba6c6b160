// SPDX-License-Identifier: MPL-2.0
//
// bazel run //:quickstart: the real worker takes tasks from a Taskcluster on this
// machine, before your eyes.

#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include "CLI/CLI.hpp"
#include "absl/random/random.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/time/time.h"
#include "scriptworker/base/clock.h"
#include "scriptworker/base/environment.h"
#include "scriptworker/base/file.h"
#include "scriptworker/base/path.h"
#include "scriptworker/base/status_macros.h"
#include "scriptworker/http/curl_transport.h"
#include "scriptworker/taskcluster/queue_client.h"
#include "scriptworker/taskcluster/task_creator.h"
#include "scriptworker/taskcluster/task_id.h"
#include "scriptworker/taskcluster/testing/fake_taskcluster.h"
#include "scriptworker/taskcluster/testing/queue_event.h"
#include "scriptworker/worker/process/process_setup.h"
#include "tools/local_taskcluster/local_taskcluster.h"
#include "tools/quickstart/outcome.h"
#include "tools/quickstart/plan.h"
#include "tools/quickstart/screen.h"
#include "tools/quickstart/worker_process.h"
#include "tools/quickstart/workplace.h"

namespace scriptworker::tools {
namespace {

using taskcluster::TaskId;

// More than enough on a slow machine; it takes about 17 s.
constexpr absl::Duration kLimit = absl::Seconds(120);

struct Flags {
  std::string out;
  std::string worker;
};

// A file that Bazel put beside the program.
absl::StatusOr<std::string> Runfile(std::string_view path) {
  std::error_code error;
  const std::string self = std::filesystem::read_symlink("/proc/self/exe", error).string();
  for (const std::string& root :
       {std::filesystem::current_path(error).string(), self + ".runfiles/scriptworker"}) {
    std::string candidate = JoinPath(root, path);
    if (::access(candidate.c_str(), R_OK) == 0) return candidate;
  }
  return absl::NotFoundError(
      absl::StrCat(path, " is not beside the program; start it with bazel run //:quickstart"));
}

// Waits until every task is resolved, the worker has ended, or time is up.
void AwaitResolutions(const std::vector<TaskId>& ids, taskcluster::FakeTaskcluster& fake,
                      WorkerProcess& worker, Clock& clock) {
  const absl::Duration end = clock.Monotonic() + kLimit;
  while (clock.Monotonic() < end && !worker.Poll().has_value()) {
    bool all = true;
    for (const TaskId& id : ids) {
      const std::string state = fake.State(id);
      all = all && (state == "completed" || state == "failed" || state == "exception");
    }
    if (all) return;
    clock.SleepFor(absl::Milliseconds(50));
  }
}

class Quickstart {
 public:
  Quickstart(Flags flags, const Environment& environment)
      : flags_(std::move(flags)),
        environment_(environment),
        screen_(std::cout, ::isatty(STDOUT_FILENO) != 0 && !environment.Get("NO_COLOR"),
                clock_.Now()) {}

  // Whether all was as planned. An error: it could not be tried.
  absl::StatusOr<bool> Run() {
    SW_RETURN_IF_ERROR(Prepare());
    SW_RETURN_IF_ERROR(Submit());
    SW_ASSIGN_OR_RETURN(bool good, Work());
    return Judge() && good;
  }

 private:
  absl::Status Prepare() {
    SW_ASSIGN_OR_RETURN(const std::string scenario,
                        Runfile("testdata/recordings/worker-success/scenario.json"));
    SW_ASSIGN_OR_RETURN(script_, Runfile("tools/quickstart/task_script.sh"));
    if (flags_.worker.empty()) {
      SW_ASSIGN_OR_RETURN(flags_.worker, Runfile("scriptworker/scriptworker"));
    }
    SW_ASSIGN_OR_RETURN(plan_, Plan::Make(scenario, clock_.Now()));
    SW_ASSIGN_OR_RETURN(Workplace workplace, Workplace::Make(flags_.out));
    workplace_ = std::make_unique<Workplace>(std::move(workplace));

    LocalTaskclusterOptions options;
    options.fake.poll = absl::Seconds(1);
    options.fake.claim = kClaim;
    options.fake.on_event = [this](const taskcluster::QueueEvent& event) { screen_.Event(event); };
    MakeTokensRandom(options.fake);
    SW_ASSIGN_OR_RETURN(local_, LocalTaskcluster::Start(clock_, std::move(options)));
    SW_ASSIGN_OR_RETURN(transport_, http::CurlTransport::Create(
                                        {.user_agent = "quickstart", .environment = environment_}));
    return workplace_->WriteConfig(plan_, local_->root_url(), local_->fake().worker_credentials(),
                                   script_);
  }

  absl::Status Submit() {
    screen_.Heading("A Taskcluster in memory, and tasks for it");
    screen_.Line(absl::StrCat("root URL       ", local_->root_url()));
    screen_.Line(absl::StrCat("configuration  ", workplace_->config_path()));
    SW_ASSIGN_OR_RETURN(const auto creator,
                        taskcluster::TaskCreator::Create(local_->root_url(), *transport_, clock_,
                                                         local_->fake().root_credentials()));
    for (const PlannedTask& task : plan_.tasks) {
      ids_.push_back(TaskId::Random(random_));
      screen_.Name(ids_.back(), task.name);
      screen_.Line(
          absl::StrFormat("task %-10s %s  %s", task.name, ids_.back().str(), task.purpose));
    }
    screen_.Heading("What happens");
    for (size_t i = 0; i < ids_.size(); ++i) {
      SW_RETURN_IF_ERROR(creator->CreateTask(ids_[i], plan_.tasks[i].definition).status());
    }
    return absl::OkStatus();
  }

  // Runs the worker through all tasks. Whether it ended in order.
  absl::StatusOr<bool> Work() {
    SW_ASSIGN_OR_RETURN(WorkerProcess worker,
                        WorkerProcess::Start(flags_.worker, workplace_->config_path(),
                                             workplace_->worker_output_path(), clock_));
    screen_.Line(absl::StrFormat("%10s%-10s process %d started", "", "worker", worker.pid()));
    AwaitResolutions(ids_, local_->fake(), worker, clock_);
    worker.Drain();
    exit_status_ = worker.Wait(absl::Seconds(10));
    screen_.Line(absl::StrFormat("%10s%-10s %s", "", "worker",
                                 exit_status_.has_value()
                                     ? absl::StrCat("ended with status ", *exit_status_)
                                     : "does not end; it is killed"));
    return exit_status_ == 0;
  }

  bool Judge() {
    absl::StatusOr<std::unique_ptr<taskcluster::QueueClient>> queue =
        taskcluster::QueueClient::Create(local_->root_url(), *transport_, clock_,
                                         local_->fake().root_credentials());
    if (!queue.ok()) return false;
    const Observer observer{local_->fake(), **queue, *transport_, workplace_->public_key(),
                            workplace_->downloads_path()};
    std::vector<TaskOutcome> outcomes;
    screen_.Heading("What came of it");
    screen_.TableHead();
    for (size_t i = 0; i < ids_.size(); ++i) {
      outcomes.push_back(Observe(plan_.tasks[i], ids_[i], screen_.Reclaims(ids_[i]), observer));
      screen_.TableRows(plan_.tasks[i], outcomes.back());
    }
    screen_.Heading("Verdict");
    bool good = exit_status_ == 0;
    screen_.Verdict(good, "the worker ended in order");
    for (size_t i = 0; i < ids_.size(); ++i) {
      good = Explain(plan_.tasks[i], ids_[i], outcomes[i]) && good;
    }
    ShowPlaces(good);
    return good;
  }

  bool Explain(const PlannedTask& planned, const TaskId& id, const TaskOutcome& outcome) {
    const bool good = outcome.problems.empty();
    std::string text = absl::StrFormat("%-10s ", planned.name);
    for (const PlannedRun& run : planned.runs) {
      absl::StrAppend(&text, &run == &planned.runs.front() ? "" : ", then ", run.resolution);
    }
    size_t signatures = 0;
    for (const RunOutcome& run : outcome.runs) signatures += run.signature_good ? 1 : 0;
    if (signatures > 0) absl::StrAppend(&text, "; signature and hashes good");
    if (planned.min_reclaims > 0) {
      absl::StrAppend(&text, "; reclaimed ", screen_.Reclaims(id), " times");
    }
    screen_.Verdict(good, text);
    for (const std::string& problem : outcome.problems) {
      screen_.Line(absl::StrCat("         ", problem));
    }
    return good;
  }

  void ShowPlaces(bool good) {
    screen_.Heading("Where everything is");
    screen_.Line(absl::StrCat("all of it           ", workplace_->folder()));
    screen_.Line("configuration       worker.yaml, worker.key, worker.pub");
    screen_.Line("the worker's log    log/worker.log; its output: worker-output.txt");
    screen_.Line("artifacts           downloads/TASK/run-N/");
    if (good) return;
    const absl::StatusOr<std::string> output = ReadFile(workplace_->worker_output_path());
    if (!output.ok()) return;
    constexpr size_t kTail = 3000;
    screen_.Heading("The end of the worker's output");
    screen_.Line(output->size() > kTail ? output->substr(output->size() - kTail) : *output);
  }

  Flags flags_;
  const Environment& environment_;
  SystemClock clock_;
  absl::BitGen random_;
  Screen screen_;
  Plan plan_;
  std::string script_;
  std::unique_ptr<Workplace> workplace_;
  std::unique_ptr<LocalTaskcluster> local_;
  std::unique_ptr<http::CurlTransport> transport_;
  std::vector<TaskId> ids_;
  std::optional<int> exit_status_;
};

int Main(Flags flags) {
  worker::KeepEndedChildren();
  const Environment environment = Environment::FromProcess();
  const std::string here = environment.GetOr("BUILD_WORKING_DIRECTORY", "");
  flags.out = ResolveAgainstWorkingDirectory(flags.out, here);
  flags.worker = ResolveAgainstWorkingDirectory(flags.worker, here);
  const absl::StatusOr<bool> good = Quickstart(std::move(flags), environment).Run();
  if (!good.ok()) {
    std::cerr << "quickstart: " << good.status().message() << "\n";
    return 1;
  }
  return *good ? 0 : 1;
}

}  // namespace
}  // namespace scriptworker::tools

int main(int argc, char** argv) {
  scriptworker::tools::Flags flags;
  CLI::App app(
      "Runs the worker through a few tasks of a Taskcluster on this machine, and\n"
      "shows what happens. Takes about 20 s.",
      "quickstart");
  app.add_option("--out", flags.out, "an empty folder for all files (default: a\ntemporary one)")
      ->type_name("DIR");
  app.add_option("--worker", flags.worker, "the worker's program (default: the one just\nbuilt)")
      ->type_name("FILE");
  app.footer(
      "Exit status: 0 all went as it should, 1 not (what is wrong is said), 2 wrong\n"
      "usage.");
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : 2;
  }
  return scriptworker::tools::Main(std::move(flags));
}
