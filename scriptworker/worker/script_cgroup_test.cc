// SPDX-License-Identifier: MPL-2.0
//
// Skipped where this process may not make control groups.

#include "scriptworker/worker/script_cgroup.h"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "scriptworker/base/file.h"

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

}  // namespace
}  // namespace scriptworker::worker
