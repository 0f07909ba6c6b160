// SPDX-License-Identifier: MPL-2.0
//
// What the worker's program costs: bazel run --config=opt
// //scriptworker:worker_benchmark. Prints each figure beside that of the
// reference (Python scriptworker 63.4.2, measured once on 2 cores) and the ratio.
// A benchmark, not a test: nothing fails if the machine is slow.

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/log/check.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_split.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "scriptworker/base/clock.h"
#include "scriptworker/base/file.h"
#include "scriptworker/base/testing/temp_dir.h"
#include "scriptworker/base/testing/test_file.h"
#include "scriptworker/taskcluster/task_id.h"
#include "scriptworker/taskcluster/testing/fake_taskcluster.h"
#include "scriptworker/taskcluster/testing/request_log.h"
#include "scriptworker/taskcluster/testing/task_builder.h"
#include "tools/local_taskcluster/local_taskcluster.h"

namespace scriptworker {
namespace {

constexpr int kTasks = 300;
constexpr int kPolls = 1000;
constexpr int kStarts = 20;

pid_t Start(std::vector<std::string> arguments) {
  std::string path = TestFilePath("scriptworker/scriptworker");
  std::vector<char*> argv = {path.data()};
  for (std::string& argument : arguments) argv.push_back(argument.data());
  argv.push_back(nullptr);
  posix_spawn_file_actions_t files;
  posix_spawn_file_actions_init(&files);
  posix_spawn_file_actions_addopen(&files, 1, "/dev/null", O_WRONLY, 0);
  posix_spawn_file_actions_addopen(&files, 2, "/dev/null", O_WRONLY, 0);
  pid_t pid = 0;
  CHECK_EQ(posix_spawn(&pid, path.c_str(), &files, nullptr, argv.data(), environ), 0);
  posix_spawn_file_actions_destroy(&files);
  return pid;
}

// Of the worker alone: its scripts are not in these two fields.
absl::Duration CpuOf(pid_t pid) {
  const std::string stat = ReadFile(absl::StrCat("/proc/", pid, "/stat")).value();
  const std::vector<std::string> values = absl::StrSplit(stat.substr(stat.rfind(')') + 2), ' ');
  int64_t user = 0, system = 0;
  CHECK(absl::SimpleAtoi(values[11], &user) && absl::SimpleAtoi(values[12], &system));
  return absl::Seconds(static_cast<double>(user + system) /
                       static_cast<double>(::sysconf(_SC_CLK_TCK)));
}

double RssMiB(pid_t pid) {
  const std::string status = ReadFile(absl::StrCat("/proc/", pid, "/status")).value();
  double kib = 0;
  CHECK(absl::SimpleAtod(
      std::vector<std::string>(absl::StrSplit(status.substr(status.find("VmRSS:") + 6), " kB"))[0],
      &kib));
  return kib / 1024;
}

void Print(std::string_view what, double ours, double reference, std::string_view unit,
           double target) {
  std::printf("%-34s %9.3f %-4s reference %8.2f   ratio %6.1f   target %7.2f   %s\n",
              std::string(what).c_str(), ours, std::string(unit).c_str(), reference,
              reference / ours, target, ours <= target ? "reached" : "MISSED");
}

void MeasureStart() {
  const absl::Time start = absl::Now();
  for (int i = 0; i < kStarts; ++i) CHECK_GT(::waitpid(Start({"--help"}), nullptr, 0), 0);
  Print("start (--help), wall", absl::ToDoubleMilliseconds(absl::Now() - start) / kStarts, 380,
        "ms", 10);
}

class Bench {
 public:
  explicit Bench(absl::Duration poll) {
    tools::LocalTaskclusterOptions options;
    options.fake.poll = poll;
    taskcluster_ = tools::LocalTaskcluster::Start(clock_, options).value();
    const taskcluster::Credentials credentials = fake().worker_credentials();
    temp_.Write("key", "28CK5/8euw24MoBnQ8Tv2HwaSccf7yORrC/BYnSk+yY=");
    temp_.Write(
        "scriptworker.yaml",
        absl::StrCat("taskcluster_root_url: ", taskcluster_->root_url(),
                     "\nprovisioner_id: test-provisioner\nworker_type: test-worker\n"
                     "worker_group: g\nworker_id: w\nverbose: false\n"
                     "task_script: [/bin/true]\npoll_interval: 0\ncredentials:\n"
                     "  clientId: ",
                     credentials.client_id, "\n  accessToken: ", credentials.access_token.reveal(),
                     "\nwork_dir: ", temp_.path(), "/work\nartifact_dir: ", temp_.path(),
                     "/artifacts\ntask_log_dir: ", temp_.path(),
                     "/artifacts/public/logs\nlog_dir: ", temp_.path(),
                     "/log\ned25519_private_key_path: ", temp_.path(), "/key\n"));
  }
  pid_t StartWorker() { return Start({temp_.Path("scriptworker.yaml")}); }
  taskcluster::FakeTaskcluster& fake() { return taskcluster_->fake(); }
  void AwaitRequests(std::string_view endpoint, int count) {
    while (fake().request_log().Count(endpoint) < count) absl::SleepFor(absl::Milliseconds(1));
  }
  void Submit() { CHECK_OK(fake().CreateTask(taskcluster::TaskBuilder(clock_.Now()).Build())); }

 private:
  SystemClock clock_;
  TempDir temp_;
  std::unique_ptr<tools::LocalTaskcluster> taskcluster_;
};

void End(pid_t worker) {
  ::kill(worker, SIGTERM);
  CHECK_EQ(::waitpid(worker, nullptr, 0), worker);
}

void MeasureIdle() {
  Bench bench(absl::Milliseconds(1));
  const pid_t worker = bench.StartWorker();
  bench.AwaitRequests("claimWork", 10);
  const absl::Duration before = CpuOf(worker);
  bench.AwaitRequests("claimWork", 10 + kPolls);
  const absl::Duration used = CpuOf(worker) - before;
  Print("idle, resident", RssMiB(worker), 47, "MiB", 12);
  Print("idle, CPU of a poll", absl::ToDoubleMilliseconds(used) / kPolls, 0.7, "ms", 0.1);
  End(worker);
}

void MeasureTasks() {
  Bench bench(absl::Milliseconds(10));
  for (int i = 0; i < kTasks; ++i) bench.Submit();
  const pid_t worker = bench.StartWorker();
  bench.AwaitRequests("reportCompleted", 20);
  const absl::Duration before = CpuOf(worker);
  const absl::Time start = absl::Now();
  bench.AwaitRequests("reportCompleted", kTasks);
  const absl::Duration wall = absl::Now() - start;
  const absl::Duration cpu = CpuOf(worker) - before;
  // The claims that follow the last task are nobody's.
  taskcluster::RequestLog& log = bench.fake().request_log();
  const int requests = log.Count("createArtifact") + log.Count("putObject") +
                       log.Count("reportCompleted") + log.Count("reclaimTask") + kTasks;
  Print("trivial task, CPU", absl::ToDoubleMilliseconds(cpu) / (kTasks - 20), 30, "ms", 3);
  Print("trivial task, wall", absl::ToDoubleMilliseconds(wall) / (kTasks - 20), 55, "ms", 55);
  Print("trivial task, requests", static_cast<double>(requests) / kTasks, 8, "", 8);
  Print("resident after the tasks", RssMiB(worker), 47, "MiB", 12);
  End(worker);
}

int Main() {
  MeasureStart();
  MeasureIdle();
  MeasureTasks();
  return 0;
}

}  // namespace
}  // namespace scriptworker

int main() { return scriptworker::Main(); }
