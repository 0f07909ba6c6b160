// SPDX-License-Identifier: MPL-2.0
#include "scriptworker/taskcluster/hawk_transport.h"

#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/status_matchers.h"
#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "scriptworker/base/retry.h"
#include "scriptworker/base/secret_string.h"
#include "scriptworker/base/testing/simulated_clock.h"
#include "scriptworker/http/body.h"
#include "scriptworker/http/retrying_transport.h"
#include "scriptworker/http/testing/function_transport.h"
#include "scriptworker/http/transport.h"
#include "scriptworker/http/url.h"
#include "scriptworker/taskcluster/credentials.h"
#include "scriptworker/taskcluster/hawk.h"

namespace scriptworker::taskcluster {
namespace {

using ::absl_testing::IsOk;
using ::absl_testing::StatusIs;

Credentials Tester() {
  Credentials credentials;
  credentials.client_id = "tester";
  credentials.access_token = SecretString("no-secret");
  return credentials;
}

class HawkTransportTest : public ::testing::Test {
 protected:
  HawkTransportTest() {
    request_.method = http::Method::kPost;
    request_.url =
        http::Url::Parse("https://tc.example.com/api/queue/v1/claim-work/prov%2Fwt").value();
    request_.headers.Add("Content-Type", "application/json");
    request_.body = R"({"workerGroup":"g","workerId":"w","tasks":1})";
  }

  SimulatedClock clock_{absl::FromUnixSeconds(1700000000), SimulatedClock::Mode::kAutoAdvance};
  http::Request request_;
};

TEST_F(HawkTransportTest, PutsTheAuthorizationInFront) {
  http::FunctionTransport inner(http::InTurn({http::MakeResponse(200)}));
  HawkTransport transport(inner, Tester(), clock_, [] { return "abcdef"; });
  ASSERT_THAT(transport.Send(request_), IsOk());
  const http::Headers headers = inner.requests().at(0).headers;
  ASSERT_EQ(headers.size(), 2u);
  EXPECT_EQ(headers.begin()->first, "Authorization");
  EXPECT_EQ(headers.begin()->second,
            R"(Hawk mac="U7qee6yKMleMOdcbqcKCDy2aTx5XCO3VfqBvO9lLKCY=", )"
            R"(hash="cpb8tDxG8NmQnA80uMB++cudNSscxJfRCh9p8FZlPiA=", id="tester", )"
            R"(ts="1700000000", nonce="abcdef", ext="e30=")");
  EXPECT_EQ(inner.requests()[0].body, request_.body);
}

TEST_F(HawkTransportTest, SignsEachRepetitionAnew) {
  http::FunctionTransport inner(
      http::InTurn({http::MakeResponse(503), absl::UnavailableError("connection lost"),
                    http::MakeResponse(200)}));
  HawkTransport hawk(inner, Tester(), clock_);
  http::RetryingTransport transport(hawk,
                                    {.attempts = 3,
                                     .backoff = RetryPolicy::Backoff::kTaskclusterClient,
                                     .initial = absl::Seconds(10)},
                                    clock_);
  const auto response = transport.Send(request_);
  ASSERT_THAT(response, IsOk());
  EXPECT_EQ(response->status, 200);
  std::string nonces[3], macs[3];
  int64_t ts[3];
  for (size_t i = 0; i < 3; ++i) {
    const auto fields = ParseHawkHeader(*inner.requests().at(i).headers.Find("Authorization"));
    ASSERT_THAT(fields, IsOk());
    nonces[i] = fields->nonce;
    macs[i] = fields->mac;
    ts[i] = fields->ts;
  }
  EXPECT_LT(ts[0], ts[1]);
  EXPECT_LT(ts[1], ts[2]);
  EXPECT_NE(nonces[0], nonces[1]);
  EXPECT_NE(nonces[1], nonces[2]);
  EXPECT_NE(macs[0], macs[1]);
}

TEST_F(HawkTransportTest, RefusesWhatTheSignatureWouldNotCover) {
  http::FunctionTransport inner(http::InTurn({}));
  HawkTransport transport(inner, Tester(), clock_);
  http::Request following = request_;
  following.redirects = http::Request::Redirects::kFollow;
  EXPECT_THAT(transport.Send(following), StatusIs(absl::StatusCode::kInvalidArgument));
  http::StringSource source("body");
  http::Request streaming = request_;
  streaming.body_source = &source;
  EXPECT_THAT(transport.Send(streaming), StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_TRUE(inner.requests().empty());
}

}  // namespace
}  // namespace scriptworker::taskcluster
