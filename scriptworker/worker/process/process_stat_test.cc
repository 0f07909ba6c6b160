// SPDX-License-Identifier: MPL-2.0
#include "scriptworker/worker/process/process_stat.h"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "scriptworker/base/file.h"
#include "scriptworker/base/testing/await.h"
#include "scriptworker/base/testing/test_file.h"

namespace scriptworker::worker {
namespace {

using ::testing::IsEmpty;
using ::testing::Not;

constexpr char kFields[] = " 10 20 30 0 -1 4194560 1 0 0 0 0 0 0 0 20 0 1 0 777 8000 100 0 0\n";

TEST(ProcessStatTest, ReadsTheFieldsBehindAnyName) {
  for (const std::string name : {"bash", "a) S 1 (b", ") R 5 5 5", "", "with blank"}) {
    const auto stat = ParseProcessStat("4711 (" + name + ") S" + kFields);
    ASSERT_TRUE(stat.has_value()) << name;
    EXPECT_EQ(stat->pid, 4711);
    EXPECT_EQ(stat->parent, 10);
    EXPECT_EQ(stat->session, 30);
    EXPECT_EQ(stat->start_time, 777u);
    EXPECT_FALSE(stat->ended);
  }
}

TEST(ProcessStatTest, TellsHowOldAProcessIs) {
  const pid_t child = ::fork();
  if (child == 0) {
    ::pause();
    ::_exit(0);
  }
  const ProcessStat stat = ReadProcessStat(child).value();
  EXPECT_LT(AgeOf(stat), absl::Minutes(1));
  EXPECT_GT(AgeOf(stat), absl::Seconds(-1));
  ::usleep(50000);
  EXPECT_GE(AgeOf(stat), absl::Milliseconds(40));
  ::kill(child, SIGKILL);
  EXPECT_EQ(::waitpid(child, nullptr, 0), child);
}

TEST(ProcessStatTest, AZombieHasEnded) {
  EXPECT_TRUE(ParseProcessStat(std::string("1 (x) Z") + kFields)->ended);
}

TEST(ProcessStatTest, WhoseFirstThreadAloneHasEndedLives) {
  EXPECT_FALSE(
      ParseProcessStat("1 (x) Z 10 20 30 0 -1 4194560 1 0 0 0 0 0 0 0 20 0 2 0 777 8000")->ended);
  const std::string program = TestFilePath("scriptworker/worker/testing/ended_first_thread");
  const pid_t child = ::fork();
  if (child == 0) {
    ::execle(program.c_str(), "ended_first_thread", nullptr,
             std::vector<const char*>{"TASK_ID=x", nullptr}.data());
    ::_exit(1);
  }
  const std::string path = "/proc/" + std::to_string(child) + "/stat";
  ASSERT_TRUE(AwaitTrue([&] { return ReadFile(path).value().find(") Z ") != std::string::npos; }));
  EXPECT_FALSE(ReadProcessStat(child)->ended);
  EXPECT_TRUE(HasEnvironment(child, {"TASK_ID=x"}));
  EXPECT_FALSE(HasEnvironment(child, {"TASK_ID=y"}));
  ::kill(child, SIGKILL);
  EXPECT_EQ(::waitpid(child, nullptr, 0), child);
}

TEST(ProcessStatTest, OtherTextsAreNone) {
  for (const std::string text : {"", "4711", "4711 (x) S 1", "x (y) S 1 2 3", "(x) S"}) {
    EXPECT_EQ(ParseProcessStat(text), std::nullopt) << text;
  }
}

TEST(ProcessStatTest, KnowsThisProcess) {
  const auto self = ReadProcessStat(::getpid());
  ASSERT_TRUE(self.has_value());
  EXPECT_EQ(self->pid, ::getpid());
  EXPECT_EQ(self->parent, ::getppid());
  EXPECT_EQ(self->session, ::getsid(0));
  EXPECT_GT(self->start_time, 0u);
  const std::vector<ProcessStat> all = ListProcessStats();
  EXPECT_TRUE(std::any_of(all.begin(), all.end(),
                          [](const ProcessStat& stat) { return stat.pid == ::getpid(); }));
}

TEST(ProcessStatTest, AProcessThatIsGoneIsNone) {
  const pid_t child = ::fork();
  if (child == 0) ::_exit(0);
  ASSERT_EQ(::waitpid(child, nullptr, 0), child);
  EXPECT_EQ(ReadProcessStat(child), std::nullopt);
}

TEST(ProcessStatTest, TheEnvironmentHasToHaveAllOfIt) {
  const pid_t child = ::fork();
  if (child == 0) {
    ::execle("/bin/sleep", "sleep", "1000", nullptr,
             std::vector<const char*>{"TASK_ID=x", "RUN_ID=0", nullptr}.data());
    ::_exit(1);
  }
  ASSERT_TRUE(AwaitTrue([&] { return HasEnvironment(child, {"TASK_ID=x"}); }));
  EXPECT_TRUE(HasEnvironment(child, {"TASK_ID=x", "RUN_ID=0"}));
  EXPECT_FALSE(HasEnvironment(child, {"TASK_ID=x", "RUN_ID=1"}));
  EXPECT_FALSE(HasEnvironment(child, {"TASK_ID="}));
  ::kill(child, SIGKILL);
  ::waitpid(child, nullptr, 0);
  EXPECT_FALSE(HasEnvironment(child, {"TASK_ID=x"}));
}

TEST(ProcessStatTest, BootAndNamespaceHaveNames) {
  EXPECT_THAT(BootId(), Not(IsEmpty()));
  EXPECT_THAT(PidNamespace(), testing::StartsWith("pid:["));
}

}  // namespace
}  // namespace scriptworker::worker
