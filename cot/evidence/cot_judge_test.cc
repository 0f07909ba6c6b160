// SPDX-License-Identifier: MPL-2.0
//
// What a chain-of-trust.json is worth, by the run that it is about. What signatures and bodies are
// worth is in cot_signature_test.
#include "cot/evidence/cot_judge.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/status_matchers.h"
#include "absl/strings/str_cat.h"
#include "cot/chain/violation.h"
#include "cot/evidence/cot_schema.h"
#include "cot/evidence/evidence.h"
#include "cot/testing/links.h"
#include "gtest/gtest.h"
#include "scriptworker/base/cancellation.h"
#include "scriptworker/base/clock.h"
#include "scriptworker/base/file.h"
#include "scriptworker/base/testing/temp_dir.h"
#include "scriptworker/http/testing/function_transport.h"
#include "scriptworker/json/format.h"
#include "scriptworker/json/object.h"
#include "scriptworker/json/value.h"
#include "scriptworker/taskcluster/queue_client.h"
#include "scriptworker/taskcluster/task_id.h"

namespace cot {
namespace {

using ::absl_testing::IsOk;
using ::absl_testing::IsOkAndHolds;
using ::absl_testing::StatusIs;
using ::scriptworker::http::MakeResponse;
using ::scriptworker::json::Value;
using ::scriptworker::taskcluster::TaskId;

constexpr int64_t kRunOfTheFile = 1;
constexpr std::string_view kTwoRuns = R"({"status": {
    "taskId": "BuildBAAQACAAAAAAAAAAA", "provisionerId": "p", "workerType": "w",
    "taskQueueId": "p/w", "schedulerId": "s", "projectId": "none",
    "taskGroupId": "DecisionQACAAAAAAAAAAA", "deadline": "2030-01-01T00:00:00.000Z",
    "expires": "2031-01-01T00:00:00.000Z", "retriesLeft": 5, "state": "completed", "runs": [
      {"runId": 0, "state": "exception", "reasonCreated": "scheduled",
       "scheduled": "2029-01-01T00:00:00.000Z"},
      {"runId": 1, "state": "completed", "reasonCreated": "retry",
       "scheduled": "2029-01-01T00:00:00.000Z"}]}})";

class CotJudgeTest : public testing::Test {
 protected:
  // The queue answers a request for the status so.
  absl::StatusOr<scriptworker::http::Response> answer_ = absl::UnavailableError("not asked");
  scriptworker::http::FunctionTransport transport_{
      [this](const scriptworker::http::Request&) { return answer_; }};
  scriptworker::SystemClock clock_;
  const std::unique_ptr<scriptworker::taskcluster::QueueClient> queue_ =
      *scriptworker::taskcluster::QueueClient::Create("https://tc.example.com", transport_, clock_,
                                                      std::nullopt);
  const scriptworker::CancellationSource cancellation_;
  const scriptworker::TempDir work_dir_;
  const Link link_ = MakeLink("signing:build", kBuildId);

  CotJudge JudgeOf(std::string_view target, std::optional<int64_t> target_run_id = std::nullopt,
                   bool verify_signatures = false) {
    return CotJudge({.target = *TaskId::Parse(target),
                     .target_run_id = target_run_id,
                     .verify_signatures = verify_signatures,
                     .work_dir = work_dir_.path()},
                    BuiltInPolicy(), *LoadCotSchema(""), *queue_, cancellation_.token());
  }

  // As it came, of the run that the queue said it was of.
  static CotFiles Files(std::optional<int64_t> run_id) {
    Value body = Json(R"({"artifacts": {"public/a": {"sha256": "00"}}, "chainOfTrustVersion": 1,
                          "environment": {}, "runId": 1, "workerGroup": "g", "workerId": "w"})");
    body.mutable_object()->Set("taskId", kBuildId);
    body.mutable_object()->Set("task", TaskJson());
    return {.body = scriptworker::json::Format(body), .run_id = run_id};
  }

  std::string Written() const {
    return scriptworker::ReadFile(
               work_dir_.Path(absl::StrCat("cot/", kBuildId, "/public/chain-of-trust.json")))
        .value_or("none");
  }
};

TEST_F(CotJudgeTest, AFileOfTheRunThatTheQueueGaveItOfIsTrustedAndKept) {
  CotJudge judge = JudgeOf(kTargetId);
  const CotFiles files = Files(kRunOfTheFile);
  EXPECT_THAT(judge.Judge(link_, files), IsOk());
  EXPECT_FALSE(judge.IsOfUnknownRun(link_));
  EXPECT_EQ(Written(), *files.body);
}

TEST_F(CotJudgeTest, AFileAboutAnotherRunIsRefusedAndNotKept) {
  CotJudge judge = JudgeOf(kTargetId);
  EXPECT_THAT(judge.Judge(link_, Files(0)), IsViolation(Violation::kCotRunIdMismatch));
  EXPECT_EQ(Written(), "none");
}

TEST_F(CotJudgeTest, OfTheTargetItIsTheRunThatTheCallerKnows) {
  EXPECT_THAT(JudgeOf(kBuildId, 1).Judge(link_, Files(0)), IsOk());
  EXPECT_THAT(JudgeOf(kBuildId, 0).Judge(link_, Files(1)),
              IsViolation(Violation::kCotRunIdMismatch));
}

TEST_F(CotJudgeTest, IfNothingCameWithTheFileItIsTheLatestRun) {
  CotJudge judge = JudgeOf(kTargetId);
  answer_ = MakeResponse(200, std::string(kTwoRuns));
  EXPECT_THAT(judge.Judge(link_, Files(std::nullopt)), IsOk());
  EXPECT_FALSE(judge.IsOfUnknownRun(link_));
}

TEST_F(CotJudgeTest, WhereTheQueueDoesNotTellItMayBeAnyRun) {
  CotJudge judge = JudgeOf(kTargetId);
  answer_ = MakeResponse(404, R"({"code": "ResourceNotFound", "message": "no such task"})");
  EXPECT_THAT(judge.Judge(link_, Files(std::nullopt)), IsOk());
  EXPECT_TRUE(judge.IsOfUnknownRun(link_));
}

TEST_F(CotJudgeTest, AQueueThatDoesNotAnswerIsNoReasonToTrust) {
  CotJudge judge = JudgeOf(kTargetId);
  answer_ = absl::UnavailableError("the queue is down");
  EXPECT_THAT(judge.Judge(link_, Files(std::nullopt)), StatusIs(absl::StatusCode::kUnavailable));
  EXPECT_EQ(Written(), "none");
}

TEST_F(CotJudgeTest, WithoutItsSignatureAFileIsWorthNothing) {
  CotJudge judge = JudgeOf(kTargetId, std::nullopt, /*verify_signatures=*/true);
  CotFiles files = Files(kRunOfTheFile);
  files.signature = absl::UnavailableError("the store is down");
  EXPECT_THAT(judge.Judge(link_, files), StatusIs(absl::StatusCode::kUnavailable));
  files.signature = std::string(64, 'x');
  EXPECT_THAT(judge.Judge(link_, files), IsViolation(Violation::kBadSignature));
  EXPECT_EQ(Written(), "none");
}

}  // namespace
}  // namespace cot
