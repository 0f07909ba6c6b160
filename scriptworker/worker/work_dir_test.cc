// SPDX-License-Identifier: MPL-2.0
#include "scriptworker/worker/work_dir.h"

#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/status_matchers.h"
#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "scriptworker/base/file.h"
#include "scriptworker/base/testing/temp_dir.h"

namespace scriptworker::worker {
namespace {

using ::absl_testing::IsOk;
using ::absl_testing::StatusIs;
using ::testing::HasSubstr;

namespace fs = ::std::filesystem;

class WorkDirTest : public testing::Test {
 protected:
  const TempDir temp_;
  const WorkDir dirs_{temp_.Path("work"), temp_.Path("artifacts"),
                      temp_.Path("artifacts/public/logs")};
};

TEST_F(WorkDirTest, KnowsEveryPath) {
  EXPECT_EQ(dirs_.task_json(), temp_.Path("work/task.json"));
  EXPECT_EQ(dirs_.current_task_info(), temp_.Path("work/current_task_info.json"));
  EXPECT_EQ(dirs_.live_backing_log(), temp_.Path("artifacts/public/logs/live_backing.log"));
  EXPECT_EQ(dirs_.chain_of_trust_log(), temp_.Path("artifacts/public/logs/chain_of_trust.log"));
}

TEST_F(WorkDirTest, CleanupMakesMissingFolders) {
  ASSERT_THAT(dirs_.Cleanup(), IsOk());
  EXPECT_TRUE(fs::is_empty(dirs_.work_dir()));
  EXPECT_TRUE(fs::is_empty(dirs_.task_log_dir()));
}

TEST_F(WorkDirTest, CleanupRemovesEverythingOfTheRunBefore) {
  temp_.Write("work/cot/abc/public/file", "stale");
  temp_.Write("artifacts/public/build/target.bin", "stale");
  temp_.Write("artifacts/public/logs/live_backing.log", "stale");
  fs::create_symlink(temp_.Write("outside/keep", "kept"), temp_.Path("artifacts/public/link"));
  ASSERT_THAT(dirs_.Cleanup(), IsOk());
  EXPECT_TRUE(fs::is_empty(dirs_.work_dir()));
  EXPECT_TRUE(fs::is_empty(dirs_.task_log_dir()));
  EXPECT_FALSE(fs::exists(temp_.Path("artifacts/public/build")));
  EXPECT_TRUE(fs::exists(temp_.Path("outside/keep")));
}

mode_t ModeOf(const std::string& path) {
  struct stat info = {};
  EXPECT_EQ(::stat(path.c_str(), &info), 0) << path;
  return info.st_mode & 07777;
}

// A script may run as another user of the worker's group, with umask 002.
TEST_F(WorkDirTest, TheUmaskAloneSaysWhoMayWriteInTheFolders) {
  for (const mode_t mask : {mode_t{0002}, mode_t{0022}, mode_t{0027}}) {
    const mode_t before = ::umask(mask);
    EXPECT_THAT(dirs_.Cleanup(), IsOk());
    ::umask(before);
    for (const std::string& folder : {dirs_.work_dir(), dirs_.artifact_dir(),
                                      temp_.Path("artifacts/public"), dirs_.task_log_dir()}) {
      EXPECT_EQ(ModeOf(folder), 0777U & ~mask) << folder;
    }
  }
}

// Whichever lies in which, all are there afterwards.
TEST_F(WorkDirTest, CleanupMakesFoldersThatLieInEachOther) {
  const WorkDir nestings[] = {
      {temp_.Path("a/work"), temp_.Path("a"), temp_.Path("a/logs")},
      {temp_.Path("l/work"), temp_.Path("l/artifacts"), temp_.Path("l")},
      {temp_.Path("w"), temp_.Path("w/artifacts"), temp_.Path("w/artifacts/public/logs")},
      {temp_.Path("s/tasks/"), temp_.Path("s/"), temp_.Path("s//logs/")},
      {temp_.Path("same"), temp_.Path("same"), temp_.Path("same")},
  };
  for (const WorkDir& dirs : nestings) {
    SCOPED_TRACE(dirs.artifact_dir());
    for (const std::string& dir : {dirs.work_dir(), dirs.artifact_dir(), dirs.task_log_dir()}) {
      fs::create_directories(dir);
    }
    ASSERT_TRUE(WriteFile(dirs.task_json(), "stale").ok());
    ASSERT_TRUE(WriteFile(dirs.live_backing_log(), "stale").ok());
    ASSERT_THAT(dirs.Cleanup(), IsOk());
    EXPECT_TRUE(fs::is_directory(dirs.work_dir()));
    EXPECT_TRUE(fs::is_directory(dirs.artifact_dir()));
    EXPECT_TRUE(fs::is_directory(dirs.task_log_dir()));
    EXPECT_FALSE(fs::exists(dirs.task_json()));
    EXPECT_FALSE(fs::exists(dirs.live_backing_log()));
  }
}

TEST_F(WorkDirTest, CleanupReplacesAPlainFile) {
  temp_.Write("work", "a file where the folder belongs");
  ASSERT_THAT(dirs_.Cleanup(), IsOk());
  EXPECT_TRUE(fs::is_directory(dirs_.work_dir()));
}

TEST_F(WorkDirTest, CleanupOpensFoldersThatTheScriptClosed) {
  temp_.Write("work/closed/file", "stale");
  ASSERT_EQ(::chmod(temp_.Path("work/closed").c_str(), 0), 0);
  ASSERT_EQ(::chmod(temp_.Path("work").c_str(), 0500), 0);
  ASSERT_THAT(dirs_.Cleanup(), IsOk());
  EXPECT_TRUE(fs::is_empty(dirs_.work_dir()));
}

TEST_F(WorkDirTest, CleanupRefusesASymbolicLinkButDoesTheRest) {
  temp_.Write("elsewhere/keep", "kept");
  fs::create_symlink(temp_.Path("elsewhere"), dirs_.work_dir());
  EXPECT_THAT(dirs_.Cleanup(),
              StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("symbolic link")));
  EXPECT_TRUE(fs::exists(temp_.Path("elsewhere/keep")));
  EXPECT_TRUE(fs::is_directory(dirs_.task_log_dir()));
}

TEST_F(WorkDirTest, CleanupTouchesNothingBehindALinkThatStays) {
  temp_.Write("elsewhere/logs/keep", "kept");
  fs::create_symlink(temp_.Path("elsewhere"), temp_.Path("a"));
  for (const std::string_view slash : {"", "/"}) {
    const WorkDir dirs(temp_.Path("a/tasks"), absl::StrCat(temp_.Path("a"), slash),
                       temp_.Path("a/logs"));
    EXPECT_THAT(dirs.Cleanup(),
                StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("symbolic link")));
    EXPECT_TRUE(fs::exists(temp_.Path("elsewhere/logs/keep")));
    EXPECT_FALSE(fs::exists(temp_.Path("elsewhere/tasks")));
  }
}

TEST_F(WorkDirTest, CleanupAfterATaskTouchesNothingBehindALinkInPlaceOfAnOuterFolder) {
  temp_.Write("elsewhere/tasks/keep", "kept");
  fs::create_symlink(temp_.Path("elsewhere"), temp_.Path("a"));
  const WorkDir dirs(temp_.Path("a/tasks"), temp_.Path("a"), temp_.Path("a/logs"));
  ASSERT_THAT(dirs.Cleanup(WorkDir::Links::kRemoved), IsOk());
  EXPECT_TRUE(fs::exists(temp_.Path("elsewhere/tasks/keep")));
  EXPECT_TRUE(fs::is_directory(fs::symlink_status(temp_.Path("a"))));
  EXPECT_TRUE(fs::is_empty(temp_.Path("a/tasks")));
}

TEST_F(WorkDirTest, CleanupAfterATaskRemovesTheLinksThatItMade) {
  temp_.Write("elsewhere/keep", "kept");
  fs::create_symlink(temp_.Path("elsewhere"), dirs_.work_dir());
  fs::create_symlink(temp_.Path("nowhere"), dirs_.artifact_dir());
  ASSERT_THAT(dirs_.Cleanup(WorkDir::Links::kRemoved), IsOk());
  EXPECT_TRUE(fs::exists(temp_.Path("elsewhere/keep")));
  EXPECT_TRUE(fs::is_directory(fs::symlink_status(dirs_.work_dir())));
  EXPECT_TRUE(fs::is_directory(fs::symlink_status(dirs_.artifact_dir())));
  EXPECT_TRUE(fs::is_directory(fs::symlink_status(dirs_.task_log_dir())));
}

}  // namespace
}  // namespace scriptworker::worker
