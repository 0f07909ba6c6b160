// SPDX-License-Identifier: MPL-2.0
//
// Real processes, of which this one is the subreaper: as init would, it lets
// them end.

#include "scriptworker/worker/journal/orphans.h"

#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/status_matchers.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "scriptworker/base/clock.h"
#include "scriptworker/base/file.h"
#include "scriptworker/base/testing/await.h"
#include "scriptworker/base/testing/temp_dir.h"
#include "scriptworker/worker/process/process_stat.h"

namespace scriptworker::worker {
namespace {

using ::absl_testing::IsOkAndHolds;
using ::testing::Ge;

class OrphansTest : public testing::Test {
 protected:
  OrphansTest() { ::prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0); }
  ~OrphansTest() override {
    while (::waitpid(-1, nullptr, WNOHANG) >= 0) {
      for (const ProcessStat& process : ListProcessStats()) {
        if (process.parent == ::getpid()) ::kill(process.pid, SIGKILL);
      }
    }
  }

  // A script as a worker starts it: a session of its own. `script` has to make $DIR/ready, by
  // the shell itself: a `touch` may live on for a moment, and is one more process of the script's.
  void Start(const std::string& script) {
    leader_ = ::fork();
    if (leader_ == 0) {
      ::setsid();
      const std::string dir = absl::StrCat("DIR=", temp_.path());
      const std::vector<const char*> environment = {"TASK_ID=of-this-test", "RUN_ID=4",
                                                    "PATH=/usr/bin:/bin", dir.c_str(), nullptr};
      ::execle("/bin/bash", "bash", "-c", script.c_str(), nullptr, environment.data());
      ::_exit(1);
    }
    ASSERT_TRUE(AwaitTrue([this] { return ::access(temp_.Path("ready").c_str(), F_OK) == 0; }));
    traces_.leader = ProcessMark{.pid = leader_,
                                 .start_time = ReadProcessStat(leader_)->start_time,
                                 .boot = BootId(),
                                 .pid_ns = PidNamespace()};
  }
  void ReapLeader() {
    ::kill(leader_, SIGKILL);
    ::waitpid(leader_, nullptr, 0);
  }
  size_t Found() const { return FindOrphans(traces_, ListProcessStats()).size(); }
  int InSessionWithoutEnvironment() const {
    int found = 0;
    for (const ProcessStat& process : ListProcessStats()) {
      const bool is_other = process.session == leader_ && process.pid != leader_;
      found += is_other && !HasEnvironment(process.pid, {"RUN_ID=4"}) ? 1 : 0;
    }
    return found;
  }
  // That of its oldest member.
  absl::Duration AgeOfSession() const {
    absl::Duration oldest = absl::ZeroDuration();
    for (const ProcessStat& process : ListProcessStats()) {
      if (process.session == leader_) oldest = std::max(oldest, AgeOf(process));
    }
    return oldest;
  }
  // How many of them have become `sleep`, environment and all.
  int Sleeping() const {
    int sleeping = 0;
    for (const ProcessStat& process : FindOrphans(traces_, ListProcessStats())) {
      const auto name = ReadFile(absl::StrCat("/proc/", process.pid, "/comm"));
      sleeping +=
          name.value_or("") == "sleep\n" && HasEnvironment(process.pid, traces_.environment);
    }
    return sleeping;
  }
  int Alive() const {
    int alive = 0;
    for (const ProcessStat& process : ListProcessStats()) {
      alive += process.parent == ::getpid() && !process.ended ? 1 : 0;
    }
    return alive;
  }

  const TempDir temp_;
  SystemClock clock_;
  pid_t leader_ = -1;
  ScriptTraces traces_{.environment = {"TASK_ID=of-this-test", "RUN_ID=4"}};
};

TEST_F(OrphansTest, AWholeTreeIsEndedHoweverItIsDetached) {
  Start("sleep 1000 & (setsid sleep 1000 &); (env -i /bin/sleep 1000 &); : > $DIR/ready; wait");
  EXPECT_THAT(EndOrphans(traces_, clock_), IsOkAndHolds(4));
  EXPECT_EQ(Alive(), 0);
}

TEST_F(OrphansTest, ThatWhichIgnoresTermIsKilled) {
  Start("trap '' TERM; : > $DIR/ready; while true; do sleep 0.05; done");
  EXPECT_THAT(EndOrphans(traces_, clock_), IsOkAndHolds(Ge(1)));
  EXPECT_EQ(Alive(), 0);
}

TEST_F(OrphansTest, ThatWhichObeysTermHasTimeToTidyUp) {
  Start("trap 'touch $DIR/tidied; exit' TERM; : > $DIR/ready; while true; do sleep 0.05; done");
  EXPECT_THAT(EndOrphans(traces_, clock_), IsOkAndHolds(Ge(1)));
  EXPECT_EQ(::access(temp_.Path("tidied").c_str(), F_OK), 0);
}

TEST_F(OrphansTest, AndSoHasWhatItStartsToTidyUp) {
  Start(
      "trap 'bash -c \"sleep 0.2; : > $DIR/tidied\"; exit' TERM; : > $DIR/ready; "
      "while true; do sleep 0.05; done");
  EXPECT_THAT(EndOrphans(traces_, clock_), IsOkAndHolds(Ge(2)));
  EXPECT_EQ(::access(temp_.Path("tidied").c_str(), F_OK), 0);
}

TEST_F(OrphansTest, WithoutTheLeaderTheEnvironmentTells) {
  Start("(setsid sleep 1000 &); sleep 1000 & : > $DIR/ready; wait");
  ASSERT_TRUE(AwaitTrue([this] { return Sleeping() == 2; }));
  EXPECT_EQ(Found(), 3u);
  ReapLeader();
  EXPECT_EQ(Found(), 2u);  // the detached one, and the one that the leader waited for
  traces_.leader.reset();  // as when the worker died before it could note it
  EXPECT_EQ(Found(), 2u);
}

TEST_F(OrphansTest, WithoutTheLeaderTheRestOfItsSessionTells) {
  Start("env -i /bin/sleep 1000 & : > $DIR/ready; wait");
  ASSERT_TRUE(AwaitTrue([this] { return InSessionWithoutEnvironment() > 0; }));
  ReapLeader();
  EXPECT_THAT(EndOrphans(traces_, clock_), IsOkAndHolds(1));
  EXPECT_EQ(Alive(), 0);
}

// Long after the worker's death the number may have been another's, who is gone as well.
TEST_F(OrphansTest, ALeaderlessSessionThatIsYoungerThanTheWorkersDeathIsSpared) {
  Start("env -i /bin/sleep 1000 & : > $DIR/ready; wait");
  ASSERT_TRUE(AwaitTrue([this] { return InSessionWithoutEnvironment() > 0; }));
  ReapLeader();
  traces_.dead_for = absl::Hours(1);
  EXPECT_EQ(Found(), 0u);
  traces_.dead_for = absl::ZeroDuration();
  EXPECT_EQ(Found(), 1u);
}

TEST_F(OrphansTest, WhatAnOldMemberOfTheSessionStartsWhenItIsAskedToEndIsEndedToo) {
  Start(
      "env -i /bin/bash -c 'trap \"/bin/sleep 1000 & exit\" TERM; : > $0/ready; "
      "while :; do /bin/sleep 0.01; done' $DIR & wait");
  ReapLeader();
  // Once it has this age, what it starts has not for as long again.
  traces_.dead_for = absl::Seconds(1);
  ASSERT_TRUE(AwaitTrue([this] { return AgeOfSession() >= traces_.dead_for; }));
  SystemClock clock;
  EXPECT_THAT(EndOrphans(traces_, clock), IsOkAndHolds(Ge(2)));
  traces_.dead_for = absl::ZeroDuration();
  EXPECT_EQ(Found(), 0u);
}

// The number was given to somebody else, who leads a session of his own.
TEST_F(OrphansTest, TheSessionOfAnotherLeaderIsSpared) {
  Start("env -i /bin/sleep 1000 & : > $DIR/ready; wait");
  ASSERT_TRUE(AwaitTrue([this] { return InSessionWithoutEnvironment() > 0; }));
  traces_.leader->start_time -= 1;
  traces_.environment = {"TASK_ID=of-another"};
  EXPECT_EQ(Found(), 0u);
}

TEST_F(OrphansTest, AnotherRunOfTheTaskIsNoneOfIt) {
  Start(": > $DIR/ready; exec sleep 1000");
  traces_ = {.environment = {"TASK_ID=of-this-test", "RUN_ID=5"}};
  EXPECT_EQ(Found(), 0u);
}

// The number was given to somebody else after the leader had ended.
TEST_F(OrphansTest, AProcessWithTheNumberButAnotherStartIsSpared) {
  Start(": > $DIR/ready; exec env -i /bin/sleep 1000");
  ASSERT_TRUE(AwaitTrue([this] { return !HasEnvironment(leader_, {"RUN_ID=4"}); }));
  EXPECT_EQ(Found(), 1u);
  traces_.leader->start_time += 1;
  EXPECT_EQ(Found(), 0u);
}

TEST_F(OrphansTest, NumbersOfAnotherBootOrNamespaceMeanNothing) {
  Start(": > $DIR/ready; exec env -i /bin/sleep 1000");
  ASSERT_TRUE(AwaitTrue([this] { return !HasEnvironment(leader_, {"RUN_ID=4"}); }));
  const ProcessMark mark = *traces_.leader;
  traces_.leader->boot = "another";
  EXPECT_EQ(Found(), 0u);
  traces_.leader = mark;
  traces_.leader->pid_ns = "pid:[1]";
  EXPECT_EQ(Found(), 0u);
}

TEST_F(OrphansTest, ThisProcessAndItsAncestorsAreSparedInAnyCase) {
  const ProcessStat self = ReadProcessStat(::getpid()).value();
  for (const pid_t pid : {self.pid, self.parent}) {
    const auto stat = ReadProcessStat(pid);
    if (!stat.has_value()) continue;  // of another namespace
    traces_.leader = ProcessMark{
        .pid = pid, .start_time = stat->start_time, .boot = BootId(), .pid_ns = PidNamespace()};
    for (const ProcessStat& found : FindOrphans(traces_, ListProcessStats())) {
      EXPECT_NE(found.pid, self.pid);
      EXPECT_NE(found.pid, self.parent);
    }
  }
}

TEST_F(OrphansTest, NoneIsNoError) { EXPECT_THAT(EndOrphans(traces_, clock_), IsOkAndHolds(0)); }

}  // namespace
}  // namespace scriptworker::worker
