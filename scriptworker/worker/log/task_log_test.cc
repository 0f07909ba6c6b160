// SPDX-License-Identifier: MPL-2.0
#include "scriptworker/worker/log/task_log.h"

#include <sys/stat.h>

#include <filesystem>
#include <string>

#include "absl/status/status.h"
#include "absl/status/status_matchers.h"
#include "absl/status/statusor.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "scriptworker/base/file.h"
#include "scriptworker/base/testing/temp_dir.h"

namespace scriptworker::worker {
namespace {

using ::absl_testing::IsOk;
using ::absl_testing::IsOkAndHolds;
using ::absl_testing::StatusIs;
using ::testing::HasSubstr;

TEST(TaskLogTest, ReplacesTheLogOfTheRunBefore) {
  const TempDir temp;
  const std::string path = temp.Write("public/logs/live_backing.log", "old");
  absl::StatusOr<TaskLog> log = TaskLog::Create(path);
  ASSERT_THAT(log, IsOk());
  EXPECT_THAT(ReadFile(path), IsOkAndHolds(""));
}

TEST(TaskLogTest, TheUmaskAloneSaysWhoMayWriteToIt) {
  for (const mode_t mask : {mode_t{0002}, mode_t{0022}}) {
    const TempDir temp;
    const mode_t before = ::umask(mask);
    EXPECT_THAT(TaskLog::Create(temp.Path("logs/live_backing.log")), IsOk());
    ::umask(before);
    struct stat info = {};
    ASSERT_EQ(::stat(temp.Path("logs/live_backing.log").c_str(), &info), 0);
    EXPECT_EQ(info.st_mode & 07777, 0666U & ~mask);
    ASSERT_EQ(::stat(temp.Path("logs").c_str(), &info), 0);
    EXPECT_EQ(info.st_mode & 07777, 0777U & ~mask);
  }
}

TEST(TaskLogTest, TextCanBeReadAsSoonAsItIsWritten) {
  const TempDir temp;
  const std::string path = temp.Path("public/logs/live_backing.log");
  absl::StatusOr<TaskLog> log = TaskLog::Create(path);
  ASSERT_THAT(log, IsOk());
  log->Write("one");
  log->Write(" line\n");
  EXPECT_THAT(ReadFile(path), IsOkAndHolds("one line\n"));
}

TEST(TaskLogTest, NothingIsWrittenAfterClose) {
  const TempDir temp;
  const std::string path = temp.Path("live_backing.log");
  absl::StatusOr<TaskLog> log = TaskLog::Create(path);
  ASSERT_THAT(log, IsOk());
  log->Write("kept\n");
  EXPECT_THAT(log->Close(), IsOk());
  log->Write("too late\n");
  EXPECT_THAT(ReadFile(path), IsOkAndHolds("kept\n"));
}

TEST(TaskLogTest, AFullDiskIsToldByClose) {
  absl::StatusOr<TaskLog> log = TaskLog::Create("/dev/full");
  ASSERT_THAT(log, IsOk());
  log->Write("lost\n");
  EXPECT_THAT(log->Close(), StatusIs(absl::StatusCode::kResourceExhausted, HasSubstr("/dev/full")));
}

TEST(TaskLogTest, ALinkInPlaceOfTheLogIsRefused) {
  const TempDir temp;
  const std::string victim = temp.Write("victim", "precious");
  const std::string path = temp.Path("live_backing.log");
  std::filesystem::create_symlink(victim, path);
  EXPECT_THAT(TaskLog::Create(path).status(), testing::Not(IsOk()));
  EXPECT_THAT(ReadFile(victim), IsOkAndHolds("precious"));
}

}  // namespace
}  // namespace scriptworker::worker
