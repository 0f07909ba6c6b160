// SPDX-License-Identifier: MPL-2.0
//
// Each test tries, in a process of its own, what a script may try. Skipped where
// the kernel has no Landlock.

#include "scriptworker/worker/process/landlock.h"

#include <fcntl.h>
#include <linux/capability.h>
#include <signal.h>
#include <sys/ptrace.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/status_matchers.h"
#include "absl/status/statusor.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "scriptworker/base/file.h"
#include "scriptworker/base/testing/temp_dir.h"
#include "scriptworker/base/unique_fd.h"
#include "scriptworker/worker/process/restrictions.h"

namespace scriptworker::worker {
namespace {

using ::absl_testing::IsOk;
using ::absl_testing::StatusIs;
using ::testing::HasSubstr;

class LandlockTest : public testing::Test {
 protected:
  void SetUp() override {
    if (LandlockAbi() == 0) GTEST_SKIP() << "SKIPPED: this kernel has no Landlock";
    ASSERT_THAT(MakeDirs(temp_.Path("work")), IsOk());
    temp_.Write("outside/file", "text");
    temp_.Write("secrets/key", "the key");
    temp_.Write("secrets/script_config.json", "{}");
    paths_ = {.writable = {temp_.Path("work")}, .hidden = {temp_.Path("secrets/key")}};
  }
  // Whether `attempt` succeeds in the sandbox.
  bool Can(const std::function<bool()>& attempt) {
    Restrictions restrictions{.no_new_privs = true};
    absl::StatusOr<UniqueFd> ruleset = MakeLandlockRuleset(paths_);
    EXPECT_THAT(ruleset, IsOk());
    if (ruleset.ok()) restrictions.landlock = *std::move(ruleset);
    const pid_t pid = ::fork();
    if (pid == 0) {
      if (ApplyRestrictions(restrictions).error != 0) ::_exit(2);
      ::_exit(attempt() ? 1 : 0);
    }
    int status = -1;
    EXPECT_EQ(::waitpid(pid, &status, 0), pid);
    EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) < 2) << status;
    return WEXITSTATUS(status) == 1;
  }
  bool CanOpen(const std::string& path, int flags) {
    return Can([&] { return UniqueFd(::open(path.c_str(), flags, 0644)).valid(); });
  }

  const TempDir temp_;
  LandlockPaths paths_;
};

TEST_F(LandlockTest, OnlyTheWritableFoldersCanBeWrittenTo) {
  EXPECT_TRUE(CanOpen(temp_.Path("work/new"), O_WRONLY | O_CREAT));
  EXPECT_TRUE(CanOpen(temp_.Path("work/new"), O_WRONLY | O_TRUNC));
  EXPECT_FALSE(CanOpen(temp_.Path("outside/new"), O_WRONLY | O_CREAT));
  EXPECT_FALSE(CanOpen(temp_.Path("outside/file"), O_WRONLY));
  EXPECT_FALSE(CanOpen(temp_.Path("outside/file"), O_RDWR | O_APPEND));
  EXPECT_TRUE(CanOpen("/dev/null", O_WRONLY | O_TRUNC));
}

TEST_F(LandlockTest, FilesElsewhereCanBeReadAndNothingElse) {
  const std::string file = temp_.Path("outside/file");
  EXPECT_TRUE(CanOpen(file, O_RDONLY));
  EXPECT_TRUE(CanOpen(temp_.Path("outside"), O_RDONLY | O_DIRECTORY));
  EXPECT_FALSE(Can([&] { return ::unlink(file.c_str()) == 0; }));
  EXPECT_FALSE(Can([&] { return ::mkdir(temp_.Path("outside/dir").c_str(), 0755) == 0; }));
  EXPECT_FALSE(Can([&] { return ::symlink("x", temp_.Path("outside/link").c_str()) == 0; }));
  EXPECT_FALSE(Can([&] { return ::rename(file.c_str(), temp_.Path("work/file").c_str()) == 0; }));
  if (LandlockAbi() >= 3) {
    EXPECT_FALSE(Can([&] { return ::truncate(file.c_str(), 0) == 0; }));
  }
  EXPECT_THAT(ReadFile(file), absl_testing::IsOkAndHolds("text"));
}

TEST_F(LandlockTest, AHiddenFileCannotBeReadByAnyName) {
  const std::string key = temp_.Path("secrets/key");
  EXPECT_FALSE(CanOpen(key, O_RDONLY));
  EXPECT_FALSE(CanOpen(absl::StrCat("/proc/self/root", key), O_RDONLY));
  const std::string link = temp_.Path("work/link");
  ASSERT_EQ(::symlink(key.c_str(), link.c_str()), 0);
  EXPECT_FALSE(CanOpen(link, O_RDONLY));
  EXPECT_FALSE(Can([&] { return ::link(key.c_str(), temp_.Path("work/hard").c_str()) == 0; }));
  EXPECT_FALSE(Can([&] { return ::rename(key.c_str(), temp_.Path("work/key").c_str()) == 0; }));
}

TEST_F(LandlockTest, WhatLiesBesideAHiddenFileCanBeRead) {
  EXPECT_TRUE(CanOpen(temp_.Path("secrets/script_config.json"), O_RDONLY));
  EXPECT_TRUE(CanOpen(temp_.Path("secrets"), O_RDONLY | O_DIRECTORY));
}

TEST_F(LandlockTest, AHiddenFileBehindLinksIsHiddenWhereItLies) {
  // As Kubernetes mounts secrets.
  temp_.Write("mount/..2026_01_01/key", "the key");
  ASSERT_EQ(::symlink("..2026_01_01", temp_.Path("mount/..data").c_str()), 0);
  ASSERT_EQ(::symlink("..data/key", temp_.Path("mount/key").c_str()), 0);
  paths_.hidden = {temp_.Path("mount/key")};
  for (const std::string_view name : {"mount/key", "mount/..data/key", "mount/..2026_01_01/key"}) {
    EXPECT_FALSE(CanOpen(temp_.Path(name), O_RDONLY)) << name;
  }
}

TEST_F(LandlockTest, AHiddenFolderIsHiddenWithAllInIt) {
  paths_.hidden = {temp_.Path("secrets")};
  EXPECT_FALSE(CanOpen(temp_.Path("secrets/script_config.json"), O_RDONLY));
  EXPECT_TRUE(CanOpen(temp_.Path("outside/file"), O_RDONLY));
}

TEST_F(LandlockTest, AHiddenFileThatIsNotThereHidesNothing) {
  paths_.hidden = {temp_.Path("secrets/absent")};
  EXPECT_TRUE(CanOpen(temp_.Path("secrets/key"), O_RDONLY));
}

TEST_F(LandlockTest, AHiddenFileInAWritableFolderIsRefused) {
  paths_.writable = {temp_.Path("secrets")};
  EXPECT_THAT(MakeLandlockRuleset(paths_).status(),
              StatusIs(absl::StatusCode::kFailedPrecondition,
                       absl::StrCat(temp_.Path("secrets"), " cannot be writable, since ",
                                    temp_.Path("secrets/key"), " is to be hidden from scripts")));
  paths_.writable = {"/"};
  EXPECT_THAT(MakeLandlockRuleset(paths_).status(),
              StatusIs(absl::StatusCode::kFailedPrecondition));
}

TEST_F(LandlockTest, AWritableFolderThatIsNotThereIsNamed) {
  paths_.writable = {temp_.Path("absent")};
  EXPECT_THAT(MakeLandlockRuleset(paths_).status(),
              StatusIs(absl::StatusCode::kNotFound, HasSubstr(temp_.Path("absent"))));
}

TEST_F(LandlockTest, ProcessesOutsideAreOutOfReach) {
  const pid_t outside = ::getpid();
  EXPECT_FALSE(Can([&] { return ::ptrace(PTRACE_SEIZE, outside, nullptr, nullptr) == 0; }));
  EXPECT_FALSE(CanOpen(absl::StrCat("/proc/", outside, "/mem"), O_RDONLY));
  EXPECT_FALSE(CanOpen(absl::StrCat("/proc/", outside, "/environ"), O_RDONLY));
  if (LandlockAbi() >= 6) {
    EXPECT_FALSE(Can([&] { return ::kill(outside, 0) == 0; }));
  }
}

TEST_F(LandlockTest, TheSuperuserKeepsNoCapabilityThatItDoesNotHoldAgainst) {
  EXPECT_FALSE(Can([] {
    const std::string status = ReadFile("/proc/self/status").value_or("CapPrm:\tffffffffffffffff");
    uint64_t permitted = ~uint64_t{0};
    const size_t at = status.find("CapPrm:\t");
    if (at == std::string::npos || !absl::SimpleHexAtoi(status.substr(at + 8, 16), &permitted)) {
      return true;
    }
    constexpr uint64_t kAbove = uint64_t{1} << CAP_SYS_ADMIN | uint64_t{1} << CAP_PERFMON |
                                uint64_t{1} << CAP_SYS_PTRACE | uint64_t{1} << CAP_SYS_MODULE |
                                uint64_t{1} << CAP_SYS_RAWIO;
    return (permitted & kAbove) != 0;
  }));
}

TEST_F(LandlockTest, ProgramsRun) {
  EXPECT_TRUE(Can([] {
    const pid_t pid = ::fork();
    if (pid == 0) {
      ::execl("/bin/sh", "sh", "-c", "echo x >/dev/null && exit 7", nullptr);
      ::_exit(1);
    }
    int status = 0;
    ::waitpid(pid, &status, 0);
    return WIFEXITED(status) && WEXITSTATUS(status) == 7;
  }));
}

}  // namespace
}  // namespace scriptworker::worker
