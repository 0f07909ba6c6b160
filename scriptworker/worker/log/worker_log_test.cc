// SPDX-License-Identifier: MPL-2.0
#include "scriptworker/worker/log/worker_log.h"

#include <fcntl.h>
#include <unistd.h>

#include <filesystem>
#include <memory>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/status_matchers.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "scriptworker/base/file.h"
#include "scriptworker/base/secret_string.h"
#include "scriptworker/base/testing/simulated_clock.h"
#include "scriptworker/base/testing/temp_dir.h"
#include "scriptworker/base/unique_fd.h"

namespace scriptworker::worker {
namespace {

using ::absl_testing::IsOk;
using ::absl_testing::IsOkAndHolds;
using ::absl_testing::StatusIs;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class WorkerLogTest : public testing::Test {
 protected:
  WorkerLogTest() : screen_(::open(screen_path_.c_str(), O_WRONLY | O_CREAT, 0600)) {}

  absl::StatusOr<std::unique_ptr<WorkerLog>> Create(bool verbose, std::string path) {
    return Create(verbose, LogFile::Options{.path = std::move(path)});
  }
  absl::StatusOr<std::unique_ptr<WorkerLog>> Create(bool verbose, LogFile::Options file) {
    absl::StatusOr<LogFormat> format = LogFormat::Create({});
    EXPECT_THAT(format, IsOk());
    return WorkerLog::Create({.file = std::move(file),
                              .format = *std::move(format),
                              .verbose = verbose,
                              .stderr_fd = screen_.get()},
                             clock_, redactor_);
  }
  std::string Screen() const { return ReadFile(screen_path_).value(); }

  const TempDir temp_;
  const std::string path_ = temp_.Path("log/worker.log");
  const std::string screen_path_ = temp_.Path("screen");
  const UniqueFd screen_;
  const SimulatedClock clock_{absl::FromUnixSeconds(1772406245)};
  SecretRedactor redactor_;
};

TEST_F(WorkerLogTest, VerboseShowsEverythingOnScreenAndInTheFile) {
  absl::StatusOr<std::unique_ptr<WorkerLog>> log = Create(true, path_);
  ASSERT_THAT(log, IsOk());
  (*log)->Debug("details");
  (*log)->Warning("watch out");
  const std::string expected =
      "2026-03-01T23:04:05    DEBUG - details\n"
      "2026-03-01T23:04:05  WARNING - watch out\n";
  EXPECT_THAT(ReadFile(path_), IsOkAndHolds(expected));
  EXPECT_EQ(Screen(), expected);
}

// The worker's safety (signals, the claim) must not depend on who reads stderr.
TEST_F(WorkerLogTest, AScreenThatNobodyReadsHoldsNobodyUp) {
  int ends[2];
  ASSERT_EQ(::pipe2(ends, O_CLOEXEC), 0);
  const UniqueFd reader(ends[0]);
  const UniqueFd writer(ends[1]);
  absl::StatusOr<LogFormat> format = LogFormat::Create({});
  ASSERT_THAT(format, IsOk());
  absl::StatusOr<std::unique_ptr<WorkerLog>> log = WorkerLog::Create(
      {.file = {.path = path_}, .format = *std::move(format), .stderr_fd = writer.get()}, clock_,
      redactor_);
  ASSERT_THAT(log, IsOk());
  for (int i = 0; i < 5000; ++i) (*log)->Info("a line that is longer than a few bytes");
  (*log)->Info("the last one");
  EXPECT_THAT(ReadFile(path_), IsOkAndHolds(HasSubstr("the last one\n")));
}

TEST_F(WorkerLogTest, OtherwiseDebugAndScreenAreSilent) {
  absl::StatusOr<std::unique_ptr<WorkerLog>> log = Create(false, path_);
  ASSERT_THAT(log, IsOk());
  (*log)->Debug("details");
  (*log)->Info("news");
  EXPECT_THAT(ReadFile(path_), IsOkAndHolds("2026-03-01T23:04:05     INFO - news\n"));
  EXPECT_THAT(Screen(), IsEmpty());
}

TEST_F(WorkerLogTest, KnownSecretsNeverAppear) {
  absl::StatusOr<std::unique_ptr<WorkerLog>> log = Create(true, path_);
  ASSERT_THAT(log, IsOk());
  const auto registration = redactor_.Add(SecretString("no-secret"));
  (*log)->Info("token no-secret");
  EXPECT_THAT(ReadFile(path_), IsOkAndHolds(HasSubstr("token [redacted]\n")));
  EXPECT_THAT(Screen(), HasSubstr("token [redacted]\n"));
}

TEST_F(WorkerLogTest, AnUnusableFolderIsAnErrorThatNamesIt) {
  temp_.Write("plain", "a file where the folder belongs");
  EXPECT_THAT(Create(true, temp_.Path("plain/worker.log")).status(),
              StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("plain")));
}

TEST_F(WorkerLogTest, AFullDiskIsSaidOnceAndTheWorkerGoesOn) {
  absl::StatusOr<std::unique_ptr<WorkerLog>> log = Create(false, "/dev/full");
  ASSERT_THAT(log, IsOk());
  (*log)->Info("one");
  (*log)->Info("two");
  EXPECT_THAT(Screen(), testing::MatchesRegex("scriptworker: log lines are being lost: .*\n"));
}

TEST_F(WorkerLogTest, LinesAreSaidToBeLostWhereAFolderTookTheWatchedFilesPlace) {
  absl::StatusOr<std::unique_ptr<WorkerLog>> log =
      Create(false, LogFile::Options{.path = path_, .watch = true});
  ASSERT_THAT(log, IsOk());
  std::filesystem::remove(path_);
  std::filesystem::create_directory(path_);
  (*log)->Info("one");
  EXPECT_THAT(Screen(), testing::StartsWith("scriptworker: log lines are being lost: "));
}

TEST_F(WorkerLogTest, AFileThatCannotBeRotatedIsSaidButNothingIsLost) {
  temp_.Write("log/worker.log.1/a folder", "in the way");
  absl::StatusOr<std::unique_ptr<WorkerLog>> log =
      Create(false, LogFile::Options{.path = path_, .max_bytes = 10, .max_backups = 1});
  ASSERT_THAT(log, IsOk());
  (*log)->Info("one");
  (*log)->Info("two");
  (*log)->Info("three");
  EXPECT_THAT(Screen(), testing::MatchesRegex(
                            "scriptworker: the log cannot be rotated and grows on: [^\n]*\n"));
  EXPECT_THAT(ReadFile(path_), IsOkAndHolds(testing::ContainsRegex("one\n.*two\n.*three\n")));
}

TEST_F(WorkerLogTest, JsonLinesCarryTheRunAndNoSecretThatJsonEscapes) {
  const auto certificate = redactor_.Add(SecretString(R"({"seed":"not for logs"})"));
  absl::StatusOr<std::unique_ptr<WorkerLog>> log = WorkerLog::Create(
      {.file = {.path = path_}, .format = LogFormat::Json(), .verbose = false}, clock_, redactor_);
  ASSERT_THAT(log, IsOk());
  (*log)->SetRun("ckDskRdWQnyhF92JxCLL4w", 1);
  (*log)->Info(R"(got {"seed":"not for logs"})");
  (*log)->SetRun("", 0);
  (*log)->Info("idle");
  const std::string text = ReadFile(path_).value();
  EXPECT_THAT(
      text,
      HasSubstr(R"("taskId":"ckDskRdWQnyhF92JxCLL4w","runId":1,"message":"got [redacted]"})"));
  EXPECT_THAT(text, HasSubstr(R"(,"message":"idle"})"));
  EXPECT_THAT(text, testing::Not(HasSubstr("not for logs")));
}

}  // namespace
}  // namespace scriptworker::worker
