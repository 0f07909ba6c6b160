// SPDX-License-Identifier: MPL-2.0
#include "scriptworker/taskcluster/queue_error.h"

#include <iostream>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "scriptworker/taskcluster/recording.h"

namespace scriptworker::taskcluster {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::SizeIs;

TEST(CodeForHttpStatusTest, IsTheTableOfQueueH) {
  EXPECT_EQ(CodeForHttpStatus(400), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(CodeForHttpStatus(401), absl::StatusCode::kUnauthenticated);
  EXPECT_EQ(CodeForHttpStatus(403), absl::StatusCode::kPermissionDenied);
  EXPECT_EQ(CodeForHttpStatus(404), absl::StatusCode::kNotFound);
  EXPECT_EQ(CodeForHttpStatus(409), absl::StatusCode::kAborted);
  EXPECT_EQ(CodeForHttpStatus(424), absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(CodeForHttpStatus(413), absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(CodeForHttpStatus(429), absl::StatusCode::kUnavailable);
  EXPECT_EQ(CodeForHttpStatus(500), absl::StatusCode::kUnavailable);
  EXPECT_EQ(CodeForHttpStatus(504), absl::StatusCode::kUnavailable);
}

TEST(QueueErrorTest, TravelsInAStatus) {
  const absl::Status status =
      MakeQueueError("reclaimTask", {.http_status = 409,
                                     .code = "RequestConflict",
                                     .message = "Run 0 is resolved\nor \"not\" running"});
  EXPECT_EQ(status.code(), absl::StatusCode::kAborted);
  EXPECT_EQ(status.message(),
            "reclaimTask: HTTP 409 RequestConflict: Run 0 is resolved or "
            "\"not\" running");
  const std::optional<QueueError> error = GetQueueError(status);
  ASSERT_TRUE(error.has_value());
  EXPECT_EQ(error->http_status, 409);
  EXPECT_TRUE(HasHttpStatus(status, 409));
  EXPECT_FALSE(HasHttpStatus(status, 404));
  EXPECT_EQ(error->code, "RequestConflict");
  EXPECT_EQ(error->message, "Run 0 is resolved\nor \"not\" running");
}

TEST(QueueErrorTest, OtherErrorsHaveNone) {
  EXPECT_FALSE(GetQueueError(absl::OkStatus()).has_value());
  EXPECT_FALSE(GetQueueError(absl::AbortedError("cancelled")).has_value());
  EXPECT_FALSE(HasHttpStatus(absl::AbortedError("cancelled"), 409));
  EXPECT_FALSE(HasHttpStatus(absl::OkStatus(), 0));
}

TEST(QueueErrorTest, SaysTheMissingScopesInOneLine) {
  const QueueError error = ParseQueueError(
      403, R"({"code": "InsufficientScopes", "message": "Client ID a does not have )"
           R"(sufficient scopes and is missing the following scopes:\n\n```\nq:x\n)"
           R"(```\n\nThis request requires the client to satisfy the following )"
           R"(scope expression:\n\n```\nq:x\n```\n\n---\n\n* method: a"})");
  EXPECT_EQ(MakeQueueError("claimWork", error).message(),
            "claimWork: HTTP 403 InsufficientScopes: Client ID a does not have "
            "sufficient scopes and is missing the following scopes: q:x");
}

TEST(QueueErrorTest, TakesAnyBody) {
  EXPECT_EQ(ParseQueueError(404, R"({"error": "Not found"})").message, "Not found");
  const QueueError error_artifact =
      ParseQueueError(424, R"({"reason": "file-missing-on-worker", "message": "no file"})");
  EXPECT_EQ(error_artifact.code, "file-missing-on-worker");
  EXPECT_EQ(error_artifact.message, "no file");
  EXPECT_EQ(ParseQueueError(503, "no healthy upstream").message, "no healthy upstream");
  EXPECT_EQ(ParseQueueError(504, "").message, "");
  EXPECT_EQ(ParseQueueError(500, R"({"message": 5})").message, "");
  EXPECT_THAT(ParseQueueError(500, std::string(100'000, 'x')).message, SizeIs(200));
  EXPECT_THAT(
      ParseQueueError(400, absl::StrCat(R"({"message": ")", std::string(100'000, 'x'), "\"}"))
          .message,
      SizeIs(2000));
}

TEST(QueueErrorTest, EveryRecordedErrorBecomesOneReadableLine) {
  int all = 0;
  for (const std::string& scenario : ListRecordings()) {
    for (const RecordedExchange& exchange : LoadRecording(scenario).exchanges) {
      if (exchange.status < 400) continue;
      ++all;
      const absl::Status status =
          MakeQueueError("x", ParseQueueError(exchange.status, exchange.response_body));
      EXPECT_FALSE(status.ok());
      EXPECT_THAT(std::string(status.message()), Not(HasSubstr("\n")));
      EXPECT_THAT(std::string(status.message()), Not(HasSubstr("---")));
      EXPECT_EQ(GetQueueError(status)->http_status, exchange.status);
    }
  }
  std::cout << "recorded errors " << all << "\n";
  EXPECT_GT(all, 80);
}

}  // namespace
}  // namespace scriptworker::taskcluster
