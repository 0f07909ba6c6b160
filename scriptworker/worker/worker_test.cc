// SPDX-License-Identifier: MPL-2.0
//
// That the parts fit together; what they do is tested with each of them, and
// with the whole program in //scriptworker:worker_e2e_test.

#include "scriptworker/worker/worker.h"

#include <sys/syscall.h>

#include <cerrno>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/status_matchers.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "scriptworker/base/environment.h"
#include "scriptworker/base/file.h"
#include "scriptworker/base/testing/memory_logger.h"
#include "scriptworker/base/testing/refused_calls.h"
#include "scriptworker/base/testing/simulated_clock.h"
#include "scriptworker/base/testing/temp_dir.h"
#include "scriptworker/taskcluster/task_id.h"
#include "scriptworker/taskcluster/temporary_credentials.h"
#include "scriptworker/taskcluster/testing/fake_taskcluster.h"
#include "scriptworker/taskcluster/testing/fault_plan.h"
#include "scriptworker/taskcluster/testing/task_builder.h"

namespace scriptworker::worker {
namespace {

using ::absl_testing::IsOk;
using ::absl_testing::IsOkAndHolds;
using ::absl_testing::StatusIs;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::Not;

class WorkerTest : public testing::Test {
 protected:
  WorkerTest() {
    config_.queue = {.root_url = fake_.root_url(),
                     .provisioner_id = "test-provisioner",
                     .worker_type = "test-worker",
                     .worker_group = "group",
                     .worker_id = "id"};
    config_.directories = {.work_dir = temp_.Path("work"),
                           .artifact_dir = temp_.Path("artifacts"),
                           .task_log_dir = temp_.Path("artifacts/public/logs"),
                           .log_dir = temp_.Path("log")};
    config_.script.argv = {"true"};
    config_.logging.format = "%(levelname)s %(message)s";
    config_.logging.verbose = false;
  }
  absl::Status Run() {
    return RunWorker(config_, fake_.worker_credentials(),
                     {fake_, clock_, logger_, redactor_, shutdown_, Environment(), "here"});
  }
  void SetUpScript(std::vector<std::string> argv) {
    config_.script.argv = std::move(argv);
    config_.timeouts.task_max_timeout = absl::Hours(1);
    config_.timeouts.reclaim_interval = absl::Minutes(5);
    config_.timeouts.artifact_upload_timeout = absl::Minutes(1);
    environment_.Set("PATH", "/usr/local/bin:/usr/bin:/bin");
    environment_.Set("HARMLESS", "passed-on");
  }
  // One poll with the credentials that worker-manager gives out.
  absl::Status RunManagedOnce(taskcluster::FakeTaskcluster& managed, Shutdown& shutdown) {
    return RunWorker(config_, {},
                     {.transport = managed,
                      .clock = clock_,
                      .logger = logger_,
                      .redactor = redactor_,
                      .shutdown = shutdown,
                      .environment = environment_,
                      .once = true});
  }

  const TempDir temp_;
  SimulatedClock clock_{absl::FromUnixSeconds(1'800'000'000)};
  taskcluster::FakeTaskcluster fake_{clock_};
  MemoryLogger logger_;
  SecretRedactor redactor_;
  Shutdown shutdown_{logger_, clock_};
  Config config_;
  Environment environment_;
};

// A pool with one worker, whose worker-manager has something against it or not.
taskcluster::FakeTaskclusterOptions OneWorker(std::string reason_to_terminate) {
  taskcluster::FakeTaskclusterOptions options;
  options.static_workers = {{.worker_pool_id = "test-provisioner/test-worker",
                             .worker_group = "group",
                             .worker_id = "id",
                             .static_secret = std::string(44, 's'),
                             .reason_to_terminate = std::move(reason_to_terminate)}};
  return options;
}

TEST_F(WorkerTest, EndsInOrderWhenItIsToldSo) {
  shutdown_.Drain("SIGUSR1");
  EXPECT_THAT(Run(), IsOk());
}

TEST_F(WorkerTest, SaysWhyItCannotBegin) {
  config_.queue.root_url = "no url";
  EXPECT_THAT(Run(), StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("no url")));
  config_.queue.root_url = fake_.root_url();
  temp_.Write("plain", "a file");
  config_.directories.work_dir = temp_.Path("plain/work");
  EXPECT_THAT(Run().message(), HasSubstr("plain"));
}

TEST_F(WorkerTest, DoesNotBeginWithASchemaThatIsNone) {
  shutdown_.Drain("SIGUSR1");
  config_.signing.schema_path = temp_.Write("schema.json", R"({"type": 5, )");
  EXPECT_THAT(Run(), StatusIs(testing::_, AllOf(HasSubstr("cot_schema_path: "),
                                                HasSubstr(temp_.Path("schema.json")))));
}

TEST_F(WorkerTest, DoesWithoutAJournalWhereNobodyAskedForIt) {
  config_.directories.state_dir = temp_.Write("state", "a file in its place");
  config_.directories.state_dir_is_default = true;
  EXPECT_THAT(OpenWorkerJournal(config_.directories, clock_, logger_),
              IsOkAndHolds(testing::IsNull()));
  EXPECT_THAT(logger_.lines(), testing::Contains(testing::AllOf(
                                   testing::StartsWith("WARNING No run journal is kept"),
                                   HasSubstr(config_.directories.state_dir))));
  config_.directories.state_dir_is_default = false;
  EXPECT_THAT(OpenWorkerJournal(config_.directories, clock_, logger_),
              StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr(temp_.Path("state"))));
}

// E.g. a script has given it another name.
TEST_F(WorkerTest, DoesNotPassOverAJournalThatMayHoldARun) {
  config_.directories.state_dir = temp_.Path("state");
  config_.directories.state_dir_is_default = true;
  ASSERT_THAT(OpenWorkerJournal(config_.directories, clock_, logger_), IsOk());
  const std::string file = temp_.Path("state/run.journal");
  std::filesystem::create_hard_link(file, temp_.Path("other-name"));
  EXPECT_THAT(OpenWorkerJournal(config_.directories, clock_, logger_),
              StatusIs(absl::StatusCode::kFailedPrecondition,
                       testing::AllOf(HasSubstr(file), HasSubstr("may hold the last worker's run"),
                                      HasSubstr("remove it"))));
  EXPECT_THAT(logger_.lines(),
              Contains(testing::AllOf(testing::StartsWith("CRITICAL "), HasSubstr(file))));
}

TEST_F(WorkerTest, DoesWithoutAJournalAtEachStartThatFindsNoSpaceForANewOne) {
  config_.directories.state_dir = temp_.Path("state");
  config_.directories.state_dir_is_default = true;
  const bool refused = RunWithRefusedCalls({SYS_fallocate}, ENOSPC, [&] {
    for (int start = 0; start < 2; ++start) {
      EXPECT_THAT(OpenWorkerJournal(config_.directories, clock_, logger_),
                  IsOkAndHolds(testing::IsNull()));
    }
  });
  if (!refused) GTEST_SKIP() << "SKIPPED: this kernel has no filters of system calls";
}

TEST_F(WorkerTest, SaysAtOnceThatThereIsNoProgramForTheScript) {
  shutdown_.Drain("SIGUSR1");
  config_.script.argv = {"no-such-program"};
  EXPECT_THAT(Run(), IsOk());
  EXPECT_THAT(logger_.lines(),
              Contains(HasSubstr("CRITICAL Every task will end as internal-error: task_script: "
                                 "no-such-program: not found in PATH (")));
}

TEST_F(WorkerTest, ItsOwnSecretsAreKnownToTheLogsWhileItRuns) {
  shutdown_.Drain("SIGUSR1");
  EXPECT_THAT(Run(), IsOk());
  EXPECT_EQ(redactor_.longest(), 0u);  // and forgotten afterwards
}

TEST_F(WorkerTest, NoScriptAndNoLogGetsTheConfiguredCertificate) {
  const absl::Time now = clock_.Now();
  const std::string seed(44, 'S');
  const auto configured = taskcluster::CreateTemporaryCredentialsWithSeed(
      fake_.worker_credentials(),
      {.scopes = {"queue:claim-work:test-provisioner/test-worker", "queue:worker-id:group/id"},
       .start = now,
       .expiry = now + absl::Hours(1)},
      seed);
  ASSERT_THAT(configured, IsOk());
  const std::string certificate(configured->certificate.value().text());
  const absl::StatusOr<taskcluster::TaskId> id = fake_.CreateTask(
      taskcluster::TaskBuilder(now).Queue("test-provisioner", "test-worker").Build());
  ASSERT_THAT(id, IsOk());
  SetUpScript({"bash", "-c", "env; cat " + temp_.Write("config", certificate)});
  environment_.Set("ANOTHER_NAME", certificate);
  environment_.Set("NOTIFY_SOCKET", "/run/systemd/notify");
  EXPECT_THAT(RunWorker(config_, *configured,
                        {.transport = fake_,
                         .clock = clock_,
                         .logger = logger_,
                         .redactor = redactor_,
                         .shutdown = shutdown_,
                         .environment = environment_,
                         .once = true}),
              IsOk());
  const auto log = fake_.GetArtifact(*id, 0, "public/logs/live_backing.log");
  ASSERT_THAT(log, IsOk());
  EXPECT_THAT(log->content, HasSubstr("HARMLESS"));
  EXPECT_THAT(log->content, HasSubstr(R"("seed":"[redacted]")"));
  EXPECT_THAT(log->content, HasSubstr(R"("signature":"[redacted]")"));
  EXPECT_THAT(log->content, Not(HasSubstr("ANOTHER_NAME")));
  EXPECT_THAT(log->content, Not(HasSubstr("NOTIFY_SOCKET")));
  EXPECT_THAT(logger_.lines(), Contains("INFO Variables of the environment that scripts do not "
                                        "get: ANOTHER_NAME, NOTIFY_SOCKET"));
  EXPECT_THAT(logger_.lines(), Not(Contains(HasSubstr(seed))));
}

TEST_F(WorkerTest, WorksByTheCredentialsThatWorkerManagerGivesOut) {
  taskcluster::FakeTaskcluster managed(clock_, OneWorker(""));
  config_.worker_management = {.provider = "static",
                               .secret_path = temp_.Write("secret", std::string(44, 's'))};
  managed.Shutdown();  // long polls end at once
  EXPECT_THAT(RunManagedOnce(managed, shutdown_), IsOk());
  EXPECT_EQ(managed.request_log().Count("registerWorker"), 1);
  EXPECT_EQ(managed.request_log().Count("claimWork"), 1);
  temp_.Write("secret", std::string(44, 'w'));
  EXPECT_THAT(RunManagedOnce(managed, shutdown_),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("bad staticSecret")));
}

TEST_F(WorkerTest, TheSecretForWorkerManagerIsInNoScriptsEnvironment) {
  const std::string secret(44, 's');
  taskcluster::FakeTaskcluster managed(clock_, OneWorker(""));
  ASSERT_THAT(
      managed.CreateTask(
          taskcluster::TaskBuilder(clock_.Now()).Queue("test-provisioner", "test-worker").Build()),
      IsOk());
  config_.worker_management = {.provider = "static", .secret_path = temp_.Write("secret", secret)};
  SetUpScript({"bash", "-c", "env > " + temp_.Path("environment")});
  environment_.Set("WORKER_SECRET", secret);
  EXPECT_THAT(RunManagedOnce(managed, shutdown_), IsOk());
  EXPECT_THAT(ReadFile(temp_.Path("environment")),
              IsOkAndHolds(testing::AllOf(HasSubstr("HARMLESS"), Not(HasSubstr(secret)))));
}

TEST_F(WorkerTest, EndsInOrderWhenItIsToldSoWhileItRegisters) {
  struct Case {
    void (*tell)(Shutdown&);
    absl::StatusCode code;
  };
  for (const Case& c : {Case{[](Shutdown& s) { s.Drain("SIGUSR1"); }, absl::StatusCode::kOk},
                        Case{[](Shutdown& s) { s.Stop("SIGTERM"); }, absl::StatusCode::kOk},
                        Case{[](Shutdown& s) { s.Stop("SIGTERM"), s.Stop("SIGTERM"); },
                             absl::StatusCode::kCancelled}}) {
    Shutdown shutdown(logger_, clock_);
    taskcluster::FakeTaskclusterOptions options = OneWorker("");
    options.on_request = [&](std::string_view endpoint, bool worked) {
      if (endpoint == "registerWorker" && !worked) c.tell(shutdown);
    };
    taskcluster::FakeTaskcluster managed(clock_, options);
    managed.faults().Add("registerWorker", taskcluster::Fault::Status(500), 1, 1000);
    config_.worker_management = {.provider = "static",
                                 .secret_path = temp_.Write("secret", std::string(44, 's'))};
    EXPECT_EQ(RunManagedOnce(managed, shutdown).code(), c.code);
    EXPECT_EQ(managed.request_log().Count("claimWork"), 0);
  }
}

TEST_F(WorkerTest, EndsInOrderWhenWorkerManagerDoesNotWantItAnyMore) {
  taskcluster::FakeTaskcluster managed(clock_, OneWorker("over capacity"));
  managed.Shutdown();  // long polls end at once
  config_.timeouts.poll_interval = absl::Hours(1);
  config_.worker_management = {.provider = "static",
                               .secret_path = temp_.Write("secret", std::string(44, 's'))};
  EXPECT_THAT(RunWorker(config_, {},
                        {managed, clock_, logger_, redactor_, shutdown_, Environment(), "here"}),
              IsOk());
  EXPECT_THAT(logger_.lines(),
              Contains(HasSubstr("request to terminate (over capacity) received")));
  EXPECT_EQ(managed.request_log().Count("removeWorker"), 0) << "it may be started again";
}

TEST_F(WorkerTest, IsRemovedFromWorkerManagerIfItWasToldToEnd) {
  struct Case {
    void (*tell)(Shutdown&);
    bool removed;
  };
  for (const Case& c :
       {Case{[](Shutdown& s) { s.Drain("SIGUSR1"); }, true},
        Case{[](Shutdown& s) { s.Stop("SIGTERM"); }, true}, Case{[](Shutdown&) {}, false}}) {
    Shutdown shutdown(logger_, clock_);
    taskcluster::FakeTaskclusterOptions options = OneWorker("");
    options.on_request = [&](std::string_view endpoint, bool worked) {
      if (endpoint == "claimWork" && !worked) c.tell(shutdown);
    };
    taskcluster::FakeTaskcluster managed(clock_, options);
    managed.Shutdown();
    config_.worker_management = {.provider = "static",
                                 .secret_path = temp_.Write("secret", std::string(44, 's')),
                                 .remove_on_shutdown = true};
    EXPECT_THAT(RunManagedOnce(managed, shutdown), IsOk());
    EXPECT_EQ(managed.request_log().Count("removeWorker"), c.removed ? 1 : 0);
  }
}

// Whoever supervises it starts it again.
TEST_F(WorkerTest, IsNotRemovedFromWorkerManagerIfItHasFailedAsWell) {
  taskcluster::FakeTaskclusterOptions options = OneWorker("");
  options.on_request = [&](std::string_view endpoint, bool worked) {
    if (endpoint == "claimWork" && !worked) shutdown_.Drain("SIGUSR1");
  };
  taskcluster::FakeTaskcluster managed(clock_, options);
  managed.faults().Add("claimWork", taskcluster::Fault::Status(403));
  config_.worker_management = {.provider = "static",
                               .secret_path = temp_.Write("secret", std::string(44, 's')),
                               .remove_on_shutdown = true};
  EXPECT_THAT(RunManagedOnce(managed, shutdown_), StatusIs(absl::StatusCode::kPermissionDenied));
  EXPECT_EQ(managed.request_log().Count("removeWorker"), 0);
}

TEST_F(WorkerTest, OpensTheLogThatIsConfigured) {
  const absl::StatusOr<std::unique_ptr<WorkerLog>> log =
      OpenWorkerLog(config_.logging, temp_.Path("log"), absl::UTCTimeZone(), clock_, redactor_);
  ASSERT_THAT(log, IsOk());
  (*log)->Info("hello");
  EXPECT_THAT(ReadFile(temp_.Path("log/worker.log")), IsOkAndHolds("INFO hello\n"));
}

TEST_F(WorkerTest, OpensAJsonLogIfThatIsConfigured) {
  config_.logging.json = true;
  const absl::StatusOr<std::unique_ptr<WorkerLog>> log =
      OpenWorkerLog(config_.logging, temp_.Path("log"), absl::UTCTimeZone(), clock_, redactor_);
  ASSERT_THAT(log, IsOk());
  (*log)->Info("hello");
  EXPECT_THAT(ReadFile(temp_.Path("log/worker.log")),
              IsOkAndHolds(HasSubstr(R"("level":"INFO",)")));
}

TEST_F(WorkerTest, AnImpossibleLogFormatIsRefused) {
  config_.logging.format = "%(nonsense)s";
  EXPECT_THAT(
      OpenWorkerLog(config_.logging, temp_.Path("log"), absl::UTCTimeZone(), clock_, redactor_)
          .status(),
      StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("nonsense")));
}

}  // namespace
}  // namespace scriptworker::worker
