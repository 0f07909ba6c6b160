// SPDX-License-Identifier: MPL-2.0
//
// The queue client against the recordings of the reference and the real queue:
// the requests are the reference's byte for byte, and every answer is read.
#include <iostream>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/status_matchers.h"
#include "absl/status/statusor.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "scriptworker/base/cancellation.h"
#include "scriptworker/base/retry.h"
#include "scriptworker/base/testing/simulated_clock.h"
#include "scriptworker/http/testing/function_transport.h"
#include "scriptworker/http/transport.h"
#include "scriptworker/http/url.h"
#include "scriptworker/json/json.h"
#include "scriptworker/taskcluster/credentials.h"
#include "scriptworker/taskcluster/hawk.h"
#include "scriptworker/taskcluster/queue.h"
#include "scriptworker/taskcluster/queue_client.h"
#include "scriptworker/taskcluster/queue_error.h"
#include "scriptworker/taskcluster/recording.h"
#include "scriptworker/taskcluster/timestamp.h"

namespace scriptworker::taskcluster {
namespace {

using ::absl_testing::IsOk;
using ::absl_testing::StatusIs;
using ::testing::SizeIs;

constexpr std::string_view kPrefix = "/api/queue/v1/";

std::string Member(const json::Value& object, std::string_view key) {
  return std::string(object.Find(key)->string_value());
}

// Makes the client's call that `exchange` is the request of.
absl::Status MakeCall(QueueClient& client, const RecordedExchange& exchange,
                      const Credentials& credentials) {
  std::string_view route = exchange.target;
  route.remove_prefix(kPrefix.size());
  const std::vector<std::string_view> parts = absl::StrSplit(route, '/');
  const absl::StatusOr<json::Value> body = json::Parse(exchange.request_body);
  if (parts[0] == "claim-work") {
    return client
        .ClaimWork({.task_queue_id = http::PercentDecode(parts[1]).value(),
                    .worker_group = Member(*body, "workerGroup"),
                    .worker_id = Member(*body, "workerId"),
                    .tasks = static_cast<int>(body->Find("tasks")->int_value())},
                   CancellationToken())
        .status();
  }
  const TaskId task = TaskId::Parse(parts.at(1)).value();
  if (parts.size() == 2) return client.Task(task, {}).status();
  if (parts.size() == 3 && parts[2] == "status") {
    return client.Status(task, {}).status();
  }
  RunId run = 0;
  if (!absl::SimpleAtoi(parts.at(3), &run)) {
    return absl::InternalError("no run id");
  }
  const std::string_view verb = parts.at(4);
  if (verb == "reclaim") {
    return client.ReclaimTask(task, run, credentials, CancellationToken()).status();
  }
  if (verb == "completed") return client.ReportCompleted(task, run, credentials, {});
  if (verb == "failed") return client.ReportFailed(task, run, credentials, {});
  if (verb == "exception") {
    for (const ExceptionReason reason :
         {ExceptionReason::kWorkerShutdown, ExceptionReason::kMalformedPayload,
          ExceptionReason::kResourceUnavailable, ExceptionReason::kInternalError,
          ExceptionReason::kIntermittentTask}) {
      if (Member(*body, "reason") == ToString(reason)) {
        return client.ReportException(task, run, reason, credentials, {});
      }
    }
  }
  if (verb == "artifacts") {
    return client
        .CreateArtifact(task, run, http::PercentDecode(parts.at(5)).value(),
                        S3Artifact{.content_type = Member(*body, "contentType"),
                                   .expires = ParseTimestamp(Member(*body, "expires")).value()},
                        credentials, {})
        .status();
  }
  return absl::UnimplementedError(absl::StrCat("route ", route));
}

// Every request that the reference's worker sent to the queue, repeated at the
// recorded time with the recorded nonce, has the same target, body and headers
// (Authorization included); every good answer is read, every error mapped.
TEST(QueueClientReplayTest, RequestsAreTheReferencesByteForByte) {
  int same = 0;
  int all = 0;
  for (const std::string& scenario : ListRecordings()) {
    if (!absl::StartsWith(scenario, "worker-")) continue;
    const Recording recording = LoadRecording(scenario);
    for (const RecordedExchange& exchange : recording.exchanges) {
      if (!absl::StartsWith(exchange.target, kPrefix)) continue;
      ++all;
      const std::string header(*exchange.request_headers.Find("Authorization"));
      const HawkFields fields = ParseHawkHeader(header).value();
      const std::vector<Credentials> signers = recording.FindCredentials(fields.id, fields.ext);
      ASSERT_FALSE(signers.empty());
      SimulatedClock clock(absl::FromUnixSeconds(fields.ts));
      http::FunctionTransport transport(
          [&exchange](const http::Request&) -> absl::StatusOr<http::Response> {
            if (exchange.status == 0) {
              return absl::UnavailableError("connection lost");
            }
            http::Response response;
            response.status = exchange.status;
            response.headers = exchange.response_headers;
            response.body = exchange.response_body;
            return response;
          });
      RetryPolicy once;
      once.attempts = 1;
      const auto client =
          QueueClient::Create(exchange.url.origin(), transport, clock, signers.front(),
                              {.retry = once, .nonces = [&fields] { return fields.nonce; }});
      ASSERT_THAT(client, IsOk());

      const absl::Status status = MakeCall(**client, exchange, signers.front());

      if (exchange.status == 0 || exchange.status >= 500) {
        EXPECT_THAT(status, StatusIs(absl::StatusCode::kUnavailable));
      } else if (exchange.status >= 400) {
        EXPECT_THAT(status, StatusIs(CodeForHttpStatus(exchange.status)));
        EXPECT_EQ(GetQueueError(status)->http_status, exchange.status);
      } else {
        EXPECT_THAT(status, IsOk()) << exchange.target;
      }
      ASSERT_THAT(transport.requests(), SizeIs(1));
      const http::SentRequest sent = transport.requests().front();
      EXPECT_EQ(http::MethodName(sent.method), exchange.method);
      EXPECT_EQ(sent.url, absl::StrCat(exchange.url.origin(), exchange.target));
      EXPECT_EQ(sent.body, exchange.request_body);
      EXPECT_EQ(sent.headers.Find("Authorization"), header);
      EXPECT_EQ(sent.headers.Find("Content-Type"), exchange.request_headers.Find("Content-Type"));
      if (!testing::Test::HasFailure()) ++same;
    }
  }
  std::cout << "worker's requests to the queue " << same << "/" << all << "\n";
  EXPECT_EQ(all, 110);
}

class ScenarioTest : public ::testing::Test {
 protected:
  QueueClient& Load(std::string_view scenario) {
    recording_ = LoadRecording(scenario);
    transport_ = std::make_unique<http::FunctionTransport>(Replay(recording_, &used_));
    std::optional<Credentials> credentials;
    if (!recording_.credentials.empty()) {
      credentials = recording_.credentials.front().credentials;
    }
    client_ =
        QueueClient::Create("http://127.0.0.1:8180", *transport_, clock_, credentials).value();
    return *client_;
  }

  SimulatedClock clock_{absl::FromUnixSeconds(1795359797), SimulatedClock::Mode::kAutoAdvance};
  Recording recording_;
  int used_ = 0;
  std::unique_ptr<http::FunctionTransport> transport_;
  std::unique_ptr<QueueClient> client_;
};

TEST_F(ScenarioTest, ATaskFromClaimToCompletedIsReadFromARecording) {
  QueueClient& queue = Load("worker-success");
  const auto claims = queue.ClaimWork({.task_queue_id = "scriptworker-k8s/rec-worker-success-zpqn",
                                       .worker_group = "rec-group",
                                       .worker_id = "rec-worker-1"},
                                      CancellationToken());
  ASSERT_THAT(claims, IsOk());
  ASSERT_THAT(*claims, SizeIs(1));
  const ClaimedTask& claim = claims->front();
  EXPECT_EQ(claim.task_id.str(), "NsqSIRDwQtuVxPjPCFpS1A");
  ASSERT_THAT(claim.task, IsOk());
  EXPECT_TRUE(claim.task->expires().has_value());
  EXPECT_EQ(claim.server_time, absl::FromUnixSeconds(1795359797));
  EXPECT_THAT(queue.ReportCompleted(claim.task_id, claim.run_id, claim.credentials, {}), IsOk());
}

TEST_F(ScenarioTest, InjectedServerErrorsAreOvercome) {
  QueueClient& queue = Load("worker-retries-queue");
  const std::string target = recording_.exchanges.front().target;
  const std::string queue_id = http::PercentDecode(target.substr(target.rfind('/') + 1)).value();
  const auto claims = queue.ClaimWork(
      {.task_queue_id = queue_id, .worker_group = "rec-group", .worker_id = "rec-worker-1"},
      CancellationToken());
  ASSERT_THAT(claims, IsOk());
  ASSERT_THAT(*claims, SizeIs(1));
  const ClaimedTask& claim = claims->front();
  EXPECT_THAT(
      queue.ReclaimTask(claim.task_id, claim.run_id, claim.credentials, CancellationToken()),
      IsOk());
  EXPECT_THAT(queue.ReportCompleted(claim.task_id, claim.run_id, claim.credentials, {}), IsOk());
  EXPECT_EQ(used_, 7);  // four of them were answered 5xx
}

TEST_F(ScenarioTest, WrongCredentialsAndMissingScopesAreSaidInWords) {
  for (const auto& [scenario, code] : {std::pair<std::string_view, absl::StatusCode>{
                                           "worker-claim-401", absl::StatusCode::kUnauthenticated},
                                       {"worker-claim-403", absl::StatusCode::kPermissionDenied}}) {
    QueueClient& queue = Load(scenario);
    const std::string target = recording_.exchanges.front().target;
    const auto claims = queue.ClaimWork(
        {.task_queue_id = http::PercentDecode(target.substr(target.rfind('/') + 1)).value(),
         .worker_group = "rec-group",
         .worker_id = "rec-worker-1"},
        CancellationToken());
    EXPECT_THAT(claims, StatusIs(code));
    std::cout << scenario << ": " << claims.status().message() << "\n";
  }
}

TEST_F(ScenarioTest, PagesOfArtifactsAreReadToTheEnd) {
  QueueClient& queue = Load("py-pagination");
  int lists = 0;
  for (const RecordedExchange& exchange : recording_.exchanges) {
    const std::vector<std::string_view> parts = absl::StrSplit(exchange.target, '/');
    if (exchange.method == "GET" && parts.size() == 7 && parts[6] == "artifacts") {
      const auto artifacts = queue.ListLatestArtifacts(TaskId::Parse(parts[5]).value(), {});
      ASSERT_THAT(artifacts, IsOk());
      EXPECT_THAT(*artifacts, testing::Not(testing::IsEmpty()));
      ++lists;
      break;
    }
  }
  EXPECT_EQ(lists, 1);
}

TEST_F(ScenarioTest, EveryRecordedDefinitionAndStatusIsRead) {
  int read = 0;
  for (const char* scenario : {"api-states", "py-cot-reads", "api-claim"}) {
    QueueClient& queue = Load(scenario);
    for (const RecordedExchange& exchange : recording_.exchanges) {
      const std::vector<std::string_view> parts = absl::StrSplit(exchange.target, '/');
      if (exchange.method != "GET" || exchange.status != 200 ||
          !absl::StartsWith(exchange.target, "/api/queue/v1/task/")) {
        continue;
      }
      const TaskId task = TaskId::Parse(parts.at(5)).value();
      if (parts.size() == 6) {
        EXPECT_THAT(queue.Task(task, {}), IsOk());
        ++read;
      } else if (parts.size() == 7 && parts[6] == "status") {
        EXPECT_THAT(queue.Status(task, {}), IsOk());
        ++read;
      }
    }
  }
  std::cout << "recorded definitions and statuses " << read << "\n";
  EXPECT_GT(read, 15);
}

}  // namespace
}  // namespace scriptworker::taskcluster
