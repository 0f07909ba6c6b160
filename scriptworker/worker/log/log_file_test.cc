// SPDX-License-Identifier: MPL-2.0
#include "scriptworker/worker/log/log_file.h"

#include <cstdio>
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

class LogFileTest : public testing::Test {
 protected:
  LogFile Open(LogFile::Options options = {}) {
    options.path = path_;
    absl::StatusOr<LogFile> file = LogFile::Open(options);
    EXPECT_THAT(file, IsOk());
    return *std::move(file);
  }
  bool Exists(const std::string& suffix) const { return std::filesystem::exists(path_ + suffix); }

  const TempDir temp_;
  const std::string path_ = temp_.Path("worker.log");
};

TEST_F(LogFileTest, AppendsToWhatIsThere) {
  temp_.Write("worker.log", "old\n");
  LogFile file = Open();
  ASSERT_THAT(file.Append("new\n"), IsOk());
  EXPECT_THAT(ReadFile(path_), IsOkAndHolds("old\nnew\n"));
}

TEST_F(LogFileTest, SaysWhichFileCannotBeOpened) {
  EXPECT_THAT(LogFile::Open({.path = temp_.Path("no/such/log")}).status(),
              StatusIs(absl::StatusCode::kNotFound, HasSubstr("no/such/log")));
}

TEST_F(LogFileTest, APlainFileThatWasMovedGetsTheRest) {
  LogFile file = Open();
  std::rename(path_.c_str(), temp_.Path("moved").c_str());
  ASSERT_THAT(file.Append("x\n"), IsOk());
  EXPECT_THAT(ReadFile(temp_.Path("moved")), IsOkAndHolds("x\n"));
}

TEST_F(LogFileTest, AWatchedFileIsMadeAnewWhenItWasMoved) {
  LogFile file = Open({.watch = true});
  ASSERT_THAT(file.Append("1\n"), IsOk());
  std::rename(path_.c_str(), temp_.Path("moved").c_str());
  ASSERT_THAT(file.Append("2\n"), IsOk());
  EXPECT_THAT(ReadFile(temp_.Path("moved")), IsOkAndHolds("1\n"));
  EXPECT_THAT(ReadFile(path_), IsOkAndHolds("2\n"));
}

TEST_F(LogFileTest, AWatchedFileIsReopenedWhenItWasReplaced) {
  LogFile file = Open({.watch = true});
  ASSERT_THAT(file.Append("1\n"), IsOk());
  std::rename(temp_.Write("other", "other\n").c_str(), path_.c_str());
  ASSERT_THAT(file.Append("2\n"), IsOk());
  EXPECT_THAT(ReadFile(path_), IsOkAndHolds("other\n2\n"));
}

TEST_F(LogFileTest, RotationKeepsTheNewestBackups) {
  LogFile file = Open({.max_bytes = 4, .max_backups = 2});
  for (const char* line : {"11\n", "22\n", "33\n", "44\n"}) {
    ASSERT_THAT(file.Append(line), IsOk());
  }
  EXPECT_THAT(ReadFile(path_), IsOkAndHolds("44\n"));
  EXPECT_THAT(ReadFile(path_ + ".1"), IsOkAndHolds("33\n"));
  EXPECT_THAT(ReadFile(path_ + ".2"), IsOkAndHolds("22\n"));
  EXPECT_FALSE(Exists(".3"));
}

TEST_F(LogFileTest, RotationCountsWhatWasThereAtTheStart) {
  temp_.Write("worker.log", "a long old text\n");
  LogFile file = Open({.max_bytes = 10, .max_backups = 1});
  ASSERT_THAT(file.Append("new\n"), IsOk());
  EXPECT_THAT(ReadFile(path_), IsOkAndHolds("new\n"));
  EXPECT_TRUE(Exists(".1"));
}

TEST_F(LogFileTest, WhatCannotBeRotatedGrowsOnAndSaysItNowAndThen) {
  temp_.Write("worker.log.1/a folder", "in the way");
  LogFile file = Open({.max_bytes = 6, .max_backups = 1});
  EXPECT_THAT(file.Append("11\n"), IsOk());
  EXPECT_THAT(file.rotation(), IsOk());
  EXPECT_THAT(file.Append("22\n"), IsOk());
  EXPECT_THAT(file.rotation(), StatusIs(testing::_, HasSubstr("cannot be rotated")));
  EXPECT_THAT(ReadFile(path_), IsOkAndHolds("11\n22\n"));
  EXPECT_THAT(file.Append("33\n"), IsOk());
  EXPECT_FALSE(file.rotation().ok());
  std::filesystem::remove_all(path_ + ".1");
  EXPECT_THAT(file.Append("44\n"), IsOk());
  EXPECT_THAT(file.rotation(), IsOk());
  EXPECT_THAT(ReadFile(path_ + ".1"), IsOkAndHolds("11\n22\n33\n"));
  EXPECT_THAT(ReadFile(path_), IsOkAndHolds("44\n"));
}

TEST_F(LogFileTest, WhereItsFolderWasRemovedAWatchedFileComesBackWithIt) {
  const std::string folder = temp_.Path("log");
  std::filesystem::create_directory(folder);
  absl::StatusOr<LogFile> file = LogFile::Open({.path = folder + "/worker.log", .watch = true});
  ASSERT_THAT(file, IsOk());
  ASSERT_THAT(file->Append("1\n"), IsOk());
  std::filesystem::remove_all(folder);
  EXPECT_THAT(file->Append("2\n"), StatusIs(absl::StatusCode::kNotFound, HasSubstr(folder)));
  std::filesystem::create_directory(folder);
  EXPECT_THAT(file->Append("3\n"), IsOk());
  EXPECT_THAT(ReadFile(folder + "/worker.log"), IsOkAndHolds("3\n"));
}

TEST_F(LogFileTest, ALineLargerThanTheLimitIsNotLost) {
  LogFile file = Open({.max_bytes = 4, .max_backups = 1});
  ASSERT_THAT(file.Append("a line of its own\n"), IsOk());
  EXPECT_THAT(ReadFile(path_), IsOkAndHolds("a line of its own\n"));
  EXPECT_FALSE(Exists(".1"));
}

struct NoRotation {
  std::string_view name;
  bool watch;
  int64_t max_bytes;
  int max_backups;
};

class NoRotationTest : public LogFileTest, public testing::WithParamInterface<NoRotation> {};

TEST_P(NoRotationTest, LetsTheFileGrow) {
  LogFile file = Open({.watch = GetParam().watch,
                       .max_bytes = GetParam().max_bytes,
                       .max_backups = GetParam().max_backups});
  ASSERT_THAT(file.Append("11\n"), IsOk());
  ASSERT_THAT(file.Append("22\n"), IsOk());
  EXPECT_THAT(ReadFile(path_), IsOkAndHolds("11\n22\n"));
}

INSTANTIATE_TEST_SUITE_P(Options, NoRotationTest,
                         testing::Values(NoRotation{"without_a_size", false, 0, 3},
                                         NoRotation{"without_backups", false, 2, 0},
                                         NoRotation{"when_watched", true, 2, 3}),
                         [](const auto& info) { return std::string(info.param.name); });

}  // namespace
}  // namespace scriptworker::worker
