// SPDX-License-Identifier: MPL-2.0
#include "scriptworker/taskcluster/queue_client.h"

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/status_matchers.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "scriptworker/base/cancellation.h"
#include "scriptworker/base/secret_string.h"
#include "scriptworker/base/testing/simulated_clock.h"
#include "scriptworker/http/testing/function_transport.h"
#include "scriptworker/http/transport.h"
#include "scriptworker/taskcluster/bewit.h"
#include "scriptworker/taskcluster/queue.h"
#include "scriptworker/taskcluster/queue_error.h"
#include "scriptworker/taskcluster/timestamp.h"

namespace scriptworker::taskcluster {
namespace {

using ::absl_testing::IsOk;
using ::absl_testing::IsOkAndHolds;
using ::absl_testing::StatusIs;
using ::testing::AllOf;
using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::Field;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;
using ::testing::StartsWith;

constexpr std::string_view kBase = "https://tc.test/api/queue/v1";

Credentials Named(std::string_view client_id) {
  Credentials credentials;
  credentials.client_id = std::string(client_id);
  credentials.access_token = SecretString("SECRET");
  return credentials;
}

class QueueClientTest : public ::testing::Test {
 protected:
  QueueClient& Client(std::vector<absl::StatusOr<http::Response>> responses) {
    transport_ = std::make_unique<http::FunctionTransport>(http::InTurn(std::move(responses)));
    client_ = QueueClient::Create("https://tc.test", *transport_, clock_, permanent_).value();
    return *client_;
  }
  const http::SentRequest Sent(size_t i = 0) const { return transport_->requests().at(i); }
  std::string SentBy(size_t i = 0) const {
    const std::string header(*Sent(i).headers.Find("Authorization"));
    const size_t begin = header.find("id=\"") + 4;
    return header.substr(begin, header.find('"', begin) - begin);
  }

  SimulatedClock clock_{absl::FromUnixSeconds(1700000000), SimulatedClock::Mode::kAutoAdvance};
  std::optional<Credentials> permanent_ = Named("permanent");
  const Credentials temporary_ = Named("temporary");
  const TaskId task_ = TaskId::Parse("NsqSIRDwQtuVxPjPCFpS1A").value();
  std::unique_ptr<http::FunctionTransport> transport_;
  std::unique_ptr<QueueClient> client_;
};

TEST_F(QueueClientTest, ClaimWorkUsesThePermanentCredentials) {
  QueueClient& client = Client({http::MakeResponse(200, R"({"tasks": []})")});
  EXPECT_THAT(client.ClaimWork(
                  {.task_queue_id = "prov/wt", .worker_group = "g", .worker_id = "w", .tasks = 1},
                  CancellationToken()),
              IsOkAndHolds(IsEmpty()));
  EXPECT_EQ(Sent().method, http::Method::kPost);
  EXPECT_EQ(Sent().url, absl::StrCat(kBase, "/claim-work/prov%2Fwt"));
  EXPECT_EQ(Sent().body, R"({"workerGroup":"g","workerId":"w","tasks":1})");
  EXPECT_EQ(Sent().headers.Find("Content-Type"), "application/json");
  EXPECT_EQ(SentBy(), "permanent");
}

std::string ClaimOf(std::string_view payload) {
  return absl::StrCat(R"({"tasks": [{"status": {"taskId": "NsqSIRDwQtuVxPjPCFpS1A"}, "runId": 0,
                        "workerGroup": "g", "workerId": "w",
                        "takenUntil": "2030-01-01T00:00:00Z",
                        "credentials": {"clientId": "c", "accessToken": "t"},
                        "task": {"payload": )",
                      payload, "}}]}");
}

TEST_F(QueueClientTest, ATaskThatIsNestedTooDeepIsClaimedAndSaidToBeMalformed) {
  for (const size_t depth : {498u, 499u, 501u, 100'000u}) {
    SCOPED_TRACE(depth);
    const std::string payload =
        absl::StrCat(R"({"a": )", std::string(depth - 1, '['), std::string(depth - 1, ']'), "}");
    const auto claims =
        Client({http::MakeResponse(200, ClaimOf(payload))}).ClaimWork({}, CancellationToken());
    ASSERT_THAT(claims, IsOk());
    ASSERT_EQ(claims->size(), 1u);
    EXPECT_EQ(claims->front().task_id, task_);
    EXPECT_EQ(claims->front().credentials.client_id, "c");
    if (depth < kMaxDefinitionDepth) {
      EXPECT_THAT(claims->front().task, IsOk());
    } else {
      EXPECT_THAT(claims->front().task, StatusIs(absl::StatusCode::kInvalidArgument,
                                                 HasSubstr("nested deeper than 500")));
    }
  }
}

// It may have been a claim: another one would be lost just as well.
TEST_F(QueueClientTest, AClaimWorkThatWasAnsweredIsNotRepeated) {
  for (const std::string_view body : {"<html>", "{", R"({"tasks": [{"task": "\ud800"}]})"}) {
    QueueClient& client = Client({http::MakeResponse(200, std::string(body))});
    EXPECT_THAT(client.ClaimWork({}, CancellationToken()),
                StatusIs(absl::StatusCode::kDataLoss, HasSubstr("no JSON")));
    EXPECT_EQ(transport_->requests().size(), 1u);
  }
}

TEST_F(QueueClientTest, ReportsUseTheRunsCredentials) {
  QueueClient& client = Client({http::MakeResponse(200, "{}"), http::MakeResponse(200, "{}"),
                                http::MakeResponse(200, "{}")});
  EXPECT_THAT(client.ReportCompleted(task_, 0, temporary_, {}), IsOk());
  EXPECT_THAT(client.ReportFailed(task_, 1, temporary_, {}), IsOk());
  EXPECT_THAT(client.ReportException(task_, 2, ExceptionReason::kWorkerShutdown, temporary_, {}),
              IsOk());
  const std::string runs = absl::StrCat(kBase, "/task/", task_, "/runs");
  EXPECT_EQ(Sent(0).url, absl::StrCat(runs, "/0/completed"));
  EXPECT_EQ(Sent(0).body, "");
  EXPECT_FALSE(Sent(0).headers.contains("Content-Type"));
  EXPECT_EQ(Sent(1).url, absl::StrCat(runs, "/1/failed"));
  EXPECT_EQ(Sent(2).url, absl::StrCat(runs, "/2/exception"));
  EXPECT_EQ(Sent(2).body, R"({"reason":"worker-shutdown"})");
  for (size_t i = 0; i < 3; ++i) EXPECT_EQ(SentBy(i), "temporary");
}

TEST_F(QueueClientTest, ALostClaimIsAbortedWithAQueueError) {
  QueueClient& client = Client(
      {http::MakeResponse(409, R"({"code": "RequestConflict", "message": "Run 0 is resolved"})")});
  const auto reclaim = client.ReclaimTask(task_, 0, temporary_, CancellationToken());
  EXPECT_THAT(reclaim, StatusIs(absl::StatusCode::kAborted));
  EXPECT_EQ(GetQueueError(reclaim.status())->http_status, 409);
}

TEST_F(QueueClientTest, CreateArtifactSendsEachKindInTheReferencesOrder) {
  QueueClient& client = Client({
      http::MakeResponse(200, R"({"storageType": "s3", "putUrl": "http://s"})"),
      http::MakeResponse(200, R"({"storageType": "link"})"),
      http::MakeResponse(200, R"({"storageType": "error"})"),
  });
  const absl::Time expires = ParseTimestamp("2030-01-01T00:00:00.958Z").value();
  EXPECT_THAT(client.CreateArtifact(task_, 0, "public/a b",
                                    S3Artifact{.content_type = "text/plain", .expires = expires},
                                    temporary_, {}),
              IsOkAndHolds("http://s"));
  EXPECT_THAT(
      client.CreateArtifact(
          task_, 0, "public/l",
          LinkArtifact{.artifact = "public/a b", .content_type = "text/plain", .expires = expires},
          temporary_, {}),
      IsOkAndHolds(""));
  EXPECT_THAT(client.CreateArtifact(task_, 0, "public/e",
                                    ErrorArtifact{.reason = ErrorArtifact::Reason::kTooLarge,
                                                  .message = "too large",
                                                  .expires = expires},
                                    temporary_, {}),
              IsOkAndHolds(""));
  EXPECT_THAT(Sent(0).url, testing::EndsWith("/runs/0/artifacts/public%2Fa%20b"));
  EXPECT_EQ(Sent(0).body, R"({"storageType":"s3","expires":"2030-01-01T00:00:00.958000+00:00")"
                          R"(,"contentType":"text/plain"})");
  EXPECT_EQ(Sent(1).body, R"({"storageType":"link","expires":"2030-01-01T00:00:00.958000+00:00",)"
                          R"("contentType":"text/plain","artifact":"public/a b"})");
  EXPECT_EQ(Sent(2).body, R"({"storageType":"error","expires":"2030-01-01T00:00:00.958000+00:00",)"
                          R"("reason":"too-large-file-on-worker","message":"too large"})");
}

TEST_F(QueueClientTest, AnAnswerOfTheWrongShapeNamesUrlAndPath) {
  const auto odd = [](std::string body) {
    return std::vector<absl::StatusOr<http::Response>>{http::MakeResponse(200, std::move(body))};
  };
  EXPECT_THAT(
      Client(odd(R"({"tasks": 1})")).ClaimWork({.task_queue_id = "p/w"}, CancellationToken()),
      StatusIs(absl::StatusCode::kDataLoss,
               AllOf(HasSubstr("claimWork"), HasSubstr(absl::StrCat(kBase, "/claim-work/p%2Fw")),
                     HasSubstr("$.tasks"))));
  EXPECT_THAT(Client(odd(R"({"takenUntil": "2030-01-01T00:00:00Z",
                             "credentials": {"clientId": 7,
                                             "accessToken": "SECRET"}})"))
                  .ReclaimTask(task_, 0, temporary_, CancellationToken()),
              StatusIs(absl::StatusCode::kDataLoss,
                       AllOf(HasSubstr("$.credentials.clientId"), Not(HasSubstr("SECRET")))));
  EXPECT_THAT(Client(odd("{}")).CreateArtifact(task_, 0, "a", S3Artifact{}, temporary_, {}),
              StatusIs(absl::StatusCode::kDataLoss, HasSubstr("putUrl")));
  EXPECT_THAT(Client(odd(R"({"scopes": {}})")).Task(task_, {}),
              StatusIs(absl::StatusCode::kDataLoss, HasSubstr("$.scopes")));
  EXPECT_THAT(Client(odd("[]")).Status(task_, {}),
              StatusIs(absl::StatusCode::kDataLoss, HasSubstr("$")));
  EXPECT_THAT(Client(odd(R"({"artifacts": [{}]})")).ListLatestArtifacts(task_, {}),
              StatusIs(absl::StatusCode::kDataLoss, HasSubstr("$.artifacts[0]")));
}

TEST_F(QueueClientTest, ListsTheArtifactsOfAllPages) {
  QueueClient& client = Client({
      http::MakeResponse(200, R"({"artifacts": [{"name": "a",
          "storageType": "s3", "contentType": "text/plain",
          "expires": "2030-01-01T00:00:00.000Z", "contentLength": 5}],
          "continuationToken": "x+/="})"),
      http::MakeResponse(200, R"({"artifacts": [{"name": "b"}]})"),
  });
  EXPECT_THAT(client.ListLatestArtifacts(task_, {}),
              IsOkAndHolds(ElementsAre(
                  AllOf(Field(&ArtifactInfo::name, "a"), Field(&ArtifactInfo::content_length, 5)),
                  Field(&ArtifactInfo::name, "b"))));
  EXPECT_THAT(Sent(1).url, testing::EndsWith("/artifacts?continuationToken=x%2B%2F%3D"));
}

TEST_F(QueueClientTest, AListThatNeverEndsIsAnError) {
  transport_ = std::make_unique<http::FunctionTransport>(
      [](const http::Request&) -> absl::StatusOr<http::Response> {
        return http::MakeResponse(200, R"({"artifacts": [], "continuationToken": "again"})");
      });
  client_ = QueueClient::Create("https://tc.test", *transport_, clock_, permanent_).value();
  EXPECT_THAT(client_->ListLatestArtifacts(task_, {}), StatusIs(absl::StatusCode::kDataLoss));
}

TEST_F(QueueClientTest, PublicArtifactsHavePlainUrlsAndPrivateOnesABewit) {
  QueueClient& client = Client({});
  const auto plain = client.ArtifactUrl(task_, "public/a(1).txt");
  ASSERT_THAT(plain, IsOk());
  EXPECT_EQ(plain->ToString(),
            absl::StrCat(kBase, "/task/", task_, "/artifacts/public%2Fa%281%29.txt"));
  const auto bewit_url = client.RunArtifactUrl(task_, 3, "private/x");
  ASSERT_THAT(bewit_url, IsOk());
  EXPECT_THAT(
      bewit_url->ToString(),
      StartsWith(absl::StrCat(kBase, "/task/", task_, "/runs/3/artifacts/private%2Fx?bewit=")));
  const auto bewit = ParseBewit(bewit_url->target());
  ASSERT_THAT(bewit, IsOk());
  EXPECT_EQ(bewit->id, "permanent");
  EXPECT_EQ(bewit->expiry, 1700000000 + 15 * 60);
  EXPECT_THAT(client.ArtifactUrl(task_, "publicity"), IsOk());
  EXPECT_THAT(client.ArtifactUrl(task_, "publicity")->ToString(), HasSubstr("bewit="));
  EXPECT_THAT(transport_->requests(), IsEmpty());
}

TEST_F(QueueClientTest, WithoutCredentialsPublicThingsCanBeRead) {
  permanent_.reset();
  QueueClient& client = Client({http::MakeResponse(200, "{}")});
  EXPECT_THAT(client.Task(task_, {}), IsOk());
  EXPECT_FALSE(Sent().headers.contains("Authorization"));
  EXPECT_THAT(client.ArtifactUrl(task_, "public/x"), IsOk());
  EXPECT_THAT(client.ArtifactUrl(task_, "private/x"),
              StatusIs(absl::StatusCode::kFailedPrecondition));
}

TEST_F(QueueClientTest, ACancelledReadIsNotTriedAgain) {
  const std::function<absl::Status(const CancellationToken&)> reads[] = {
      [&](const CancellationToken& token) { return client_->Task(task_, token).status(); },
      [&](const CancellationToken& token) { return client_->Status(task_, token).status(); },
      [&](const CancellationToken& token) {
        return client_->ListLatestArtifacts(task_, token).status();
      }};
  for (const auto& read : reads) {
    CancellationSource source;
    transport_ = std::make_unique<http::FunctionTransport>(
        [&](const http::Request& request) -> absl::StatusOr<http::Response> {
          source.Cancel(absl::CancelledError("shutdown"));
          EXPECT_TRUE(request.cancellation.cancelled());
          return http::MakeResponse(503);
        });
    client_ = QueueClient::Create("https://tc.test", *transport_, clock_, permanent_).value();
    EXPECT_THAT(read(source.token()),
                StatusIs(absl::StatusCode::kCancelled, HasSubstr("shutdown")));
    EXPECT_EQ(transport_->requests().size(), 1);
  }
}

http::Response AskForPatience() {
  http::Response response = http::MakeResponse(503);
  response.headers.Add("Retry-After", "300");
  return response;
}

TEST_F(QueueClientTest, AClaimIsRenewedSoonerThanTheQueueAsksFor) {
  QueueClient& client =
      Client({AskForPatience(), http::MakeResponse(200, R"({"takenUntil": "2030-01-01T00:00:00Z",
           "credentials": {"clientId": "c", "accessToken": "t"}})")});
  EXPECT_THAT(client.ReclaimTask(task_, 0, temporary_, {}), IsOk());
  EXPECT_THAT(clock_.sleeps(), ElementsAre(absl::Seconds(10)));
}

// Whoever watches the worker holds it for stuck if it polls no more.
TEST_F(QueueClientTest, APollOrAReportPausesHalfAMinuteAtMost) {
  const std::function<absl::Status()> calls[] = {
      [&] { return client_->ClaimWork({.task_queue_id = "p/w"}, {}).status(); },
      [&] { return client_->ReportCompleted(task_, 0, temporary_, {}); },
      [&] { return client_->ReportFailed(task_, 0, temporary_, {}); },
      [&] {
        return client_->ReportException(task_, 0, ExceptionReason::kInternalError, temporary_, {});
      }};
  for (const auto& call : calls) {
    SimulatedClock clock(absl::FromUnixSeconds(1700000000), SimulatedClock::Mode::kAutoAdvance);
    http::FunctionTransport transport([](const http::Request&) { return AskForPatience(); });
    client_ = QueueClient::Create("https://tc.test", transport, clock, permanent_).value();
    EXPECT_FALSE(call().ok());
    EXPECT_THAT(clock.sleeps(), AllOf(SizeIs(5), Each(absl::Seconds(30))));
    client_.reset();
  }
}

TEST_F(QueueClientTest, APauseThatTheQueueAsksForEndsWithTheToken) {
  const std::function<absl::Status(const CancellationToken&)> calls[] = {
      [&](const CancellationToken& token) {
        return client_->ReportCompleted(task_, 0, temporary_, token);
      },
      [&](const CancellationToken& token) {
        return client_->ReportFailed(task_, 0, temporary_, token);
      },
      [&](const CancellationToken& token) {
        return client_->ReportException(task_, 0, ExceptionReason::kInternalError, temporary_,
                                        token);
      },
      [&](const CancellationToken& token) {
        return client_->CreateArtifact(task_, 0, "a", S3Artifact{}, temporary_, token).status();
      }};
  for (const auto& call : calls) {
    SimulatedClock still(absl::FromUnixSeconds(1700000000));
    http::FunctionTransport transport([](const http::Request&) { return AskForPatience(); });
    client_ = QueueClient::Create("https://tc.test", transport, still, permanent_).value();
    CancellationSource source;
    std::thread canceller([&] {
      EXPECT_TRUE(still.AwaitSleepers());
      source.Cancel(absl::AbortedError("the claim is lost"));
    });
    EXPECT_FALSE(call(source.token()).ok());
    canceller.join();
    EXPECT_EQ(transport.requests().size(), 1u);
    client_.reset();
  }
}

// The queue may hear it, and its answer tells whether it did.
TEST_F(QueueClientTest, AReportUnderWayIsNotAbandoned) {
  CancellationSource source;
  transport_ = std::make_unique<http::FunctionTransport>([&](const http::Request& request) {
    source.Cancel(absl::AbortedError("the claim is lost"));
    EXPECT_FALSE(request.cancellation.cancelled());
    return http::MakeResponse(200, "{}");
  });
  client_ = QueueClient::Create("https://tc.test", *transport_, clock_, permanent_).value();
  EXPECT_THAT(client_->ReportCompleted(task_, 0, temporary_, source.token()), IsOk());
}

TEST(ExceptionReasonTest, EveryReasonHasItsName) {
  EXPECT_EQ(ToString(ExceptionReason::kWorkerShutdown), "worker-shutdown");
  EXPECT_EQ(ToString(ExceptionReason::kMalformedPayload), "malformed-payload");
  EXPECT_EQ(ToString(ExceptionReason::kResourceUnavailable), "resource-unavailable");
  EXPECT_EQ(ToString(ExceptionReason::kInternalError), "internal-error");
  EXPECT_EQ(ToString(ExceptionReason::kSuperseded), "superseded");
  EXPECT_EQ(ToString(ExceptionReason::kIntermittentTask), "intermittent-task");
}

TEST(ExceptionReasonTest, EveryNameIsThatOfOneReason) {
  for (const ExceptionReason reason : kExceptionReasons) {
    EXPECT_EQ(ParseExceptionReason(ToString(reason)), reason) << ToString(reason);
  }
  EXPECT_EQ(std::size(kExceptionReasons), 6u);
}

TEST(ExceptionReasonTest, AnyOtherTextIsNone) {
  for (const std::string_view text : {"", "sunspots", "Internal-Error", "internal-error "}) {
    EXPECT_EQ(ParseExceptionReason(text), std::nullopt) << text;
  }
}

TEST(ErrorArtifactTest, EveryReasonHasItsName) {
  using Reason = ErrorArtifact::Reason;
  EXPECT_EQ(ToString(Reason::kFileMissing), "file-missing-on-worker");
  EXPECT_EQ(ToString(Reason::kInvalidResource), "invalid-resource-on-worker");
  EXPECT_EQ(ToString(Reason::kTooLarge), "too-large-file-on-worker");
  EXPECT_EQ(ToString(Reason::kNotReadable), "file-not-readable-on-worker");
}

}  // namespace
}  // namespace scriptworker::taskcluster
