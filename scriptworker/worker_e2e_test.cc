// SPDX-License-Identifier: MPL-2.0
//
// The real program, as a process of its own, against a Taskcluster on a loopback
// port. What can be tested without sockets and processes is tested in
// //scriptworker/worker.

#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "absl/status/status_matchers.h"
#include "absl/status/statusor.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "scriptworker/base/clock.h"
#include "scriptworker/base/file.h"
#include "scriptworker/base/start_thread.h"
#include "scriptworker/base/testing/await.h"
#include "scriptworker/base/testing/refused_calls.h"
#include "scriptworker/base/testing/temp_dir.h"
#include "scriptworker/base/testing/test_file.h"
#include "scriptworker/base/unique_fd.h"
#include "scriptworker/base/version.h"
#include "scriptworker/http/listener.h"
#include "scriptworker/json/json.h"
#include "scriptworker/json/value.h"
#include "scriptworker/taskcluster/task_id.h"
#include "scriptworker/taskcluster/testing/fake_taskcluster.h"
#include "scriptworker/worker/testing/notify_socket.h"
#include "scriptworker/worker/testing/socket_dir.h"
#include "tools/local_taskcluster/local_taskcluster.h"
#include "tools/worker_site/running_worker.h"
#include "tools/worker_site/worker_site.h"

namespace scriptworker {
namespace {

using ::absl_testing::IsOk;
using ::scriptworker::taskcluster::TaskId;
using ::scriptworker::tools::RunningWorker;
using ::scriptworker::tools::WorkerSite;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

class WorkerE2eTest : public testing::Test {
 protected:
  WorkerE2eTest() {
    tools::LocalTaskclusterOptions options;
    options.fake.poll = absl::Milliseconds(500);
    options.fake.static_workers = {{.worker_pool_id = "test-provisioner/test-worker",
                                    .worker_group = "test-group",
                                    .worker_id = "test-id",
                                    .static_secret = std::string(44, 's')}};
    tools::MakeTokensRandom(options.fake);
    taskcluster_ = tools::LocalTaskcluster::Start(clock_, options).value();
    site_ = std::make_unique<WorkerSite>(*taskcluster_, temp_.path());
    token_ = std::string(fake().worker_credentials().access_token.reveal());
  }

  RunningWorker Start(std::vector<std::string> options = {}) {
    return site_->Start(std::move(options));
  }

  TaskId Submit(std::string_view script, int max_run_time = 600) {
    return WorkerSite::Submit(*taskcluster_, clock_, script, {.max_run_time = max_run_time});
  }
  // The run, or any that follows, has ended and none waits.
  bool AwaitResolved(const TaskId& id) {
    return AwaitTrue([&] {
      const std::string state = fake().State(id);
      return state != "pending" && state != "running";
    });
  }
  bool AwaitFile(std::string_view name) { return site_->AwaitFile(name); }
  std::vector<std::string> ArtifactNames(const TaskId& id, int run_id = 0) {
    std::vector<std::string> names;
    for (const auto& artifact : fake().Artifacts(id, run_id)) names.push_back(artifact.name);
    return names;
  }
  std::string WorkerLog() const { return site_->WorkerLog(); }
  std::string Output() const { return ReadFile(temp_.Path("output")).value_or(""); }
  taskcluster::FakeTaskcluster& fake() { return taskcluster_->fake(); }

  SystemClock clock_;
  const TempDir temp_;
  const worker::SocketDir sockets_;
  std::unique_ptr<tools::LocalTaskcluster> taskcluster_;
  std::unique_ptr<WorkerSite> site_;
  std::string token_;
};

TEST_F(WorkerE2eTest, OneWorkerResolvesTasksOfEveryKind) {
  struct Case {
    std::string_view script;
    std::string_view resolution;  // of run 0
    std::string_view last_line;   // of the log
    int max_run_time = 600;
  };
  const Case cases[] = {
      {"exit 0", "completed", "exit code: 0\n"},
      {"exit 1", "failed", "exit code: 1\n"},
      {"exit 3", "malformed-payload", "exit code: 3\n"},
      {"exit 4", "resource-unavailable", "exit code: 4\n"},
      {"exit 5", "internal-error", "exit code: 5\n"},
      {"exit 6", "internal-error", "exit code: 6\n"},
      {"exit 19", "failed", "exit code: 19\n"},
      {"kill -KILL $$", "failed", "Automation Error: python exited with signal -9\n"},
      {"exec sleep 1000", "failed", "Automation Error: python exited with signal -15\n", 1},
      // These are tried again, so the next run has to succeed.
      {"exit $((RUN_ID == 0 ? 2 : 0))", "worker-shutdown", "exit code: 2\n"},
      {"exit $((RUN_ID == 0 ? 7 : 0))", "intermittent-task", "exit code: 7\n"},
      {"exit $((RUN_ID == 0 ? 241 : 0))", "intermittent-task", "exit code: 241\n"},
      {"exit $((RUN_ID == 0 ? 245 : 0))", "intermittent-task", "exit code: 245\n"},
  };
  std::vector<TaskId> ids;
  for (const Case& c : cases) ids.push_back(Submit(c.script, c.max_run_time));
  RunningWorker worker = Start();
  for (size_t i = 0; i < ids.size(); ++i) {
    SCOPED_TRACE(cases[i].script);
    ASSERT_TRUE(AwaitResolved(ids[i])) << WorkerLog();
    EXPECT_EQ(fake().Resolution(ids[i], 0), cases[i].resolution);
    const auto log = fake().GetArtifact(ids[i], 0, "public/logs/live_backing.log");
    ASSERT_THAT(log, IsOk());
    EXPECT_EQ(log->content, cases[i].last_line);
  }
  worker.Signal(SIGUSR1);
  EXPECT_EQ(worker.Wait(), 0);
  EXPECT_THAT(WorkerLog(), Not(HasSubstr(token_)));
}

TEST_F(WorkerE2eTest, ATaskIsPublishedWithItsChainOfTrust) {
  const TaskId id = Submit(absl::StrCat("echo hello; echo data > ", temp_.path(),
                                        "/artifacts/public/data.bin; pwd > ", temp_.path(),
                                        "/artifacts/public/pwd.txt"));
  RunningWorker worker = Start();
  ASSERT_TRUE(AwaitResolved(id));
  EXPECT_THAT(ArtifactNames(id),
              ElementsAre("public/chain-of-trust.json", "public/chain-of-trust.json.sig",
                          "public/data.bin", "public/logs/live_backing.log", "public/pwd.txt"));
  EXPECT_EQ(fake().GetArtifact(id, 0, "public/pwd.txt")->content_encoding, "gzip");
  EXPECT_EQ(fake().GetArtifact(id, 0, "public/data.bin")->content, "data\n");
  EXPECT_EQ(fake().GetArtifact(id, 0, "public/logs/live_backing.log")->content,
            "hello\nexit code: 0\n");
}

TEST_F(WorkerE2eTest, WhatAScriptLeavesBehindIsEndedAndTheTaskIsSignedAllTheSame) {
  const TaskId id = Submit(absl::StrCat("(setsid bash -c 'echo $$ > ", temp_.path(),
                                        "/pid; exec sleep 1000' &); while ! [ -s ", temp_.path(),
                                        "/pid ]; do sleep 0.01; done"));
  RunningWorker worker = Start();
  ASSERT_TRUE(AwaitResolved(id)) << WorkerLog();
  EXPECT_EQ(fake().Resolution(id, 0), "completed") << WorkerLog();
  EXPECT_THAT(ArtifactNames(id), Contains("public/chain-of-trust.json.sig"));
  int pid = 0;
  ASSERT_TRUE(absl::SimpleAtoi(ReadFile(temp_.Path("pid")).value(), &pid));
  EXPECT_NE(::kill(pid, 0), 0) << "it runs";
}

TEST_F(WorkerE2eTest, UserAgentAndRequestsAreThoseOfAWorker) {
  const TaskId id = Submit("true");
  RunningWorker worker = Start();
  ASSERT_TRUE(AwaitResolved(id));
  // A request is logged a moment after its effect can be seen.
  ASSERT_TRUE(AwaitTrue([&] { return fake().request_log().Count("reportCompleted") == 1; }));
  std::vector<std::string> endpoints;
  for (const auto& request : fake().request_log().Requests()) {
    endpoints.push_back(request.endpoint);
    EXPECT_EQ(request.user_agent, absl::StrCat("scriptworker ", kVersion)) << request.endpoint;
    if (request.endpoint == "reportCompleted") break;
  }
  std::sort(endpoints.begin(), endpoints.end());
  EXPECT_THAT(endpoints,
              ElementsAre("claimWork", "createArtifact", "createArtifact", "createArtifact",
                          "putObject", "putObject", "putObject", "reportCompleted"));
}

TEST_F(WorkerE2eTest, TermEndsTheTaskAsWorkerShutdownAndThenTheWorker) {
  const TaskId id = Submit(
      absl::StrCat("(setsid sleep 1000 &); touch ", temp_.path(), "/started; exec sleep 1000"));
  RunningWorker worker = Start();
  ASSERT_TRUE(AwaitFile("started"));
  worker.Signal(SIGTERM);
  EXPECT_EQ(worker.Wait(), 0);
  EXPECT_EQ(fake().Resolution(id, 0), "worker-shutdown");
  EXPECT_EQ(fake().State(id), "pending");  // for another worker
  EXPECT_THAT(ArtifactNames(id), ElementsAre("public/logs/live_backing.log"));
  EXPECT_TRUE(std::filesystem::is_empty(temp_.Path("work")));
  EXPECT_THAT(WorkerLog(), HasSubstr("SIGTERM received; shutting down"));
}

TEST_F(WorkerE2eTest, ASecondTermEndsTheWorkerAtOnce) {
  const TaskId id = Submit(absl::StrCat("trap true TERM; touch ", temp_.path(),
                                        "/started; while true; do sleep 0.01; done"));
  RunningWorker worker = Start();
  ASSERT_TRUE(AwaitFile("started"));
  worker.Signal(SIGTERM);
  ASSERT_TRUE(site_->AwaitLogged("SIGTERM received;"));
  worker.Signal(SIGTERM);
  EXPECT_EQ(worker.Wait(), 1);
  EXPECT_EQ(fake().State(id), "running");  // its claim will expire
}

TEST_F(WorkerE2eTest, AScreenThatNobodyReadsKeepsNoWorkerFromEnding) {
  const std::string pipe = temp_.Path("screen");
  ASSERT_EQ(::mkfifo(pipe.c_str(), 0600), 0);
  const UniqueFd reader(::open(pipe.c_str(), O_RDWR | O_NONBLOCK | O_CLOEXEC));
  const std::string text(4096, 'x');
  while (::write(reader.get(), text.data(), text.size()) > 0) {
  }
  const TaskId id = Submit(absl::StrCat("trap true TERM; touch ", temp_.path(),
                                        "/started; while true; do sleep 0.01; done"));
  RunningWorker worker({temp_.Path("scriptworker.yaml")}, pipe);
  ASSERT_TRUE(AwaitFile("started"));
  worker.Signal(SIGTERM);
  ASSERT_TRUE(site_->AwaitLogged("SIGTERM received;"));
  worker.Signal(SIGTERM);
  EXPECT_EQ(worker.Wait(), 1);
  EXPECT_EQ(fake().State(id), "running");
  RunningWorker misconfigured({temp_.Path("missing.yaml")}, pipe);
  EXPECT_EQ(misconfigured.Wait(), 1);
}

// As where a limit of processes is reached. fork() starts it, which this C library does by another
// call than threads.
TEST_F(WorkerE2eTest, AMachineWithoutThreadsToGiveEndsTheStartWithAWord) {
  const std::string program = TestFilePath("scriptworker/scriptworker");
  const std::string config = temp_.Path("scriptworker.yaml");
  const UniqueFd output(::open(temp_.Path("output").c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600));
  pid_t pid = -1;
  RunWithRefusedCalls({SYS_clone3}, EAGAIN, [&] {
    if (absl::StatusOr<std::thread> thread = StartThread([] {}); thread.ok()) {
      thread->join();
      return;
    }
    pid = ::fork();
    if (pid != 0) return;
    ::dup2(output.get(), STDERR_FILENO);
    ::execl(program.c_str(), program.c_str(), config.c_str(), nullptr);
    ::_exit(127);
  });
  if (pid < 0) GTEST_SKIP() << "SKIPPED: threads cannot be refused here";
  int status = 0;
  ASSERT_EQ(::waitpid(pid, &status, 0), pid);
  EXPECT_TRUE(WIFEXITED(status)) << "signal " << WTERMSIG(status);
  EXPECT_EQ(WEXITSTATUS(status), 1);
  EXPECT_THAT(Output(), HasSubstr("cannot start a thread: Resource temporarily unavailable\n"));
}

TEST_F(WorkerE2eTest, ALogThatHangsHidesNoSignal) {
  site_ = std::make_unique<WorkerSite>(*taskcluster_, temp_.path(),
                                       tools::SiteOptions{.verbose = false});
  std::filesystem::create_directories(temp_.Path("log"));
  const std::string pipe = temp_.Path("log/worker.log");
  ASSERT_EQ(::mkfifo(pipe.c_str(), 0600), 0);
  const UniqueFd reader(::open(pipe.c_str(), O_RDWR | O_NONBLOCK | O_CLOEXEC));
  Submit(absl::StrCat("trap 'touch ", temp_.path(), "/got_term' TERM; touch ", temp_.path(),
                      "/started; while true; do sleep 0.01; done"));
  RunningWorker worker = Start();
  ASSERT_TRUE(AwaitFile("started"));
  const std::string text(4096, 'x');
  while (::write(reader.get(), text.data(), text.size()) > 0) {
  }
  worker.Signal(SIGUSR1);
  absl::SleepFor(absl::Milliseconds(200));  // its line hangs
  worker.Signal(SIGTERM);
  EXPECT_TRUE(AwaitFile("got_term"));
}

TEST_F(WorkerE2eTest, Usr1LetsTheTaskInHandEnd) {
  const TaskId id = Submit(absl::StrCat("touch ", temp_.path(), "/started; while ! [ -e ",
                                        temp_.path(), "/go ]; do sleep 0.01; done"));
  const TaskId next = Submit("true");
  RunningWorker worker = Start();
  ASSERT_TRUE(AwaitFile("started"));
  worker.Signal(SIGUSR1);
  ASSERT_TRUE(site_->AwaitLogged("SIGUSR1 received;"));
  temp_.Write("go", "");
  EXPECT_EQ(worker.Wait(), 0);
  EXPECT_EQ(fake().State(id), "completed");
  EXPECT_EQ(fake().State(next), "pending");
}

TEST_F(WorkerE2eTest, ACancelledTaskIsKilledAndNothingIsUploaded) {
  const TaskId id = Submit(absl::StrCat("touch ", temp_.path(), "/started; exec sleep 1000"));
  RunningWorker worker = Start();
  ASSERT_TRUE(AwaitFile("started"));
  ASSERT_THAT(fake().CancelTask(id), IsOk());
  const TaskId next = Submit("true");
  EXPECT_TRUE(AwaitResolved(next));
  EXPECT_EQ(fake().State(next), "completed");
  EXPECT_EQ(fake().Resolution(id, 0), "canceled");
  EXPECT_THAT(ArtifactNames(id), IsEmpty());
}

TEST_F(WorkerE2eTest, ATaskWhoseChainOfTrustIsRefusedDoesNotRun) {
  site_->WriteConfig("verify_chain_of_trust: true\ncot_product: firefox\ncot_job_type: signing\n");
  const TaskId id = Submit(absl::StrCat("touch ", temp_.path(), "/started"));
  RunningWorker worker = Start();
  ASSERT_TRUE(AwaitResolved(id)) << WorkerLog();
  EXPECT_EQ(fake().Resolution(id, 0), "malformed-payload") << WorkerLog();
  EXPECT_THAT(ArtifactNames(id),
              ElementsAre("public/logs/chain_of_trust.log", "public/logs/live_backing.log"));
  EXPECT_EQ(fake().GetArtifact(id, 0, "public/logs/live_backing.log")->storage_type, "link");
  EXPECT_THAT(fake().GetArtifact(id, 0, "public/logs/chain_of_trust.log")->content, Not(IsEmpty()));
  EXPECT_FALSE(std::filesystem::exists(temp_.Path("started")));
}

// What a program ignores is ignored by those that it starts.
TEST_F(WorkerE2eTest, AWorkerThatWasStartedWithSigchldIgnoredSeesItsScriptsEnd) {
  const TaskId id = Submit("exit 1");
  ::signal(SIGCHLD, SIG_IGN);
  RunningWorker worker = Start({"--once"});
  ::signal(SIGCHLD, SIG_DFL);
  EXPECT_EQ(worker.Wait(), 0) << WorkerLog();
  EXPECT_EQ(fake().Resolution(id, 0), "failed") << WorkerLog();
}

TEST_F(WorkerE2eTest, ASignalAtTheVeryStartIsNotLost) {
  for (const int signal : {SIGTERM, SIGINT, SIGUSR1}) {
    RunningWorker worker = Start();
    // The handlers are the first thing in main(); until then a signal ends the
    // process by itself, and no task can have been claimed.
    worker.Signal(signal);
    EXPECT_THAT(worker.Wait(), testing::AnyOf(0, -signal));
  }
}

TEST_F(WorkerE2eTest, WrongCredentialsAreSaidInWordsAndTheWorkerStays) {
  const WorkerSite site(*taskcluster_, temp_.path(), {.access_token = "wrong"});
  RunningWorker worker = site.Start();
  EXPECT_TRUE(site.AwaitLogged("WARNING - claimWork failed: ")) << WorkerLog();
  EXPECT_THAT(WorkerLog(), HasSubstr("Bad mac"));
  worker.Signal(SIGTERM);
  EXPECT_EQ(worker.Wait(), 0);
}

TEST_F(WorkerE2eTest, AnUnreachableQueueIsSaidAndTheWorkerStays) {
  const WorkerSite site(*taskcluster_, temp_.path(), {.root_url = "http://127.0.0.1:1"});
  RunningWorker worker = site.Start();
  EXPECT_TRUE(site.AwaitLogged("WARNING - claimWork failed: ")) << WorkerLog();
  worker.Signal(SIGTERM);
  EXPECT_EQ(worker.Wait(), 0);
}

TEST_F(WorkerE2eTest, AWrongConfigurationIsStatusOne) {
  temp_.Write("scriptworker.yaml", "no_such_key: 1\n");
  RunningWorker worker = Start();
  EXPECT_EQ(worker.Wait(), 1);
  EXPECT_THAT(Output(), HasSubstr("no_such_key"));
  EXPECT_THAT(Output(), testing::EndsWith("Exiting...\n"));
}

TEST_F(WorkerE2eTest, AMissingConfigurationIsStatusOneAndNamed) {
  RunningWorker worker({temp_.Path("missing.yaml")}, temp_.Path("output"));
  EXPECT_EQ(worker.Wait(), 1);
  EXPECT_THAT(Output(), HasSubstr("missing.yaml"));
}

TEST_F(WorkerE2eTest, JsonLogsNameTheRun) {
  site_->WriteConfig("log_format: json\n");
  const TaskId id = Submit("echo hello");
  RunningWorker worker = Start({"--once"});
  EXPECT_EQ(worker.Wait(), 0);
  int with_task = 0;
  for (const std::string_view line : absl::StrSplit(WorkerLog(), '\n', absl::SkipEmpty())) {
    const absl::StatusOr<json::Value> entry = json::Parse(line);
    ASSERT_THAT(entry, IsOk()) << line;
    const json::Value* const task_id = entry->Find("taskId");
    if (task_id == nullptr) continue;
    EXPECT_EQ(task_id->string_value(), id.str());
    ++with_task;
  }
  EXPECT_GT(with_task, 3);
}

TEST_F(WorkerE2eTest, TheServiceManagerHearsOfReadinessTasksAndTheEnd) {
  const worker::NotifySocket manager(sockets_.Path("notify"));
  const TaskId id = Submit(absl::StrCat("env > ", temp_.path(), "/artifacts/public/env.txt"));
  RunningWorker worker({temp_.Path("scriptworker.yaml")}, temp_.Path("output"),
                       {"NOTIFY_SOCKET=" + sockets_.Path("notify"), "WATCHDOG_USEC=60000000"});
  std::vector<std::string> heard;
  while (heard.empty() || heard.back() != "STATUS=waiting for tasks" || heard.size() < 6) {
    heard.push_back(manager.Receive());
    ASSERT_THAT(heard.back(), Not(IsEmpty()));
  }
  EXPECT_EQ(heard[0], "READY=1");
  EXPECT_THAT(heard, Contains("WATCHDOG=1"));
  EXPECT_THAT(heard, Contains(absl::StrCat("STATUS=task ", id.str(), " run 0: upload")));
  worker.Signal(SIGTERM);
  std::string last = manager.Receive();
  while (last == "WATCHDOG=1" || last == "STATUS=takes no more tasks") last = manager.Receive();
  EXPECT_EQ(last, "STOPPING=1");
  EXPECT_EQ(worker.Wait(), 0);
  EXPECT_THAT(fake().GetArtifact(id, 0, "public/env.txt")->content,
              Not(HasSubstr("NOTIFY_SOCKET")));
}

TEST_F(WorkerE2eTest, CredentialsMayComeFromWorkerManager) {
  std::string config = ReadFile(temp_.Path("scriptworker.yaml")).value();
  const size_t begin = config.find("credentials:\n");
  const size_t end = config.find("task_script:");
  ASSERT_LT(begin, end);
  config.replace(begin, end - begin,
                 absl::StrCat("worker_manager_provider: static\nworker_manager_secret_path: ",
                              temp_.Write("secret", std::string(44, 's')), "\n"));
  temp_.Write("scriptworker.yaml", config);
  {
    RunningWorker check = Start({"--check-config"});
    EXPECT_EQ(check.Wait(), 0) << Output();
  }
  EXPECT_EQ(fake().request_log().Count("registerWorker"), 0);
  const TaskId id = Submit("echo hello");
  RunningWorker worker = Start({"--once"});
  EXPECT_EQ(worker.Wait(), 0) << Output();
  EXPECT_EQ(fake().State(id), "completed");
  EXPECT_THAT(Output(), Not(HasSubstr(std::string(44, 's'))));
}

// What `scriptworker status ARGUMENTS` prints; its exit status goes to `status`.
std::string AskStatus(std::vector<std::string> arguments, const TempDir& temp, int& status,
                      std::vector<std::string> variables = {}) {
  arguments.insert(arguments.begin(), "status");
  std::filesystem::remove(temp.Path("status_output"));
  RunningWorker program(std::move(arguments), temp.Path("status_output"), std::move(variables));
  status = program.Wait().value_or(-1000);
  return ReadFile(temp.Path("status_output")).value_or("");
}

TEST_F(WorkerE2eTest, StatusAsksTheWorkerThatRuns) {
  site_->WriteConfig(absl::StrCat("status_socket: ", sockets_.Path("status"), "\n"));
  int status = 0;
  EXPECT_THAT(AskStatus({temp_.Path("scriptworker.yaml")}, temp_, status),
              HasSubstr("nobody listens"));
  EXPECT_EQ(status, 1);
  const TaskId id = Submit(absl::StrCat("touch ", temp_.path(), "/started; exec sleep 1000"));
  RunningWorker worker = Start();
  ASSERT_TRUE(AwaitFile("started"));
  EXPECT_THAT(AskStatus({temp_.Path("scriptworker.yaml")}, temp_, status),
              HasSubstr(absl::StrCat("task:      ", id.str(), " run 0")));
  EXPECT_EQ(status, 0);
  const std::string text =
      AskStatus({"--json", "--socket", sockets_.Path("status")}, temp_, status);
  const absl::StatusOr<json::Value> document = json::Parse(text);
  ASSERT_THAT(document, IsOk()) << text;
  EXPECT_EQ(document->Find("run")->Find("phase")->string_value(), "run");
  EXPECT_GT(document->Find("run")->Find("leaseLeftSeconds")->int_value(), 1000);
  EXPECT_THAT(text, Not(HasSubstr(token_)));
  // Neither the credentials nor any other key are asked for.
  const std::string socket_alone =
      temp_.Write("socket.yaml", absl::StrCat("status_socket: ", sockets_.Path("status"), "\n"));
  EXPECT_THAT(AskStatus({socket_alone}, temp_, status), HasSubstr(id.str()));
  EXPECT_EQ(status, 0);
  EXPECT_THAT(AskStatus({"--socket", "status"}, temp_, status,
                        {absl::StrCat("BUILD_WORKING_DIRECTORY=", sockets_.Path(""))}),
              HasSubstr(id.str()));
  EXPECT_EQ(status, 0);
  worker.Signal(SIGTERM);
  EXPECT_EQ(worker.Wait(), 0);
  EXPECT_FALSE(std::filesystem::exists(sockets_.Path("status")));
}

// One on which nobody listens; most likely nobody will until the worker does.
std::string FreeAddress() { return http::Listener::ListenOnTcp("127.0.0.1:0").value().address(); }

TEST_F(WorkerE2eTest, MetricsCountWhatTheWorkerDid) {
  const std::string address = FreeAddress();
  site_->WriteConfig(
      absl::StrCat("health_address: ", address, "\nstatus_socket: ", sockets_.Path("s"), "\n"));
  const TaskId id = Submit("echo hello");
  RunningWorker worker = Start();
  ASSERT_TRUE(AwaitResolved(id));
  int status = 0;
  std::string text;
  ASSERT_TRUE(AwaitTrue([&] {  // the worker learns of it a little later than the queue
    text = AskStatus({"--json", "--socket", sockets_.Path("s")}, temp_, status);
    return text.find(R"(tasks_total{resolution=\"completed\"}": 1)") != std::string::npos;
  })) << text;
  EXPECT_THAT(text, HasSubstr(R"(requests_total{host=\"127.0.0.1\"}": )"));
  EXPECT_THAT(WorkerLog(), HasSubstr(absl::StrCat("Health and metrics: http://", address)));
}

TEST_F(WorkerE2eTest, OnceRunsOneTaskAndEnds) {
  const TaskId id = Submit("exit 1");
  const TaskId other = Submit("true");
  RunningWorker worker = Start({"--once"});
  EXPECT_EQ(worker.Wait(), 0);
  EXPECT_EQ(fake().State(id), "failed");
  EXPECT_EQ(fake().State(other), "pending");
}

TEST_F(WorkerE2eTest, OnceWithoutATaskEndsWell) {
  RunningWorker worker = Start({"--once"});
  EXPECT_EQ(worker.Wait(), 0);
  EXPECT_EQ(fake().request_log().Count("claimWork"), 1);
}

TEST_F(WorkerE2eTest, CheckConfigSaysOneLineForEachCheckAndClaimsNothing) {
  const TaskId id = Submit("true");
  RunningWorker worker = Start({"--check-config"});
  EXPECT_EQ(worker.Wait(), 0) << Output();
  EXPECT_THAT(Output(), HasSubstr(absl::StrCat("ok       configuration: ", temp_.path())));
  EXPECT_THAT(Output(), HasSubstr("ok       clock: "));
  EXPECT_THAT(Output(), HasSubstr("ok       credentials: "));
  EXPECT_THAT(Output(), Not(HasSubstr(token_)));
  EXPECT_EQ(fake().State(id), "pending");
  EXPECT_EQ(fake().request_log().Count("claimWork"), 0);
  EXPECT_FALSE(std::filesystem::exists(temp_.Path("log")));
}

TEST_F(WorkerE2eTest, CheckConfigIsStatusOneIfACheckFails) {
  const WorkerSite site(*taskcluster_, temp_.path(), {.access_token = "a-wrong-token"});
  {
    RunningWorker worker = Start({"--check-config"});
    EXPECT_EQ(worker.Wait(), 1);
  }
  EXPECT_THAT(Output(), HasSubstr("failed   credentials: "));
  EXPECT_THAT(Output(), Not(HasSubstr("a-wrong-token")));
  temp_.Write("scriptworker.yaml", "no_such_key: 1\n");
  RunningWorker worker = Start({"--check-config"});
  EXPECT_EQ(worker.Wait(), 1);
  EXPECT_THAT(Output(), HasSubstr("no_such_key: unknown key"));
}

TEST_F(WorkerE2eTest, WithoutAUsableSigningKeyNoTaskIsClaimed) {
  std::filesystem::remove(temp_.Path("key"));
  const TaskId id = Submit("exit 0");
  {
    RunningWorker worker = Start();
    EXPECT_EQ(worker.Wait(), 1);
  }
  EXPECT_THAT(Output(), HasSubstr("the signing key cannot be used"));
  EXPECT_THAT(WorkerLog(), HasSubstr(temp_.Path("key")));
  EXPECT_EQ(fake().State(id), "pending");
  site_->WriteConfig("sign_chain_of_trust: false\n");
  RunningWorker worker = Start();
  ASSERT_TRUE(AwaitResolved(id));
  EXPECT_EQ(fake().Resolution(id, 0), "completed");
}

TEST_F(WorkerE2eTest, WithoutItsSignerTheWorkerEndsAndSaysWhy) {
  // The script finds the process that the worker started beside it.
  const TaskId id = Submit(
      "for p in /proc/[0-9]*; do read -r i n s f r < $p/stat; "
      "[ $n = '(sw-signer)' ] && [ $f = $PPID ] && kill -KILL $i; done; exit 0");
  RunningWorker worker = Start();
  ASSERT_TRUE(AwaitResolved(id));
  EXPECT_EQ(fake().Resolution(id, 0), "internal-error") << WorkerLog();
  EXPECT_EQ(worker.Wait(), 1);
  EXPECT_THAT(WorkerLog(), HasSubstr("CRITICAL - the signer process has ended (by signal 9"));
}

struct UsageCase {
  std::string_view name;
  std::vector<std::string> arguments;
  int status;
  std::string_view output;
};

class UsageTest : public testing::TestWithParam<UsageCase> {};

TEST_P(UsageTest, AnswersAtOnce) {
  const TempDir temp;
  RunningWorker worker(GetParam().arguments, temp.Path("output"));
  EXPECT_EQ(worker.Wait(), GetParam().status);
  EXPECT_THAT(ReadFile(temp.Path("output")).value(), HasSubstr(GetParam().output));
}

INSTANTIATE_TEST_SUITE_P(
    Arguments, UsageTest,
    testing::Values(UsageCase{"help", {"--help"}, 0, "Run scriptworker: "},
                    UsageCase{"help_lists_statuses", {"-h"}, 0, "Exit status:\n"},
                    UsageCase{"version", {"--version"}, 0, "scriptworker "},
                    UsageCase{"two_files", {"a", "b"}, 2, "b"},
                    UsageCase{"unknown_option", {"--frobnicate"}, 2, "--frobnicate"}),
    [](const auto& info) { return std::string(info.param.name); });

}  // namespace
}  // namespace scriptworker
