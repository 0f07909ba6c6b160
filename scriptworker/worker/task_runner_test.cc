// SPDX-License-Identifier: MPL-2.0
//
// One task at a time over a fake Taskcluster; the scripts are real.

#include "scriptworker/worker/task_runner.h"

#include <sys/stat.h>
#include <sys/syscall.h>

#include <cerrno>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/status_matchers.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "cot/signer.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "scriptworker/base/cancellation.h"
#include "scriptworker/base/file.h"
#include "scriptworker/base/testing/await.h"
#include "scriptworker/base/testing/refused_calls.h"
#include "scriptworker/json/json.h"
#include "scriptworker/json/value.h"
#include "scriptworker/taskcluster/task_claim.h"
#include "scriptworker/taskcluster/task_id.h"
#include "scriptworker/taskcluster/testing/fault_plan.h"
#include "scriptworker/worker/chain_verifier.h"
#include "scriptworker/worker/testing/time_driver.h"
#include "scriptworker/worker/testing/worker_harness.h"

namespace scriptworker::worker {
namespace {

using ::absl_testing::IsOk;
using ::scriptworker::taskcluster::Fault;
using ::scriptworker::taskcluster::TaskId;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::IsSupersetOf;
using ::testing::Not;
using ::testing::StartsWith;
using Resolution = RunOutcome::Resolution;

constexpr absl::Duration kHorizon = absl::Seconds(150);

TEST(TaskRunnerTest, ATrivialTaskTakesEightRequests) {
  WorkerHarness h("echo hello");
  const TaskId id = h.Submit();
  const RunOutcome outcome = h.RunPending();
  EXPECT_EQ(outcome.status, kSuccess);
  EXPECT_EQ(outcome.resolution, Resolution::kReported);
  EXPECT_THAT(h.Runs(id), ElementsAre("completed"));
  EXPECT_THAT(h.ArtifactNames(id),
              ElementsAre("public/chain-of-trust.json", "public/chain-of-trust.json.sig",
                          "public/logs/live_backing.log"));
  EXPECT_EQ(h.Artifact(id, "public/logs/live_backing.log"), "hello\nexit code: 0\n");
  EXPECT_EQ(h.fake.request_log().total(), 8);
}

// Signs, or did so once.
class MortalSigner final : public cot::Signer {
 public:
  absl::StatusOr<std::string> Sign(std::string_view) override { return Check(); }
  absl::Status Check() override { return absl::InternalError("the signer has ended"); }
};

TEST(TaskRunnerTest, WithADeadSignerNoScriptIsStartedAndTheRunIsGivenBack) {
  WorkerHarness h("touch $DIR/started");
  MortalSigner signer;
  h.options().chain_of_trust.signer = &signer;
  const TaskId id = h.Submit();
  h.RunPending();
  EXPECT_THAT(h.Runs(id), ElementsAre("exception worker-shutdown", "pending"));
  EXPECT_FALSE(std::filesystem::exists(h.temp.Path("started")));
  EXPECT_THAT(h.Artifact(id, "public/logs/live_backing.log"), HasSubstr("the signer has ended"));
}

// Is not waited for any longer once the worker has to hurry.
class AbandonedSigner final : public cot::Signer {
 public:
  explicit AbandonedSigner(CancellationSource& hurry) : hurry_(hurry) {}
  absl::StatusOr<std::string> Sign(std::string_view) override {
    hurry_.Cancel(absl::CancelledError("the time to shut down is nearly over"));
    return absl::InternalError("the signer has ended");
  }
  absl::Status Check() override { return absl::OkStatus(); }

 private:
  CancellationSource& hurry_;
};

TEST(TaskRunnerTest, ASignerThatIsNotWaitedForInAHurryMakesNoInternalError) {
  WorkerHarness h("true");
  CancellationSource hurry;
  AbandonedSigner signer(hurry);
  h.options().chain_of_trust.signer = &signer;
  const TaskId id = h.Submit();
  h.runner().Run(h.Claim(), h.clock.Monotonic(),
                 {.stop = h.shutdown.stop(), .hurry = hurry.token(), .at_once = {}});
  EXPECT_THAT(h.Runs(id), ElementsAre("exception worker-shutdown", "pending"));
}

TEST(TaskRunnerTest, TheFoldersAreEmptyAfterwards) {
  WorkerHarness h(
      "echo x > $WORK/file; mkdir -p $ARTIFACTS/public/a; echo y > $ARTIFACTS/public/a/b");
  h.Submit();
  EXPECT_THAT(h.RunPending().cleaned, IsOk());
  EXPECT_TRUE(std::filesystem::is_empty(h.dirs.work_dir()));
  EXPECT_TRUE(std::filesystem::is_empty(h.dirs.task_log_dir()));
  EXPECT_FALSE(std::filesystem::exists(h.dirs.artifact_dir() + "/public/a"));
}

TEST(TaskRunnerTest, TheScriptFindsWhatItNeeds) {
  WorkerHarness h(
      "echo $TASK_ID $RUN_ID $TASKCLUSTER_ROOT_URL $TASKCLUSTER_CREDENTIALS_FD; "
      "cat $WORK/current_task_info.json; cp $WORK/task.json $ARTIFACTS/public/; "
      "cat <&$TASKCLUSTER_CREDENTIALS_FD > $ARTIFACTS/public/credentials");
  const TaskId id = h.Submit();
  h.RunPending();
  EXPECT_EQ(h.Artifact(id, "public/logs/live_backing.log"),
            absl::StrCat(id, " 0 http://127.0.0.1:8180 3\n{\n  \"runId\": 0,\n  \"taskId\": \"", id,
                         "\"\n}exit code: 0\n"));
  const absl::StatusOr<json::Value> task = json::Parse(h.Artifact(id, "public/task.json"));
  ASSERT_THAT(task, IsOk());
  EXPECT_EQ(json::Format(*task->Find("payload")), "{\n  \"maxRunTime\": 400000\n}");
  const absl::StatusOr<json::Value> credentials = json::Parse(h.Artifact(id, "public/credentials"));
  ASSERT_THAT(credentials, IsOk());
  EXPECT_NE(credentials->Find("certificate"), nullptr);
}

TEST(TaskRunnerTest, TheChainOfTrustHasTheDigestsOfWhatWasUploaded) {
  WorkerHarness h("echo foo > $ARTIFACTS/public/foo");
  const TaskId id = h.Submit();
  h.RunPending();
  const absl::StatusOr<json::Value> body =
      json::Parse(h.Artifact(id, "public/chain-of-trust.json"));
  ASSERT_THAT(body, IsOk());
  EXPECT_EQ(body->Find("taskId")->string_value(), id.str());
  EXPECT_EQ(body->Find("workerId")->string_value(), "test-id");
  EXPECT_EQ(body->Find("artifacts")->Find("public/foo")->Find("sha256")->string_value(),
            "b5bb9d8014a0f9b1d61e21e796d78dccdf1352f23cd32812f4850b878ae4944c");
  EXPECT_EQ(h.Artifact(id, "public/foo"), "foo\n");
  EXPECT_EQ(h.Artifact(id, "public/chain-of-trust.json.sig").size(), 64u);
}

struct ExitCase {
  std::string_view name, script, resolution;
  bool chain_of_trust = true;
};

class ExitTest : public testing::TestWithParam<ExitCase> {};

TEST_P(ExitTest, ResolvesTheRun) {
  WorkerHarness h{std::string(GetParam().script)};
  const TaskId id = h.Submit();
  h.RunPending();
  EXPECT_EQ(h.Runs(id).front(), GetParam().resolution);
  EXPECT_EQ(h.Resolutions(), 1);
  EXPECT_THAT(h.Artifact(id, "public/logs/live_backing.log"), Not(IsEmpty()));
  EXPECT_EQ(!h.Artifact(id, "public/chain-of-trust.json").empty(), GetParam().chain_of_trust);
}

INSTANTIATE_TEST_SUITE_P(
    Scripts, ExitTest,
    testing::Values(ExitCase{"status_0", "exit 0", "completed"},
                    ExitCase{"status_1", "exit 1", "failed"},
                    ExitCase{"status_2", "exit 2", "exception worker-shutdown"},
                    ExitCase{"status_3", "exit 3", "exception malformed-payload"},
                    ExitCase{"status_4", "exit 4", "exception resource-unavailable"},
                    ExitCase{"status_5", "exit 5", "exception internal-error"},
                    ExitCase{"status_6", "exit 6", "exception internal-error"},
                    ExitCase{"status_7", "exit 7", "exception intermittent-task"},
                    ExitCase{"status_19", "exit 19", "failed"},
                    ExitCase{"status_241", "exit 241", "exception intermittent-task"},
                    ExitCase{"status_245", "exit 245", "exception intermittent-task"},
                    ExitCase{"killed_itself", "kill -KILL $$", "failed"},
                    ExitCase{"killed_its_group", "kill -KILL 0", "failed"}),
    [](const auto& info) { return std::string(info.param.name); });

TEST(TaskRunnerTest, ATimeLimitFailsTheRunWithoutAChainOfTrust) {
  WorkerHarness h("sleep 1000");
  h.options().task_max_timeout = absl::ZeroDuration();
  const TaskId id = h.Submit();
  h.RunPending();
  EXPECT_THAT(h.Runs(id), ElementsAre("failed"));
  EXPECT_THAT(h.ArtifactNames(id), ElementsAre("public/logs/live_backing.log"));
  EXPECT_THAT(h.logger.lines(), IsSupersetOf({"WARNING Exceeded max run time of 0 seconds",
                                              "ERROR Hit ScriptWorkerException: Exceeded max run "
                                              "time of 0 seconds"}));
}

TEST(TaskRunnerTest, TheStatusOfATimeLimitIsConfigurable) {
  WorkerHarness h("sleep 1000");
  h.options().task_max_timeout_status = kIntermittentTask;
  json::Object payload;
  payload.Set("maxRunTime", json::Value(0));
  const TaskId id = h.Submit(json::Value(payload));
  h.RunPending();
  EXPECT_EQ(h.Runs(id).front(), "exception intermittent-task");
}

TEST(TaskRunnerTest, AMalformedTaskIsReportedAndExplained) {
  WorkerHarness h("touch $DIR/started");
  const TaskId id = h.Submit(json::Parse(R"({"maxRunTime": "long"})").value());
  EXPECT_EQ(h.RunPending().status, kMalformedPayload);
  EXPECT_THAT(h.Runs(id), ElementsAre("exception malformed-payload"));
  EXPECT_THAT(h.Artifact(id, "public/logs/live_backing.log"),
              HasSubstr("$.payload.maxRunTime: expected an integer"));
  EXPECT_FALSE(std::filesystem::exists(h.temp.Path("started")));
}

TEST(TaskRunnerTest, AnExpiresThatCannotBeReadIsNamedWhereNothingIsUploaded) {
  WorkerHarness h("true");
  const TaskId id = h.Submit();
  taskcluster::ClaimedTask task = h.Claim();
  task.definition.mutable_object()->Set("expires", json::Value("tomorrow"));
  EXPECT_EQ(h.runner().Run(task, h.clock.Monotonic(), {}).status, kMalformedPayload);
  EXPECT_THAT(h.ArtifactNames(id), IsEmpty());
  EXPECT_THAT(h.logger.lines(),
              Contains(testing::StartsWith("ERROR Nothing is uploaded: task: $.expires: ")));
}

TEST(TaskRunnerTest, AScriptThatDoesNotExistIsAnInternalErrorThatTheLogExplains) {
  WorkerHarness h("");
  h.options().task_script = {"/no/such/script"};
  const TaskId id = h.Submit();
  EXPECT_EQ(h.RunPending().status, kInternalError);
  EXPECT_THAT(h.Runs(id), ElementsAre("exception internal-error"));
  EXPECT_THAT(h.Artifact(id, "public/logs/live_backing.log"), HasSubstr("/no/such/script"));
  EXPECT_THAT(h.logger.lines(),
              Contains(StartsWith("ERROR SCRIPTWORKER_UNEXPECTED_EXCEPTION task ")));
}

TEST(TaskRunnerTest, AnUnusableSigningKeyFailsTheRunAndTheBodyIsUploaded) {
  WorkerHarness h("true");
  h.temp.Write("private_key", "no key");
  const TaskId id = h.Submit();
  EXPECT_EQ(h.RunPending().status, kMalformedPayload);
  EXPECT_THAT(h.ArtifactNames(id),
              ElementsAre("public/chain-of-trust.json", "public/logs/live_backing.log"));
}

TEST(TaskRunnerTest, AWorkDirThatCannotBeWrittenIsAnInternalErrorAndNoScriptStarts) {
  WorkerHarness h("touch $DIR/started");
  const TaskId id = h.Submit();
  std::filesystem::remove(h.dirs.work_dir());
  h.temp.Write("work", "a file where the folder belongs");
  EXPECT_EQ(h.RunPending().status, kInternalError);
  EXPECT_THAT(h.Runs(id), ElementsAre("exception internal-error"));
  EXPECT_FALSE(std::filesystem::exists(h.temp.Path("started")));
}

TEST(TaskRunnerTest, LinksAndPipesAreNotPublished) {
  WorkerHarness h(
      "cd $ARTIFACTS/public; ln -s $DIR/private_key key; ln -s /etc dir; mkfifo fifo; echo x > "
      "file");
  const TaskId id = h.Submit();
  EXPECT_EQ(h.RunPending().status, kSuccess);
  EXPECT_THAT(h.ArtifactNames(id),
              ElementsAre("public/chain-of-trust.json", "public/chain-of-trust.json.sig",
                          "public/file", "public/logs/live_backing.log"));
  EXPECT_THAT(h.logger.lines(),
              Contains("WARNING Not uploaded: \"public/key\" is no regular file but a symbolic "
                       "link"));
}

TEST(TaskRunnerTest, ANameThatNoArtifactCanHaveFailsTheRunButTheRestIsUploaded) {
  WorkerHarness h("echo x > $ARTIFACTS/public/caf\xc3\xa9; echo y > $ARTIFACTS/public/ok");
  const TaskId id = h.Submit();
  EXPECT_EQ(h.RunPending().status, kInternalError);
  EXPECT_EQ(h.Artifact(id, "public/ok"), "y\n");
  EXPECT_THAT(h.logger.lines(),
              Contains(StartsWith("ERROR SCRIPTWORKER_UNEXPECTED_EXCEPTION upload ")));
  EXPECT_THAT(h.Runs(id), ElementsAre("exception internal-error"));
}

TEST(TaskRunnerTest, TheScriptsProcessesAreGoneBeforeAnythingIsHashed) {
  WorkerHarness h(
      "(setsid bash -c 'while true; do date +%N >> $ARTIFACTS/public/growing; done' &); "
      "while ! [ -s $ARTIFACTS/public/growing ]; do sleep 0.01; done");
  const TaskId id = h.Submit();
  EXPECT_EQ(h.RunPending().status, kSuccess);
  EXPECT_THAT(h.Artifact(id, "public/growing"), Not(IsEmpty()));
}

TEST(TaskRunnerTest, TheScriptReadsRenewedCredentials) {
  WorkerHarness h(
      "head -c 5000 <&3 > $DIR/first; while ! [ -e $DIR/task-reclaimed.0 ]; do sleep 0.01; done; "
      "sleep 0.2; cat /proc/self/fd/3 > $ARTIFACTS/public/second; "
      "cmp -s $DIR/first $ARTIFACTS/public/second && exit 9 || exit 0");
  h.options().task_max_timeout = absl::Hours(100);
  const TaskId id = h.Submit();
  const TimeDriver driver(h.clock, kHorizon);
  EXPECT_EQ(h.RunPending().status, kSuccess);
  EXPECT_THAT(json::Parse(h.Artifact(id, "public/second")), IsOk());
}

TEST(TaskRunnerTest, UploadsAndReportGoOutWithTheLatestCredentials) {
  WorkerHarness h("echo x > $ARTIFACTS/public/file; while ! [ -e $DIR/go ]; do sleep 0.01; done");
  h.options().task_max_timeout = absl::Hours(100);
  // The queue takes a claim's credentials for some minutes after its end.
  h.fake.SetClaim(absl::Minutes(1));
  const TaskId id = h.Submit();
  const absl::Time start = h.clock.Now();
  std::thread later([&] {
    EXPECT_TRUE(AwaitTrue([&] { return h.clock.Now() > start + absl::Minutes(10); }));
    h.temp.Write("go", "");
  });
  {
    const TimeDriver driver(h.clock, kHorizon);
    EXPECT_EQ(h.RunPending().status, kSuccess);
    later.join();
  }
  EXPECT_EQ(h.Runs(id).front(), "completed");
  EXPECT_EQ(h.Artifact(id, "public/file"), "x\n");
}

TEST(TaskRunnerTest, ACancelledTaskIsKilledAndNothingOfItIsUploadedOrReported) {
  WorkerHarness h("echo x > $ARTIFACTS/public/file; touch $DIR/started; exec sleep 1000");
  const TaskId id = h.Submit();
  std::optional<RunOutcome> outcome;
  std::thread worker([&] { outcome = h.RunPending(); });
  ASSERT_TRUE(WorkerHarness::AwaitFile(h.temp.Path("started")));
  ASSERT_THAT(h.fake.CancelTask(id), IsOk());
  {
    const TimeDriver driver(h.clock, kHorizon);
    worker.join();
  }
  EXPECT_EQ(outcome->resolution, Resolution::kClaimLost);
  EXPECT_THAT(h.Runs(id), ElementsAre("exception canceled"));
  EXPECT_THAT(h.ArtifactNames(id), IsEmpty());
  EXPECT_EQ(h.fake.request_log().Count("createArtifact"), 0);
  EXPECT_EQ(h.fake.request_log().Count("reportFailed"), 0);
  EXPECT_TRUE(std::filesystem::is_empty(h.dirs.work_dir()));
}

TEST(TaskRunnerTest, AConflictAtTheReportIsNoError) {
  WorkerHarness h("true");
  h.Submit();
  h.fake.faults().Add("reportCompleted", Fault::Status(409));
  EXPECT_EQ(h.RunPending().resolution, Resolution::kClaimLost);
  EXPECT_THAT(h.logger.lines(), Contains("INFO 409: not reporting complete/failed."));
}

// As by a proxy that wants somebody to log in.
TEST(TaskRunnerTest, WhileReportsAreRedirectedTheyAreRepeated) {
  WorkerHarness h("true");
  h.options().task_max_timeout = absl::Hours(100);
  const TaskId id = h.Submit();
  h.fake.faults().Add("reportCompleted", Fault::Status(302, ""), 1, 100);
  const TimeDriver driver(h.clock, kHorizon);
  EXPECT_EQ(h.RunPending().resolution, Resolution::kReported);
  EXPECT_THAT(h.Runs(id), ElementsAre("completed"));
}

TEST(TaskRunnerTest, AShutdownEndsTheScriptUploadsEverythingAndReportsIt) {
  WorkerHarness h("echo x > $ARTIFACTS/public/file; touch $DIR/started; exec sleep 1000");
  const TaskId id = h.Submit();
  std::optional<RunOutcome> outcome;
  std::thread worker([&] { outcome = h.RunPending(); });
  ASSERT_TRUE(WorkerHarness::AwaitFile(h.temp.Path("started")));
  h.shutdown.Stop("SIGTERM");
  {
    const TimeDriver driver(h.clock, absl::Seconds(2));  // the grace, if `touch` needs it
    worker.join();
  }
  EXPECT_EQ(outcome->status, kWorkerShutdown);
  EXPECT_EQ(h.Runs(id).front(), "exception worker-shutdown");
  EXPECT_THAT(h.ArtifactNames(id), ElementsAre("public/file", "public/logs/live_backing.log"));
  EXPECT_THAT(h.logger.lines(), Contains("WARNING Worker is shutting down, but a task is running. "
                                         "Terminating task"));
}

TEST(TaskRunnerTest, ARunThatIsGivenBackStaysSoIfItsHalfWrittenFilesCannotBePublished) {
  for (const bool stopped : {true, false}) {
    SCOPED_TRACE(stopped);
    WorkerHarness h(absl::StrCat("touch \"$ARTIFACTS/public/caf\303\251\"; touch $DIR/started; ",
                                 stopped ? "exec sleep 1000" : "exit 2"));
    const TaskId id = h.Submit();
    std::optional<RunOutcome> outcome;
    std::thread worker([&] { outcome = h.RunPending(); });
    ASSERT_TRUE(WorkerHarness::AwaitFile(h.temp.Path("started")));
    if (stopped) h.shutdown.Stop("SIGTERM");
    {
      const TimeDriver driver(h.clock, absl::Seconds(2));
      worker.join();
    }
    EXPECT_EQ(h.Runs(id).front(),
              stopped ? "exception worker-shutdown" : "exception internal-error");
    EXPECT_THAT(h.logger.lines(), Contains(HasSubstr("caf")));
  }
}

TEST(TaskRunnerTest, AClaimThatCannotBeKeptForWantOfThreadsIsResolved) {
  WorkerHarness h("touch $DIR/started");
  const TaskId id = h.Submit();
  const bool refused = RunWithRefusedCalls(
      {SYS_clone, SYS_clone3}, EAGAIN, [&] { EXPECT_EQ(h.RunPending().status, kInternalError); });
  if (!refused) GTEST_SKIP() << "SKIPPED: this kernel has no filters of system calls";
  EXPECT_THAT(h.Runs(id), ElementsAre("exception internal-error"));
  EXPECT_THAT(h.Artifact(id, "public/logs/live_backing.log"), HasSubstr("cannot start a thread"));
  EXPECT_FALSE(std::filesystem::exists(h.temp.Path("started")));
}

TEST(TaskRunnerTest, ATaskThatArrivesDuringAShutdownIsGivenBackAtOnce) {
  WorkerHarness h("touch $DIR/started");
  const TaskId id = h.Submit();
  h.shutdown.Stop("SIGTERM");
  EXPECT_EQ(h.RunPending().status, kWorkerShutdown);
  EXPECT_EQ(h.Runs(id).front(), "exception worker-shutdown");
  EXPECT_FALSE(std::filesystem::exists(h.temp.Path("started")));
  EXPECT_EQ(h.fake.request_log().total(), 2);
}

TEST(TaskRunnerTest, StoppingAtOnceLeavesTheClaimToExpire) {
  WorkerHarness h("trap '' TERM; touch $DIR/started; while true; do sleep 0.01; done");
  const TaskId id = h.Submit();
  std::optional<RunOutcome> outcome;
  std::thread worker([&] { outcome = h.RunPending(); });
  ASSERT_TRUE(WorkerHarness::AwaitFile(h.temp.Path("started")));
  h.shutdown.Stop("SIGTERM");
  h.shutdown.Stop("SIGTERM");
  worker.join();
  EXPECT_EQ(outcome->resolution, Resolution::kAbandoned);
  EXPECT_THAT(h.Runs(id), ElementsAre("running"));
  EXPECT_EQ(h.fake.request_log().total(), 1);
}

// Says what it was told to, and leaves a log.
class FixedVerifier final : public ChainVerifier {
 public:
  FixedVerifier(std::string log_path, absl::Status result)
      : log_path_(std::move(log_path)), result_(std::move(result)) {}
  absl::Status Verify(const taskcluster::ClaimedTask&, const CancellationToken&) override {
    return log_path_.empty() ? result_ : Log();
  }

 private:
  absl::Status Log() const {
    EXPECT_THAT(WriteFile(log_path_, "what I did\n"), IsOk());
    return result_;
  }

  const std::string log_path_;
  const absl::Status result_;
};

// Finds nothing wrong, and something happens meanwhile.
class LateVerifier final : public ChainVerifier {
 public:
  explicit LateVerifier(std::function<void(const CancellationToken&)> meanwhile)
      : meanwhile_(std::move(meanwhile)) {}
  absl::Status Verify(const taskcluster::ClaimedTask&, const CancellationToken& stop) override {
    meanwhile_(stop);
    return absl::OkStatus();
  }

 private:
  const std::function<void(const CancellationToken&)> meanwhile_;
};

TEST(TaskRunnerTest, AFailedVerificationRunsNoScriptAndLinksItsLog) {
  WorkerHarness h("touch $DIR/started");
  FixedVerifier verifier(h.dirs.chain_of_trust_log(), absl::PermissionDeniedError("forged"));
  h.set_verifier(&verifier);
  const TaskId id = h.Submit();
  EXPECT_EQ(h.RunPending().status, kMalformedPayload);
  EXPECT_THAT(h.ArtifactNames(id),
              ElementsAre("public/logs/chain_of_trust.log", "public/logs/live_backing.log"));
  EXPECT_EQ(h.fake.GetArtifact(id, 0, "public/logs/live_backing.log")->storage_type, "link");
  EXPECT_FALSE(std::filesystem::exists(h.temp.Path("started")));
}

TEST(TaskRunnerTest, AVerificationThatFailsBeforeItLogsAnythingLinksNothing) {
  WorkerHarness h("true");
  FixedVerifier verifier("", absl::UnavailableError("no network"));
  h.set_verifier(&verifier);
  const TaskId id = h.Submit();
  EXPECT_EQ(h.RunPending().status, kResourceUnavailable);
  EXPECT_THAT(h.ArtifactNames(id), IsEmpty());
}

TEST(TaskRunnerTest, AFailingLinkDoesNotHideTheError) {
  WorkerHarness h("true");
  FixedVerifier verifier(h.dirs.chain_of_trust_log(), absl::PermissionDeniedError("forged"));
  h.set_verifier(&verifier);
  h.fake.faults().Add("createArtifact", Fault::Status(403));
  const TaskId id = h.Submit();
  EXPECT_EQ(h.RunPending().status, kMalformedPayload);
  EXPECT_THAT(h.logger.lines(),
              Contains(HasSubstr("Failed to create live_backing.log link artifact")));
}

TEST(TaskRunnerTest, AShutdownDuringTheVerificationIsAShutdown) {
  WorkerHarness h("touch $DIR/started");
  FixedVerifier verifier("", absl::CancelledError("the worker is shutting down"));
  h.set_verifier(&verifier);
  const TaskId id = h.Submit();
  EXPECT_EQ(h.RunPending().status, kWorkerShutdown);
  EXPECT_THAT(h.logger.lines(), Contains("INFO CoT cancelled asynchronously"));
}

// Its last answer came in the moment of the signal, or of the queue's 409.
TEST(TaskRunnerTest, AShutdownOrALostClaimAtTheEndOfTheVerificationStartsNoScript) {
  for (const bool lost : {false, true}) {
    SCOPED_TRACE(lost);
    WorkerHarness h("touch $DIR/started");
    const TaskId id = h.Submit();
    LateVerifier verifier([&](const CancellationToken& stop_or_lost) {
      if (!lost) return h.shutdown.Stop("SIGTERM");
      ASSERT_THAT(h.fake.CancelTask(id), IsOk());
      const TimeDriver driver(h.clock, kHorizon);
      ASSERT_TRUE(AwaitTrue([&] { return stop_or_lost.cancelled(); }));
    });
    h.set_verifier(&verifier);
    const RunOutcome outcome = h.RunPending();
    EXPECT_EQ(outcome.resolution, lost ? Resolution::kClaimLost : Resolution::kReported);
    EXPECT_EQ(h.Runs(id).front(), lost ? "exception canceled" : "exception worker-shutdown");
    EXPECT_FALSE(std::filesystem::exists(h.temp.Path("started")));
    EXPECT_THAT(h.logger.lines(), Contains(HasSubstr("The script is not started: ")));
    EXPECT_THAT(h.logger.lines(), Not(Contains(HasSubstr("exit"))));
  }
}

TEST(TaskRunnerTest, AVerifiedTaskRuns) {
  WorkerHarness h("true");
  FixedVerifier verifier(h.dirs.chain_of_trust_log(), absl::OkStatus());
  h.set_verifier(&verifier);
  const TaskId id = h.Submit();
  EXPECT_EQ(h.RunPending().status, kSuccess);
  EXPECT_EQ(h.Artifact(id, "public/logs/chain_of_trust.log"), "what I did\n");
}

TEST(TaskRunnerTest, NoSecretIsInAnyLog) {
  WorkerHarness h("cat <&3; env");
  const TaskId id = h.Submit();
  const taskcluster::ClaimedTask task = h.Claim();
  h.runner().Run(task, h.clock.Monotonic(), {});
  const std::string log = h.Artifact(id, "public/logs/live_backing.log");
  EXPECT_THAT(log, HasSubstr("[redacted]"));
  const json::Value& certificate = task.credentials.certificate.value().value();
  for (const std::string_view secret :
       {task.credentials.access_token.reveal(), certificate.Find("seed")->string_value(),
        certificate.Find("signature")->string_value()}) {
    ASSERT_GE(secret.size(), 43u);
    EXPECT_THAT(log, Not(HasSubstr(secret)));
    EXPECT_THAT(h.logger.lines(), Not(Contains(HasSubstr(secret))));
  }
}

}  // namespace
}  // namespace scriptworker::worker
