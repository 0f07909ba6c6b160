// SPDX-License-Identifier: MPL-2.0
//
// The client against the recording of the real service, request by request; the
// one answer that was recorded in a coding that is not read here is in
// credentials.json of the recording.
#include "scriptworker/taskcluster/worker_manager_client.h"

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/status_matchers.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "scriptworker/base/cancellation.h"
#include "scriptworker/base/retry.h"
#include "scriptworker/base/secret_string.h"
#include "scriptworker/base/testing/simulated_clock.h"
#include "scriptworker/http/testing/function_transport.h"
#include "scriptworker/http/transport.h"
#include "scriptworker/json/json.h"
#include "scriptworker/taskcluster/credentials.h"
#include "scriptworker/taskcluster/recording.h"
#include "scriptworker/taskcluster/timestamp.h"

namespace scriptworker::taskcluster {
namespace {

using ::absl_testing::IsOk;
using ::absl_testing::IsOkAndHolds;
using ::absl_testing::StatusIs;
using ::testing::HasSubstr;
using ::testing::Not;

const ManagedWorker kWorker = {.worker_pool_id = "rec-static/pool-xtsq",
                               .provider_id = "static",
                               .worker_group = "local",
                               .worker_id = "w1"};
const SecretString kStaticSecret("static0secret0static0secret0static0secret000");
const SecretString kFirstSecret("OpFATqV1QjSQ2rgXR_GHNgdZkqRQdrTx2jm97kqyR0Rg");
const SecretString kSecondSecret("LGzhxTzoQpy_CQiIIh-83gaBeWt389TdaKsLUzhyQ7jA");
constexpr std::string_view kRegisterComment = "registerWorker (no credentials on the request)";

// "" for no body.
std::string CanonicalJson(const std::string& body) {
  return body.empty() ? "" : json::Format(json::Parse(body).value());
}

class WorkerManagerClientTest : public testing::Test {
 protected:
  // Answers as the exchange with this comment was, or with `body` if its own is
  // not readable; its request has to be sent, but for the order of members.
  WorkerManagerClient ClientOf(std::string_view comment, std::string_view body = "") {
    transport_.emplace([this, comment,
                        body](const http::Request& request) -> absl::StatusOr<http::Response> {
      for (const RecordedExchange& exchange : recording_.exchanges) {
        if (exchange.comment != comment) continue;
        EXPECT_EQ(http::MethodName(request.method), exchange.method);
        EXPECT_EQ(request.url.path(), exchange.target);
        EXPECT_EQ(CanonicalJson(request.body), CanonicalJson(exchange.request_body));
        EXPECT_EQ(request.headers.contains("Authorization"),
                  exchange.request_headers.contains("Authorization"));
        return http::Response{.status = exchange.status,
                              .headers = {{"Date", "Sun, 22 Nov 2026 15:17:33 GMT"}},
                              .body = body.empty() ? exchange.response_body : std::string(body)};
      }
      return absl::NotFoundError(absl::StrCat("no exchange ", comment));
    });
    return WorkerManagerClient::Create("http://127.0.0.1:8180", *transport_, clock_).value();
  }
  Credentials RecordedWorkerCredentials() const {
    for (const RecordedCredentials& recorded : recording_.credentials) {
      if (recorded.credentials.client_id == "worker/static/rec-static/pool-xtsq/local/w1") {
        return recorded.credentials;
      }
    }
    return {};
  }
  WorkerGrant LastGrant(const SecretString& secret) const {
    return {.credentials = RecordedWorkerCredentials(),
            .expires = absl::InfiniteFuture(),
            .secret = secret,
            .server_time = std::nullopt};
  }

  const Recording recording_ = LoadRecording("api-worker-manager");
  SimulatedClock clock_{absl::FromUnixSeconds(1'795'360'653)};
  std::optional<http::FunctionTransport> transport_;
};

TEST_F(WorkerManagerClientTest, RegistersWithTheStaticSecret) {
  const Credentials credentials = RecordedWorkerCredentials();
  const std::string answer = absl::StrCat(
      R"({"expires": "2026-11-22T16:17:33.656Z", "workerConfig": {}, "secret": ")",
      kFirstSecret.reveal(), R"(", "credentials": )", FormatCredentials(credentials).reveal(), "}");
  const auto grant =
      ClientOf(kRegisterComment, answer).Register(kWorker, kStaticSecret, CancellationToken());
  ASSERT_THAT(grant, IsOk());
  EXPECT_EQ(grant->credentials.client_id, "worker/static/rec-static/pool-xtsq/local/w1");
  EXPECT_TRUE(grant->credentials.access_token == credentials.access_token);
  EXPECT_TRUE(grant->secret == kFirstSecret);
  // The certificate would be good for longer.
  EXPECT_EQ(grant->expires, ParseTimestamp("2026-11-22T16:17:33.656Z").value());
  EXPECT_EQ(grant->server_time, absl::FromUnixSeconds(1795360653));
}

TEST_F(WorkerManagerClientTest, ReregistersWithTheLastSecretAndCredentials) {
  const auto grant = ClientOf("reregisterWorker")
                         .Reregister(kWorker, LastGrant(kFirstSecret), CancellationToken());
  ASSERT_THAT(grant, IsOk());
  EXPECT_TRUE(grant->secret == kSecondSecret);
  EXPECT_EQ(grant->credentials.access_token.reveal(),
            "qBS0qxhFaJSGM_-bPu-nkfJHEXY7-SUO9-mFtnKQR0Y");
  // The certificate's end, which comes earlier than four minutes after `expires`.
  EXPECT_EQ(grant->expires, std::min(absl::FromUnixMillis(1795706253889),
                                     ParseTimestamp("2026-11-26T15:17:33.889Z").value()));
}

TEST_F(WorkerManagerClientTest, RefusalsSayWhyAndQuoteNoSecret) {
  struct Case {
    std::string_view comment;
    ManagedWorker worker;
    std::string_view secret;
    absl::StatusCode code;
    std::string_view text;
  };
  ManagedWorker other_worker = kWorker;
  other_worker.worker_id = "w2";
  ManagedWorker other_pool = kWorker;
  other_pool.worker_pool_id = "rec-static/none";
  ManagedWorker other_provider = kWorker;
  other_provider.provider_id = "none";
  const Case cases[] = {
      {"registerWorker with a wrong secret: 400", kWorker,
       "wrong0secret0wrong0secret0wrong0secret000000", absl::StatusCode::kInvalidArgument,
       "bad staticSecret"},
      {"registerWorker of an unknown worker", other_worker, kStaticSecret.reveal(),
       absl::StatusCode::kNotFound, "Worker local/w2"},
      {"registerWorker of an unknown pool", other_pool, kStaticSecret.reveal(),
       absl::StatusCode::kNotFound, "Worker pool rec-static/none"},
      {"registerWorker with another provider", other_provider, kStaticSecret.reveal(),
       absl::StatusCode::kNotFound, "Provider none"},
      {"registerWorker after removal: 400", kWorker, kStaticSecret.reveal(),
       absl::StatusCode::kInvalidArgument, "worker is not running"},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(c.comment);
    const auto grant = ClientOf(c.comment).Register(c.worker, SecretString(std::string(c.secret)),
                                                    CancellationToken());
    EXPECT_THAT(grant, StatusIs(c.code, HasSubstr(c.text)));
    EXPECT_THAT(std::string(grant.status().message()), Not(HasSubstr(c.secret)));
  }
  EXPECT_THAT(ClientOf("reregisterWorker with the old secret: 400")
                  .Reregister(kWorker, LastGrant(kFirstSecret), CancellationToken()),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       HasSubstr("Could not generate credentials for this secret")));
}

TEST_F(WorkerManagerClientTest, AnAnswerOfAnotherShapeIsAnErrorThatQuotesNoSecret) {
  for (const std::string_view body :
       {"{}", "[]", R"({"expires": "soon", "credentials": {}, "secret": "s3cret"})",
        R"({"expires": "2026-11-22T16:17:33Z", "secret": 1, "credentials":
            {"clientId": "c", "accessToken": "s3cret"}})",
        R"({"expires": "2026-11-22T16:17:33Z", "secret": "s", "credentials":
            {"clientId": "c", "accessToken": "s3cret", "certificate": "{}"}})"}) {
    const auto grant =
        ClientOf(kRegisterComment, body).Register(kWorker, kStaticSecret, CancellationToken());
    EXPECT_THAT(grant, StatusIs(absl::StatusCode::kDataLoss)) << body;
    EXPECT_THAT(std::string(grant.status().message()), Not(HasSubstr("s3cret")));
  }
}

TEST_F(WorkerManagerClientTest, AnAnswerOfAnotherShapeIsSaidWithThePlace) {
  EXPECT_THAT(ClientOf(kRegisterComment, R"({"expires": "soon", "secret": "s", "credentials":
                  {"clientId": "c", "accessToken": "t"}})")
                  .Register(kWorker, kStaticSecret, CancellationToken()),
              StatusIs(absl::StatusCode::kDataLoss, HasSubstr("$.expires: ")));
}

TEST_F(WorkerManagerClientTest, AsksWhetherTheWorkerIsStillWanted) {
  EXPECT_THAT(ClientOf("shouldWorkerTerminate")
                  .ReasonToTerminate(kWorker, RecordedWorkerCredentials(), CancellationToken()),
              IsOkAndHolds(std::nullopt));
  EXPECT_THAT(ClientOf("shouldWorkerTerminate", R"({"terminate": true, "reason": "over capacity"})")
                  .ReasonToTerminate(kWorker, RecordedWorkerCredentials(), CancellationToken()),
              IsOkAndHolds("over capacity"));
  for (const std::string_view body : {"[]", R"({"terminate": 1, "reason": "x"})",
                                      R"({"terminate": true})", R"({"reason": "x"})"}) {
    EXPECT_THAT(ClientOf("shouldWorkerTerminate", body)
                    .ReasonToTerminate(kWorker, RecordedWorkerCredentials(), CancellationToken()),
                StatusIs(absl::StatusCode::kDataLoss, HasSubstr("shouldWorkerTerminate")))
        << body;
  }
}

TEST_F(WorkerManagerClientTest, TellsThatTheWorkerIsGone) {
  EXPECT_THAT(ClientOf("removeWorker (by root)")
                  .Remove(kWorker, RecordedWorkerCredentials(), CancellationToken()),
              IsOk());
}

TEST_F(WorkerManagerClientTest, KnowsWhatASecretLooksLike) {
  EXPECT_TRUE(IsWorkerSecret(kStaticSecret));
  EXPECT_FALSE(IsWorkerSecret(SecretString("wrong")));
  EXPECT_FALSE(IsWorkerSecret(SecretString(std::string(44, '+'))));
  EXPECT_FALSE(IsWorkerSecret(SecretString(std::string(45, 'a'))));
}

}  // namespace
}  // namespace scriptworker::taskcluster
