// SPDX-License-Identifier: MPL-2.0
#include "scriptworker/worker/outcome/exit_status.h"

#include <map>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "scriptworker/taskcluster/queue.h"

namespace scriptworker::worker {
namespace {

using ::scriptworker::taskcluster::ExceptionReason;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

// reversed_statuses' default.
StatusTable DefaultTable() {
  return StatusTable(
      {{245, ExceptionReason::kIntermittentTask}, {241, ExceptionReason::kIntermittentTask}});
}

struct ReportCase {
  std::string_view name;
  int status;
  Report::Kind kind;
  ExceptionReason reason = ExceptionReason::kInternalError;
};

class ReportTest : public testing::TestWithParam<ReportCase> {};

TEST_P(ReportTest, TellsTheQueueWhatItAccepts) {
  const Report report = DefaultTable().ReportFor(GetParam().status);
  EXPECT_EQ(report.kind, GetParam().kind);
  if (GetParam().kind == Report::Kind::kException) {
    EXPECT_EQ(report.reason, GetParam().reason);
  }
}

constexpr Report::Kind kException = Report::Kind::kException;

INSTANTIATE_TEST_SUITE_P(
    Statuses, ReportTest,
    testing::Values(
        ReportCase{"success", 0, Report::Kind::kCompleted},
        ReportCase{"failure", 1, Report::Kind::kFailed},
        ReportCase{"worker_shutdown", 2, kException, ExceptionReason::kWorkerShutdown},
        ReportCase{"malformed_payload", 3, kException, ExceptionReason::kMalformedPayload},
        ReportCase{"resource_unavailable", 4, kException, ExceptionReason::kResourceUnavailable},
        ReportCase{"internal_error", 5, kException, ExceptionReason::kInternalError},
        ReportCase{"superseded_which_the_queue_refuses", 6, kException,
                   ExceptionReason::kInternalError},
        ReportCase{"intermittent_task", 7, kException, ExceptionReason::kIntermittentTask},
        ReportCase{"reversed_245", 245, kException, ExceptionReason::kIntermittentTask},
        ReportCase{"reversed_241", 241, kException, ExceptionReason::kIntermittentTask},
        ReportCase{"any_other_code", 19, Report::Kind::kFailed},
        ReportCase{"the_largest_code", 255, Report::Kind::kFailed}),
    [](const auto& info) { return std::string(info.param.name); });

TEST(StatusTableTest, SaysWhenAnotherReasonStandsIn) {
  EXPECT_THAT(DefaultTable().ReportFor(kSuperseded).note, HasSubstr("superseded"));
  EXPECT_THAT(DefaultTable().ReportFor(kInternalError).note, IsEmpty());
}

TEST(StatusTableTest, TheConfigurationReplacesBuiltInReasons) {
  const StatusTable table({{3, ExceptionReason::kResourceUnavailable}});
  EXPECT_EQ(table.ReportFor(3).reason, ExceptionReason::kResourceUnavailable);
  EXPECT_EQ(table.ReportFor(4).reason, ExceptionReason::kResourceUnavailable);
}

TEST(StatusTableTest, TheConfigurationCannotRedefineSuccessAndFailure) {
  const StatusTable table(
      {{0, ExceptionReason::kInternalError}, {1, ExceptionReason::kInternalError}});
  EXPECT_EQ(table.ReportFor(0).kind, Report::Kind::kCompleted);
  EXPECT_EQ(table.ReportFor(1).kind, Report::Kind::kFailed);
}

TEST(StatusTableTest, AReasonThatTheQueueRefusesBecomesInternalErrorWhoeverNamesIt) {
  const Report report = StatusTable({{9, ExceptionReason::kSuperseded}}).ReportFor(9);
  EXPECT_EQ(report.kind, kException);
  EXPECT_EQ(report.reason, ExceptionReason::kInternalError);
  EXPECT_THAT(report.note, HasSubstr("\"superseded\" (status 9)"));
}

struct ErrorCase {
  std::string_view name;
  Phase phase;
  absl::StatusCode code;
  int status;
};

class StatusForErrorTest : public testing::TestWithParam<ErrorCase> {};

TEST_P(StatusForErrorTest, FollowsTheTable) {
  EXPECT_EQ(StatusForError(GetParam().phase, absl::Status(GetParam().code, "anything")),
            GetParam().status);
}

TEST_P(StatusForErrorTest, OnlyWhatIsInternalHasTheMarkOfTheUnexpected) {
  const std::string line =
      LogLineForError(GetParam().phase, absl::Status(GetParam().code, "anything"));
  if (GetParam().status != kInternalError) {
    EXPECT_EQ(line, "Hit ScriptWorkerException: anything");
  } else if (GetParam().phase == Phase::kUpload) {
    EXPECT_EQ(line, "SCRIPTWORKER_UNEXPECTED_EXCEPTION upload anything");
  } else {
    EXPECT_EQ(line, "SCRIPTWORKER_UNEXPECTED_EXCEPTION task anything");
  }
}

INSTANTIATE_TEST_SUITE_P(
    Errors, StatusForErrorTest,
    testing::Values(
        ErrorCase{"malformed_task", Phase::kPrepare, absl::StatusCode::kInvalidArgument,
                  kMalformedPayload},
        ErrorCase{"disk_full_before_the_script", Phase::kPrepare,
                  absl::StatusCode::kResourceExhausted, kInternalError},
        ErrorCase{"chain_not_proven", Phase::kVerify, absl::StatusCode::kPermissionDenied,
                  kMalformedPayload},
        ErrorCase{"chain_malformed", Phase::kVerify, absl::StatusCode::kInvalidArgument,
                  kMalformedPayload},
        ErrorCase{"evidence_missing", Phase::kVerify, absl::StatusCode::kNotFound,
                  kMalformedPayload},
        ErrorCase{"evidence_unreachable", Phase::kVerify, absl::StatusCode::kUnavailable,
                  kResourceUnavailable},
        ErrorCase{"verifier_bug", Phase::kVerify, absl::StatusCode::kInternal, kInternalError},
        ErrorCase{"shutdown_while_verifying", Phase::kVerify, absl::StatusCode::kCancelled,
                  kWorkerShutdown},
        ErrorCase{"script_not_found", Phase::kRun, absl::StatusCode::kNotFound, kInternalError},
        ErrorCase{"shutdown_before_the_script", Phase::kRun, absl::StatusCode::kCancelled,
                  kWorkerShutdown},
        ErrorCase{"signing_key_unusable", Phase::kGenerate, absl::StatusCode::kFailedPrecondition,
                  kMalformedPayload},
        ErrorCase{"description_against_its_schema", Phase::kGenerate,
                  absl::StatusCode::kInvalidArgument, kMalformedPayload},
        ErrorCase{"artifacts_cannot_be_hashed", Phase::kGenerate, absl::StatusCode::kInternal,
                  kInternalError},
        ErrorCase{"store_unreachable", Phase::kUpload, absl::StatusCode::kUnavailable,
                  kIntermittentTask},
        ErrorCase{"store_too_slow", Phase::kUpload, absl::StatusCode::kDeadlineExceeded,
                  kIntermittentTask},
        ErrorCase{"artifact_name_refused", Phase::kUpload, absl::StatusCode::kInvalidArgument,
                  kInternalError},
        ErrorCase{"artifact_in_conflict", Phase::kUpload, absl::StatusCode::kAborted,
                  kInternalError},
        ErrorCase{"uploads_cut_off_by_shutdown_grace", Phase::kUpload, absl::StatusCode::kCancelled,
                  kWorkerShutdown},
        ErrorCase{"hashing_cut_off_by_shutdown_grace", Phase::kGenerate,
                  absl::StatusCode::kCancelled, kWorkerShutdown},
        ErrorCase{"report_refused", Phase::kReport, absl::StatusCode::kInvalidArgument,
                  kInternalError},
        ErrorCase{"folders_cannot_be_emptied", Phase::kCleanUp,
                  absl::StatusCode::kFailedPrecondition, kInternalError},
        ErrorCase{"artifact_unreadable", Phase::kUpload, absl::StatusCode::kPermissionDenied,
                  kInternalError}),
    [](const auto& info) { return std::string(info.param.name); });

TEST(WorstStatusTest, IsTheLargerOne) {
  EXPECT_EQ(WorstStatus(kSuccess, kIntermittentTask), kIntermittentTask);
  EXPECT_EQ(WorstStatus(241, kInternalError), 241);
  EXPECT_EQ(WorstStatus(kFailure, kFailure), kFailure);
}

TEST(PhaseTest, EachHasAName) {
  std::string names;
  for (const Phase phase : kPhases) absl::StrAppend(&names, ToString(phase), ";");
  EXPECT_EQ(names, "prepare;verify;run;generate;upload;report;clean up;");
}

}  // namespace
}  // namespace scriptworker::worker
