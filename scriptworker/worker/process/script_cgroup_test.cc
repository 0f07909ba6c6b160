// SPDX-License-Identifier: MPL-2.0
//
// Skipped where this process may not make control groups.

#include "scriptworker/worker/process/script_cgroup.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "scriptworker/base/clock.h"
#include "scriptworker/base/file.h"
#include "scriptworker/base/unique_fd.h"

namespace scriptworker::worker {
namespace {

class ScriptCgroupTest : public testing::Test {
 protected:
  void SetUp() override {
    if (!group_.ok()) GTEST_SKIP() << "SKIPPED: " << group_.status();
  }
  // A process in the group.
  pid_t Start() {
    const pid_t pid = ::fork();
    if (pid == 0) {
      ::pause();
      ::_exit(0);
    }
    EXPECT_TRUE(WriteFile(absl::StrCat(group_->path(), "/cgroup.procs"), absl::StrCat(pid)).ok());
    return pid;
  }

  absl::StatusOr<ScriptCgroup> group_ = ScriptCgroup::Create();
};

TEST_F(ScriptCgroupTest, KnowsWhetherAnythingLivesInIt) {
  EXPECT_FALSE(group_->populated());
  const pid_t pid = Start();
  EXPECT_TRUE(group_->populated());
  ::kill(pid, SIGKILL);
  ::waitpid(pid, nullptr, 0);
  EXPECT_FALSE(group_->populated());
}

TEST_F(ScriptCgroupTest, EndsAllInItAtOnce) {
  const pid_t first = Start();
  const pid_t second = Start();
  group_->Kill();
  int status = 0;
  for (const pid_t pid : {first, second}) {
    ASSERT_EQ(::waitpid(pid, &status, 0), pid);
    EXPECT_EQ(WTERMSIG(status), SIGKILL);
  }
}

TEST_F(ScriptCgroupTest, IsRemovedWithGroupsThatWereMadeInIt) {
  const std::string path = group_->path();
  std::filesystem::create_directories(absl::StrCat(path, "/a/b"));
  { const ScriptCgroup gone = *std::move(group_); }
  EXPECT_FALSE(std::filesystem::exists(path));
}

// Makes a group with a process in it, and is killed.
std::pair<std::string, pid_t> DieWithAGroup() {
  int fds[2];
  EXPECT_EQ(::pipe2(fds, O_CLOEXEC), 0);
  UniqueFd reading(fds[0]), writing(fds[1]);
  const pid_t worker = ::fork();
  if (worker == 0) {
    const absl::StatusOr<ScriptCgroup> group = ScriptCgroup::Create();
    const pid_t script = ::fork();
    if (script == 0) {
      ::close(group->fd());  // as exec does
      writing.reset();
      ::pause();
    }
    WriteFile(absl::StrCat(group->path(), "/cgroup.procs"), absl::StrCat(script)).IgnoreError();
    WriteAll(writing.get(), absl::StrCat(script, " ", group->path()), "pipe").IgnoreError();
    ::kill(::getpid(), SIGKILL);
  }
  writing.reset();
  ::waitpid(worker, nullptr, 0);
  const std::string told = ReadAll(reading.get(), "pipe").value();
  return {told.substr(told.find(' ') + 1), std::stoi(told)};
}

TEST_F(ScriptCgroupTest, OfAWorkerThatWasKilledIsEndedAndRemoved) {
  ::prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);  // to see how the script ends
  const auto [path, script] = DieWithAGroup();
  ASSERT_TRUE(std::filesystem::exists(path));
  const pid_t other = Start();
  SystemClock clock;
  EXPECT_GE(ScriptCgroup::RemoveAbandoned(clock), 1);
  EXPECT_FALSE(std::filesystem::exists(path));
  int status = 0;
  ASSERT_EQ(::waitpid(script, &status, 0), script);
  EXPECT_EQ(WTERMSIG(status), SIGKILL);
  EXPECT_TRUE(group_->populated()) << "has its worker";
  ::kill(other, SIGKILL);
  ::waitpid(other, nullptr, 0);
}

TEST_F(ScriptCgroupTest, OfAWorkerThatLivesIsLeftAloneThoughItIsEmpty) {
  SystemClock clock;
  ScriptCgroup::RemoveAbandoned(clock);
  EXPECT_TRUE(std::filesystem::exists(group_->path()));
}

}  // namespace
}  // namespace scriptworker::worker
