// SPDX-License-Identifier: MPL-2.0
//
// Real processes on a simulated clock: the time limit passes when a test says
// so.

#include "scriptworker/worker/process/task_process.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
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
#include "absl/status/statusor.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "scriptworker/base/cancellation.h"
#include "scriptworker/base/file.h"
#include "scriptworker/base/logger.h"
#include "scriptworker/base/secret_string.h"
#include "scriptworker/base/testing/await.h"
#include "scriptworker/base/testing/memory_logger.h"
#include "scriptworker/base/testing/refused_calls.h"
#include "scriptworker/base/testing/simulated_clock.h"
#include "scriptworker/base/testing/temp_dir.h"
#include "scriptworker/base/testing/test_file.h"
#include "scriptworker/base/unique_fd.h"
#include "scriptworker/worker/process/process_tree.h"
#include "scriptworker/worker/testing/time_driver.h"
#include "scriptworker/worker/testing/tracer.h"

namespace scriptworker::worker {
namespace {

using ::absl_testing::IsOk;
using ::absl_testing::StatusIs;
using ::testing::Contains;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::StartsWith;
using Cause = ProcessOutcome::Cause;

class TaskProcessTest : public testing::Test {
 protected:
  TaskProcessTest() : task_log_(TaskLog::Create(log_path_).value()) {}

  absl::StatusOr<ProcessOutcome> RunCommand(TaskCommand command) {
    command.environment.push_back("PATH=/usr/local/bin:/usr/bin:/bin");
    command.environment.push_back(absl::StrCat("DIR=", temp_.path()));
    return RunTaskProcess(command, {task_log_, logger_, redactor_, clock_},
                          {.stop = stop_.token(), .at_once = at_once_.token()});
  }
  ProcessOutcome Run(std::string script, absl::Duration limit = absl::InfiniteDuration()) {
    absl::StatusOr<ProcessOutcome> outcome =
        RunCommand({.argv = {"bash", "-c", std::move(script)}, .time_limit = limit});
    EXPECT_THAT(outcome, IsOk());
    return outcome.value_or(ProcessOutcome{.return_code = -999});
  }
  // Runs the script on a thread of its own; `meanwhile` starts once the script has made the
  // file "ready": by the shell itself, since a child that is about to end would still be there
  // when the script is stopped.
  ProcessOutcome RunWhile(std::string script, absl::Duration limit,
                          const std::function<void()>& meanwhile) {
    std::optional<ProcessOutcome> outcome;
    std::thread runner([&] { outcome = Run(std::move(script), limit); });
    AwaitFile("ready");
    meanwhile();
    runner.join();
    return *outcome;
  }
  void AwaitFile(std::string_view name) {
    EXPECT_TRUE(AwaitTrue([&] { return ::access(temp_.Path(name).c_str(), F_OK) == 0; }))
        << "the script never made " << name;
  }
  std::string Log() const { return ReadFile(log_path_).value(); }
  std::string Content(std::string_view name) const {
    return ReadFile(temp_.Path(name)).value_or("");
  }
  pid_t Pid(std::string_view name) {
    pid_t pid = -1;
    EXPECT_TRUE(absl::SimpleAtoi(Content(name), &pid)) << Content(name);
    return pid;
  }

  const TempDir temp_;
  const std::string log_path_ = temp_.Path("live_backing.log");
  SimulatedClock clock_{absl::FromUnixSeconds(1772406245)};
  MemoryLogger logger_;
  SecretRedactor redactor_;
  TaskLog task_log_;
  CancellationSource stop_, at_once_;
};

TEST_F(TaskProcessTest, LogsTheOutputAndTheExitCode) {
  const ProcessOutcome outcome = Run("echo one; echo two; exit 19");
  EXPECT_EQ(outcome.cause, Cause::kExited);
  EXPECT_EQ(outcome.return_code, 19);
  EXPECT_EQ(Log(), "one\ntwo\nexit code: 19\n");
  EXPECT_THAT(logger_.lines(), testing::ElementsAre("INFO one", "INFO two", "INFO exit code: 19"));
}

TEST_F(TaskProcessTest, StderrGoesToTheSameLog) {
  Run(">&2 echo $TASK_ID; echo $DIR >/dev/null; exit 1");
  EXPECT_EQ(Log(), "\nexit code: 1\n");
}

TEST_F(TaskProcessTest, TheExitLineFollowsALineWithoutNewline) {
  Run("printf 'no newline'");
  EXPECT_EQ(Log(), "no newlineexit code: 0\n");
}

TEST_F(TaskProcessTest, DeathByASignalIsNamed) {
  const ProcessOutcome outcome = Run("kill -SEGV $$");
  EXPECT_EQ(outcome.cause, Cause::kSignaled);
  EXPECT_EQ(outcome.return_code, -SIGSEGV);
  EXPECT_EQ(Log(), "Automation Error: python exited with signal -11\n");
}

TEST_F(TaskProcessTest, AScriptMayKillItsOwnGroup) {
  const ProcessOutcome outcome = Run("echo before; kill -KILL 0");
  EXPECT_EQ(outcome.cause, Cause::kSignaled);
  EXPECT_EQ(Log(), "before\nAutomation Error: python exited with signal -9\n");
}

TEST_F(TaskProcessTest, BytesThatAreNoTextAreShown) {
  Run("printf 'caf\\351\\n'; printf '\\000\\377'");
  EXPECT_EQ(Log(), "b'caf\\xe9\\n'b'\\x00\\xff'exit code: 0\n");
}

TEST_F(TaskProcessTest, ALineOf100MegabytesPassesInPieces) {
  Run("head -c 100000000 /dev/zero | tr '\\0' x; echo");
  EXPECT_EQ(std::filesystem::file_size(log_path_),
            100000000u + std::string_view("\nexit code: 0\n").size());
}

TEST_F(TaskProcessTest, SecretsOfTheWorkerAreTakenOut) {
  const auto token = redactor_.Add(SecretString("no-secret"));
  Run("echo it is no-secret");
  EXPECT_THAT(Log(), StartsWith("it is [redacted]\n"));
  EXPECT_THAT(logger_.lines(), Contains("INFO it is [redacted]"));
}

TEST_F(TaskProcessTest, TheScriptReadsItsCredentials) {
  const UniqueFd file(::open(temp_.Write("credentials", "{}").c_str(), O_RDWR | O_CLOEXEC));
  EXPECT_THAT(RunCommand({.argv = {"bash", "-c", "cat <&3"}, .credentials_fd = file.get()}),
              IsOk());
  EXPECT_EQ(Log(), "{}exit code: 0\n");
}

TEST_F(TaskProcessTest, TheEndOfTheTimeLimitStopsTheScript) {
  const ProcessOutcome outcome = RunWhile(
      "trap 'echo terminated; exit 3' TERM; : > $DIR/ready; "
      "while true; do sleep 0.01; done",
      absl::Seconds(600), [&] {
        ASSERT_TRUE(clock_.AwaitSleepers());
        clock_.AdvanceTime(absl::Seconds(600));
      });
  EXPECT_EQ(outcome.cause, Cause::kTimedOut);
  EXPECT_EQ(outcome.return_code, 3);
  EXPECT_THAT(Log(), HasSubstr("terminated\n"));
  EXPECT_THAT(Log(), EndsWith("exit code: 3\n"));
  EXPECT_THAT(logger_.lines(), Contains("WARNING Exceeded max run time of 600 seconds"));
}

// A wait does not count the time that the machine sleeps, so none is long.
TEST_F(TaskProcessTest, TheClockIsLookedAtEveryTenSecondsForTheTimeLimit) {
  const ProcessOutcome outcome =
      RunWhile(": > $DIR/ready; exec sleep 1000", absl::Seconds(600), [&] {
        ASSERT_TRUE(clock_.AwaitSleepers());
        clock_.AdvanceTime(absl::Seconds(600));
      });
  EXPECT_EQ(outcome.cause, Cause::kTimedOut);
  EXPECT_THAT(clock_.sleeps(), testing::Each(testing::Le(absl::Seconds(10))));
}

TEST_F(TaskProcessTest, AScriptThatIgnoresTermIsKilledAfterASecond) {
  const ProcessOutcome outcome = RunWhile(
      "trap 'touch $DIR/got_term' TERM; : > $DIR/ready; "
      "while true; do sleep 0.01; done",
      absl::Seconds(5), [&] {
        ASSERT_TRUE(clock_.AwaitSleepers());
        clock_.AdvanceTime(absl::Seconds(5));
        AwaitFile("got_term");
        ASSERT_TRUE(clock_.AwaitSleepers());
        clock_.AdvanceTime(absl::Milliseconds(999));
        ASSERT_TRUE(clock_.AwaitSleepers());  // not yet
        clock_.AdvanceTime(absl::Milliseconds(1));
      });
  EXPECT_EQ(outcome.cause, Cause::kTimedOut);
  EXPECT_EQ(outcome.return_code, -SIGKILL);
  EXPECT_THAT(Log(), EndsWith("Automation Error: python exited with signal -9\n"));
}

TEST_F(TaskProcessTest, AnEarlyEndOfTheOutputDoesNotEndTheTimeLimit) {
  const ProcessOutcome outcome =
      RunWhile("exec >&- 2>&-; : > $DIR/ready; exec sleep 1000", absl::Seconds(5), [&] {
        ASSERT_TRUE(clock_.AwaitSleepers());
        clock_.AdvanceTime(absl::Seconds(5));
      });
  EXPECT_EQ(outcome.cause, Cause::kTimedOut);
  EXPECT_EQ(outcome.return_code, -SIGTERM);
}

TEST_F(TaskProcessTest, ATimeLimitOfZeroIsOverAtOnce) {
  const ProcessOutcome outcome = Run("exec sleep 1000", absl::ZeroDuration());
  EXPECT_EQ(outcome.cause, Cause::kTimedOut);
  EXPECT_THAT(logger_.lines(), Contains("WARNING Exceeded max run time of 0 seconds"));
}

TEST_F(TaskProcessTest, CancellationStopsTheScriptAndKeepsItsReason) {
  const ProcessOutcome outcome =
      RunWhile(": > $DIR/ready; exec sleep 1000", absl::InfiniteDuration(),
               [&] { stop_.Cancel(absl::AbortedError("claim lost")); });
  EXPECT_EQ(outcome.cause, Cause::kCancelled);
  EXPECT_THAT(outcome.reason, StatusIs(absl::StatusCode::kAborted, "claim lost"));
  EXPECT_EQ(outcome.return_code, -SIGTERM);
}

TEST_F(TaskProcessTest, ACancellationBeforeTheStartStopsItRightAfter) {
  stop_.Cancel(absl::CancelledError("shutting down"));
  const ProcessOutcome outcome = Run("exec sleep 1000");
  EXPECT_EQ(outcome.cause, Cause::kCancelled);
}

TEST_F(TaskProcessTest, StoppingAtOnceDoesNotWaitForADecentEnd) {
  const ProcessOutcome outcome = RunWhile("trap '' TERM; : > $DIR/ready; while true; do :; done",
                                          absl::InfiniteDuration(), [&] {
                                            stop_.Cancel(absl::CancelledError("shutting down"));
                                            ASSERT_TRUE(clock_.AwaitSleepers());
                                            at_once_.Cancel(absl::CancelledError("at once"));
                                          });
  EXPECT_EQ(outcome.cause, Cause::kCancelled);
  EXPECT_EQ(outcome.reason.message(), "shutting down");
  EXPECT_EQ(outcome.return_code, -SIGKILL);
}

TEST_F(TaskProcessTest, TheFirstCauseWins) {
  const ProcessOutcome outcome = RunWhile(
      "trap 'touch $DIR/got_term' TERM; : > $DIR/ready; "
      "while true; do sleep 0.01; done",
      absl::Seconds(5), [&] {
        ASSERT_TRUE(clock_.AwaitSleepers());
        clock_.AdvanceTime(absl::Seconds(5));
        AwaitFile("got_term");
        stop_.Cancel(absl::CancelledError("too late to matter"));
        ASSERT_TRUE(clock_.AwaitSleepers());
        clock_.AdvanceTime(absl::Seconds(1));
      });
  EXPECT_EQ(outcome.cause, Cause::kTimedOut);
  EXPECT_THAT(outcome.reason, IsOk());
}

// Whatever waitid() returns: if the child is no more, somebody else was told first.
void AwaitDeath(pid_t leader) {
  siginfo_t info;
  ::waitid(P_PID, static_cast<id_t>(leader), &info, WEXITED | WNOWAIT);
}

// As when a supervisor signals everything at once, and the script is quicker.
TEST_F(TaskProcessTest, AScriptThatDiesWhileTheWorkerIsStoppedWasStopped) {
  for (const std::string_view end : {"kill -TERM $$", "exit 3", "exit 0", "kill -KILL $$"}) {
    SCOPED_TRACE(end);
    stop_ = CancellationSource();
    const absl::StatusOr<ProcessOutcome> outcome =
        RunCommand({.argv = {"bash", "-c", std::string(end)}, .on_started = [&](pid_t leader) {
                      AwaitDeath(leader);
                      stop_.Cancel(absl::CancelledError("shutting down"));
                    }});
    ASSERT_THAT(outcome, IsOk());
    EXPECT_EQ(outcome->cause, Cause::kCancelled);
    EXPECT_THAT(outcome->reason, StatusIs(absl::StatusCode::kCancelled));
  }
}

// Until the worker has taken note of its end.
void AwaitBurial(const std::atomic<pid_t>& leader) {
  EXPECT_TRUE(AwaitTrue([&] { return leader != 0 && ::kill(leader, 0) != 0; }));
}

// Hears the script's last line, and acts when it is dead.
class LateLogger final : public Logger {
 public:
  explicit LateLogger(std::function<void()> act) : act_(std::move(act)) {}
  void Log(LogLevel, std::string_view message) override {
    if (message == "bye") act_();
  }

 private:
  const std::function<void()> act_;
};

TEST_F(TaskProcessTest, AScriptThatHasFailedWasStoppedIfTheWorkerIsRightAfter) {
  for (const std::string_view end : {"exit 3", "kill -KILL $$"}) {
    SCOPED_TRACE(end);
    std::atomic<pid_t> started = 0;
    stop_ = CancellationSource();
    LateLogger logger([&] {
      AwaitBurial(started);
      stop_.Cancel(absl::CancelledError("shutting down"));
    });
    const absl::StatusOr<ProcessOutcome> outcome = RunTaskProcess(
        {.argv = {"/bin/sh", "-c", absl::StrCat("echo bye; ", end)},
         .on_started = [&](pid_t leader) { started = leader; }},
        {task_log_, logger, redactor_, clock_}, {.stop = stop_.token(), .at_once = {}});
    ASSERT_THAT(outcome, IsOk());
    EXPECT_EQ(outcome->cause, Cause::kCancelled);
  }
}

TEST_F(TaskProcessTest, AScriptThatHasSucceededIsNotRunAgainForAStopRightAfter) {
  std::atomic<pid_t> started = 0;
  LateLogger logger([&] {
    AwaitBurial(started);
    stop_.Cancel(absl::CancelledError("shutting down"));
  });
  const absl::StatusOr<ProcessOutcome> outcome = RunTaskProcess(
      {.argv = {"/bin/sh", "-c", "echo bye"},
       .on_started = [&](pid_t leader) { started = leader; }},
      {task_log_, logger, redactor_, clock_}, {.stop = stop_.token(), .at_once = {}});
  ASSERT_THAT(outcome, IsOk());
  EXPECT_EQ(outcome->cause, Cause::kExited);
  EXPECT_EQ(outcome->return_code, 0);
}

TEST_F(TaskProcessTest, AScriptThatSomebodyElseTerminatesWasNotStopped) {
  const TimeDriver driver(clock_, absl::Seconds(1));
  const ProcessOutcome outcome = Run("kill -TERM $$");
  EXPECT_EQ(outcome.cause, Cause::kSignaled);
  EXPECT_EQ(outcome.return_code, -SIGTERM);
}

// A log that hangs, as on a full pipe.
class WarningLogger final : public Logger {
 public:
  explicit WarningLogger(std::function<void()> wait) : wait_(std::move(wait)) {}
  void Log(LogLevel level, std::string_view) override {
    if (level != LogLevel::kWarning) return;
    ++warnings_;
    wait_();
  }
  int warnings() const { return warnings_; }

 private:
  const std::function<void()> wait_;
  std::atomic<int> warnings_ = 0;
};

TEST_F(TaskProcessTest, AScriptIsStoppedBeforeItIsSaid) {
  WarningLogger logger([this] { AwaitFile("got_term"); });
  stop_.Cancel(absl::AbortedError("the claim was lost"));
  const absl::StatusOr<ProcessOutcome> outcome = RunTaskProcess(
      {.argv = {"/bin/bash", "-c",
                absl::StrCat("trap ': > ", temp_.Path("got_term"), "; exit 3' TERM; : > ",
                             temp_.Path("ready"), "; while true; do :; done")},
       .on_started = [this](pid_t) { AwaitFile("ready"); }},
      {task_log_, logger, redactor_, clock_}, {.stop = stop_.token(), .at_once = {}});
  ASSERT_THAT(outcome, IsOk());
  EXPECT_EQ(outcome->return_code, 3);
}

TEST_F(TaskProcessTest, AScriptThatIgnoresTermIsDeadBeforeItIsSaid) {
  std::atomic<pid_t> started = 0;
  WarningLogger logger([&] {
    AwaitBurial(started);
    EXPECT_NE(::kill(started, 0), 0) << "it lives as long as its log hangs";
  });
  const TimeDriver driver(clock_, absl::Seconds(1));
  stop_.Cancel(absl::AbortedError("the claim was lost"));
  const absl::StatusOr<ProcessOutcome> outcome = RunTaskProcess(
      {.argv = {"/bin/bash", "-c",
                absl::StrCat("trap '' TERM; : > ", temp_.Path("ready"),
                             "; while true; do sleep 0.01; done")},
       .on_started =
           [&](pid_t leader) {
             started = leader;
             AwaitFile("ready");
           }},
      {task_log_, logger, redactor_, clock_}, {.stop = stop_.token(), .at_once = {}});
  ASSERT_THAT(outcome, IsOk());
  EXPECT_EQ(outcome->return_code, -SIGKILL);
  EXPECT_EQ(logger.warnings(), 1);
}

TEST_F(TaskProcessTest, WithoutThreadsNothingIsStarted) {
  bool started = false;
  const bool refused = RunWithRefusedCalls({SYS_clone, SYS_clone3}, EAGAIN, [&] {
    EXPECT_THAT(RunCommand({.argv = {"true"}, .on_started = [&](pid_t) { started = true; }}),
                StatusIs(absl::StatusCode::kResourceExhausted, HasSubstr("thread")));
  });
  if (!refused) GTEST_SKIP() << "SKIPPED: this kernel has no filters of system calls";
  EXPECT_FALSE(started);
}

TEST_F(TaskProcessTest, WhatTheScriptLeftBehindIsEnded) {
  const ProcessOutcome outcome =
      Run("(setsid bash -c 'echo $$ > $DIR/daemon.tmp; "
          "mv $DIR/daemon.tmp $DIR/daemon; exec sleep 1000' &); "
          "sleep 1000 & echo -n $! > $DIR/background; "
          "while ! [ -e $DIR/daemon ]; do sleep 0.01; done; exit 0");
  EXPECT_EQ(outcome.cause, Cause::kExited);
  EXPECT_EQ(outcome.return_code, 0);
  EXPECT_NE(::kill(Pid("daemon"), 0), 0);
  EXPECT_NE(::kill(Pid("background"), 0), 0);
  EXPECT_EQ(Log(), "exit code: 0\n");
}

TEST_F(TaskProcessTest, AWholeTreeThatWritesIsStopped) {
  // Three levels, each with two writers, one of them in a session of its own.
  const std::string writer = "while true; do date +%N >> $DIR/growing; sleep 0.001; done";
  const ProcessOutcome outcome =
      RunWhile(absl::StrCat("f() { (", writer, ") & setsid bash -c '", writer,
                            "' & }; f; ( f; ( f; wait ) & wait ) & "
                            "while ! [ -s $DIR/growing ]; do sleep 0.01; done; "
                            ": > $DIR/ready; wait"),
               absl::Seconds(5), [&] {
                 ASSERT_TRUE(clock_.AwaitSleepers());
                 clock_.AdvanceTime(absl::Seconds(5));
                 // The shell ends by TERM, the other sessions have the rest of a second.
                 if (clock_.AwaitSleepers()) clock_.AdvanceTime(absl::Seconds(1));
               });
  EXPECT_EQ(outcome.cause, Cause::kTimedOut);
  const std::string before = Content("growing");
  absl::SleepFor(absl::Milliseconds(50));
  EXPECT_EQ(Content("growing"), before);
}

TEST_F(TaskProcessTest, AScriptThatCannotBeStartedIsAnErrorAndLogsNothing) {
  EXPECT_THAT(RunCommand({.argv = {"/no/such/script"}}).status(),
              StatusIs(absl::StatusCode::kNotFound, HasSubstr("/no/such")));
  EXPECT_EQ(Log(), "");
}

// As where the worker was started with SIGCHLD ignored: the system keeps no exit status.
TEST_F(TaskProcessTest, AScriptWhoseEndWasNotSeenDidNotSucceed) {
  ::signal(SIGCHLD, SIG_IGN);
  const absl::StatusOr<ProcessOutcome> outcome =
      RunCommand({.argv = {"bash", "-c", "echo hello; exit 3"}});
  ::signal(SIGCHLD, SIG_DFL);
  EXPECT_THAT(outcome,
              StatusIs(absl::StatusCode::kInternal, HasSubstr("the script's end was not seen")));
  EXPECT_EQ(Log(), "hello\n");
}

TEST_F(TaskProcessTest, AScriptWhoseEndWasNotSeenLeavesNothingBehind) {
  ::signal(SIGCHLD, SIG_IGN);
  const absl::StatusOr<ProcessOutcome> outcome =
      RunCommand({.argv = {"bash", "-c",
                           "(setsid bash -c 'echo $$ > $DIR/daemon.tmp; "
                           "mv $DIR/daemon.tmp $DIR/daemon; exec sleep 1000' &); "
                           "while ! [ -e $DIR/daemon ]; do sleep 0.01; done; exit 0"}});
  ::signal(SIGCHLD, SIG_DFL);
  EXPECT_THAT(outcome, StatusIs(absl::StatusCode::kInternal));
  EXPECT_NE(::kill(Pid("daemon"), 0), 0);
}

TEST_F(TaskProcessTest, AFullDiskDoesNotBlockTheScript) {
  TaskLog full = TaskLog::Create("/dev/full").value();
  absl::StatusOr<ProcessOutcome> outcome =
      RunTaskProcess({.argv = {"/bin/sh", "-c", "head -c 1000000 /dev/zero; exit 4"}},
                     {full, logger_, redactor_, clock_}, {});
  ASSERT_THAT(outcome, IsOk());
  EXPECT_EQ(outcome->return_code, 4);
  EXPECT_THAT(full.Close(), StatusIs(absl::StatusCode::kResourceExhausted));
}

// A script whose child traces it: nobody but the child is told of its end.
TEST_F(TaskProcessTest, AScriptWhoseEndIsHiddenByItsOwnTracerIsStopped) {
  absl::StatusOr<ProcessOutcome> outcome;
  std::thread runner([&] {
    outcome =
        RunCommand({.argv = {TestFilePath("scriptworker/worker/testing/script_traced_by_child")},
                    .time_limit = absl::Seconds(30)});
  });
  AwaitFile("traced");
  const bool traced = ReadFile(temp_.Path("traced")).value() == "0";
  clock_.AdvanceTime(absl::Seconds(31));
  const TimeDriver driver(clock_, absl::Seconds(2));
  runner.join();
  ASSERT_THAT(outcome, IsOk());
  if (!traced) GTEST_SKIP() << "SKIPPED: processes may not trace each other here";
  EXPECT_EQ(outcome->cause, Cause::kTimedOut);
  EXPECT_EQ(outcome->return_code, 0) << "it had ended long before";
}

// As one that hangs in the kernel: of the end of what a stranger traces nobody is told.
TEST_F(TaskProcessTest, AScriptThatDoesNotEndThoughItWasKilledIsGivenUp) {
  Tracer tracer(temp_.path());
  const ProcessTree scripts = ProcessTree::OfAllScripts();
  absl::StatusOr<ProcessOutcome> outcome;
  std::thread runner([&] {
    // Without children, whose ends would stop it as every signal does.
    outcome = RunCommand({.argv = {"bash", "-c",
                                   "echo $$ > $DIR/leader; while ! [ -e $DIR/traced ] && "
                                   "! [ -e $DIR/untraced ]; do :; done; echo here; : > $DIR/ready; "
                                   "while true; do :; done"},
                          .patience = absl::Seconds(1)});
  });
  AwaitFile("ready");
  const bool traced = ::access(temp_.Path("traced").c_str(), F_OK) == 0;
  at_once_.Cancel(absl::CancelledError("the worker stops at once"));
  runner.join();
  if (!traced) GTEST_SKIP() << "SKIPPED: processes may not trace each other here";
  const std::string reason =
      absl::StrCat("these processes of the script cannot be ended: ", Pid("leader"));
  EXPECT_THAT(outcome, StatusIs(absl::StatusCode::kInternal, reason));
  EXPECT_EQ(Log(), "here\n");
  // What keeps the worker from its next claim, until it ends.
  EXPECT_THAT(scripts.KillAll(absl::ZeroDuration()),
              StatusIs(absl::StatusCode::kDeadlineExceeded, reason));
  tracer.End();
  EXPECT_THAT(scripts.KillAll(absl::Seconds(30)), IsOk());
  EXPECT_NE(::kill(Pid("leader"), 0), 0);
}

}  // namespace
}  // namespace scriptworker::worker
