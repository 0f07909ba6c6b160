// SPDX-License-Identifier: MPL-2.0
#include "scriptworker/worker/log/audit_log.h"

#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/status_matchers.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "scriptworker/base/file.h"
#include "scriptworker/base/secret_string.h"
#include "scriptworker/base/testing/memory_logger.h"
#include "scriptworker/base/testing/simulated_clock.h"
#include "scriptworker/base/testing/temp_dir.h"

namespace scriptworker::worker {
namespace {

using ::absl_testing::IsOk;
using ::absl_testing::IsOkAndHolds;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

class AuditLogTest : public ::testing::Test {
 protected:
  std::unique_ptr<AuditLog> Open(std::string format = "%(asctime)s %(levelname)8s - %(message)s") {
    absl::StatusOr<LogFormat> made =
        LogFormat::Create({.format = std::move(format), .zone = absl::UTCTimeZone()});
    EXPECT_THAT(made, IsOk());
    auto log = AuditLog::Create({.path = path_, .format = *made}, clock_, redactor_, worker_log_);
    EXPECT_THAT(log, IsOk());
    return log.ok() ? *std::move(log) : nullptr;
  }
  absl::StatusOr<std::string> Text() const { return ReadFile(path_); }

  TempDir folder_;
  const std::string path_ = folder_.Path("chain_of_trust.log");
  SimulatedClock clock_{absl::FromUnixSeconds(1767225600)};  // 2026-01-01
  SecretRedactor redactor_;
  MemoryLogger worker_log_;
};

TEST_F(AuditLogTest, LinesAreTheReferencesWithABlankMoreBeforeDebug) {
  const auto log = Open();
  log->Info("Good.");
  log->Debug("a detail");
  log->Critical("two\nlines");
  EXPECT_THAT(Text(), IsOkAndHolds("2026-01-01T00:00:00     INFO - Good.\n"
                                   "2026-01-01T00:00:00    DEBUG -  a detail\n"
                                   "2026-01-01T00:00:00 CRITICAL - two\n    lines\n"));
}

TEST_F(AuditLogTest, TheWorkersLogHasEveryLineToo) {
  const auto log = Open();
  log->Info("Good.");
  log->Debug("a detail");
  EXPECT_THAT(worker_log_.lines(), ElementsAre("INFO Good.", "DEBUG a detail"));
}

TEST_F(AuditLogTest, ASecondVerificationAppends) {
  Open("%(message)s")->Info("first");
  Open("%(message)s")->Info("second");
  EXPECT_THAT(Text(), IsOkAndHolds("first\nsecond\n"));
}

TEST_F(AuditLogTest, KnownSecretsAreTakenOut) {
  const auto known = redactor_.Add(SecretString("a-secret-token"));
  const auto log = Open("%(message)s");
  log->Warning("GET https://h/?x=a-secret-token");
  EXPECT_THAT(Text(), IsOkAndHolds(Not(HasSubstr("a-secret"))));
  EXPECT_THAT(Text(), IsOkAndHolds(HasSubstr("[redacted]")));
}

TEST_F(AuditLogTest, NoBeginningOfASecretIsLeftWhereTheFormatCutsTheMessage) {
  const auto known = redactor_.Add(SecretString("a-secret-token"));
  Open("%(message).10s")->Warning("a-secret-token was sent");
  EXPECT_THAT(Text(), IsOkAndHolds("[redacted]\n"));
}

TEST_F(AuditLogTest, WithoutItsFolderThereIsNone) {
  absl::StatusOr<LogFormat> format = LogFormat::Create({});
  ASSERT_THAT(format, IsOk());
  const auto log = AuditLog::Create({.path = folder_.Path("no/folder/x.log"), .format = *format},
                                    clock_, redactor_, worker_log_);
  ASSERT_FALSE(log.ok());
  EXPECT_THAT(log.status().message(), HasSubstr("no/folder/x.log"));
}

}  // namespace
}  // namespace scriptworker::worker
