// SPDX-License-Identifier: MPL-2.0
#include "scriptworker/taskcluster/api_caller.h"

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/status_matchers.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "scriptworker/base/cancellation.h"
#include "scriptworker/base/secret_string.h"
#include "scriptworker/base/testing/simulated_clock.h"
#include "scriptworker/http/testing/function_transport.h"
#include "scriptworker/http/transport.h"
#include "scriptworker/json/json.h"
#include "scriptworker/taskcluster/credentials.h"
#include "scriptworker/taskcluster/queue_error.h"

namespace scriptworker::taskcluster {
namespace {

using ::absl_testing::IsOk;
using ::absl_testing::StatusIs;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::Ge;
using ::testing::HasSubstr;
using ::testing::Le;
using ::testing::Not;
using ::testing::SizeIs;

Credentials Worker() {
  Credentials credentials;
  credentials.client_id = "project/worker";
  credentials.access_token = SecretString("SECRET");
  return credentials;
}

class ApiCallerTest : public ::testing::Test {
 protected:
  absl::StatusOr<ApiCaller::Answer> Send(std::vector<absl::StatusOr<http::Response>> responses) {
    transport_ = std::make_unique<http::FunctionTransport>(http::InTurn(std::move(responses)));
    const auto api = ApiCaller::Create("https://tc.test", "queue/v1", *transport_, clock_, {});
    EXPECT_THAT(api, IsOk());
    return api->Send({.name = "status", .route = "/task/x/status", .credentials = &credentials_});
  }

  SimulatedClock clock_{absl::FromUnixSeconds(1700000000), SimulatedClock::Mode::kAutoAdvance};
  Credentials credentials_ = Worker();
  std::unique_ptr<http::FunctionTransport> transport_;
};

TEST(RouteTest, EscapesEachArgumentWholly) {
  EXPECT_EQ(Route("/claim-work/{}", {"prov/wt"}), "/claim-work/prov%2Fwt");
  EXPECT_EQ(Route("/task/{}/artifacts/{}", {"id", "public/a b(c),d~e%41"}),
            "/task/id/artifacts/public%2Fa%20b%28c%29%2Cd~e%2541");
  EXPECT_EQ(Route("?continuationToken={}", {"a+/="}), "?continuationToken=a%2B%2F%3D");
}

TEST_F(ApiCallerTest, DropsTrailingSlashesOfTheRootUrl) {
  http::FunctionTransport transport(http::InTurn({}));
  const auto api = ApiCaller::Create("https://tc.test//", "queue/v1", transport, clock_, {});
  ASSERT_THAT(api, IsOk());
  EXPECT_EQ(api->MakeUrl("/ping")->ToString(), "https://tc.test/api/queue/v1/ping");
}

TEST_F(ApiCallerTest, RefusesAnUnusableRootUrl) {
  http::FunctionTransport transport(http::InTurn({}));
  for (const std::string_view root : {"", "tc.test", "ftp://tc.test", "https://tc.test?a=b",
                                      "https://tc.test/?", "https://user@tc.test"}) {
    EXPECT_THAT(ApiCaller::Create(root, "queue/v1", transport, clock_, {}),
                StatusIs(absl::StatusCode::kInvalidArgument))
        << root;
  }
}

TEST_F(ApiCallerTest, SendsNoTypeWithoutBody) {
  ASSERT_THAT(Send({http::MakeResponse(200, "{}")}), IsOk());
  EXPECT_FALSE(transport_->requests().at(0).headers.contains("Content-Type"));
}

TEST_F(ApiCallerTest, ReadsTheServersClock) {
  http::Response response = http::MakeResponse(200, R"({"a": 1})");
  response.headers.Add("Date", "Sun, 22 Nov 2026 15:03:17 GMT");
  const auto answer = Send({response});
  ASSERT_THAT(answer, IsOk());
  EXPECT_EQ(answer->server_time, absl::FromUnixSeconds(1795359797));
  EXPECT_EQ(answer->body.Find("a")->int_value(), 1);
}

// A report that a proxy answered has not reached the queue.
TEST_F(ApiCallerTest, ARedirectIsNoAnswer) {
  http::Response redirect = http::MakeResponse(302);
  redirect.headers.Add("Location", "https://proxy.test/login?token=SECRET");
  EXPECT_THAT(Send({redirect, http::MakeResponse(200, "{}")}), IsOk());
  EXPECT_THAT(
      Send({redirect, redirect, redirect, redirect, redirect, redirect}),
      StatusIs(absl::StatusCode::kDataLoss,
               AllOf(HasSubstr("HTTP 302 to \"https://proxy.test/login?"),
                     HasSubstr("https://tc.test/api/queue/v1/task/x"), Not(HasSubstr("SECRET")))));
}

TEST_F(ApiCallerTest, AnEmptyAnswerIsNull) {
  const auto answer = Send({http::MakeResponse(204)});
  ASSERT_THAT(answer, IsOk());
  EXPECT_TRUE(answer->body.is_null());
}

TEST_F(ApiCallerTest, TriesSixTimesWithTheClientsPauses) {
  EXPECT_THAT(Send({http::MakeResponse(500), absl::UnavailableError("reset"),
                    absl::DeadlineExceededError("timeout"), http::MakeResponse(503),
                    http::MakeResponse(502), http::MakeResponse(504, "busy")}),
              StatusIs(absl::StatusCode::kUnavailable,
                       AllOf(HasSubstr("status (GET https://tc.test/api/queue/v1/task/"
                                       "x/status)"),
                             HasSubstr("504"), HasSubstr("busy"))));
  EXPECT_THAT(transport_->requests(), SizeIs(6));
  const auto between = [](double low, double high) {
    return AllOf(Ge(absl::Seconds(low)), Le(absl::Seconds(high)));
  };
  EXPECT_THAT(clock_.sleeps(),
              ElementsAre(between(0.075, 0.125), between(0.15, 0.25), between(0.3, 0.5),
                          between(0.6, 1.0), between(1.2, 2.0)));
}

TEST_F(ApiCallerTest, WaitsAsLongAsTooManyRequestsAsks) {
  http::Response busy = http::MakeResponse(429, R"({"message": "slow down"})");
  busy.headers.Add("Retry-After", "7");
  ASSERT_THAT(Send({busy, http::MakeResponse(200, "{}")}), IsOk());
  EXPECT_THAT(clock_.sleeps(), ElementsAre(absl::Seconds(7)));
}

TEST_F(ApiCallerTest, ClientErrorsAreFinal) {
  for (const int status : {400, 401, 403, 404, 409, 413, 424}) {
    const auto answer = Send({http::MakeResponse(status, R"({"code": "C"})")});
    EXPECT_THAT(answer, StatusIs(CodeForHttpStatus(status)));
    EXPECT_EQ(GetQueueError(answer.status())->code, "C");
    EXPECT_THAT(transport_->requests(), SizeIs(1));
  }
}

TEST_F(ApiCallerTest, SaysWhoIsNotAcceptedAndNeverTheToken) {
  EXPECT_THAT(Send({http::MakeResponse(401, R"({"message": "Unauthorized: Bad mac"})")}),
              StatusIs(absl::StatusCode::kUnauthenticated,
                       AllOf(HasSubstr("client \"project/worker\""), HasSubstr("credentials"),
                             HasSubstr("Bad mac"), Not(HasSubstr("SECRET")))));
}

TEST_F(ApiCallerTest, SaysWhichScopesAreMissing) {
  EXPECT_THAT(
      Send({http::MakeResponse(403, R"({"message": "Client ID project/worker is missing the )"
                                    R"(following scopes:\n\n```\nqueue:claim-work:a/b\n```\n"})")}),
      StatusIs(
          absl::StatusCode::kPermissionDenied,
          AllOf(HasSubstr("client \"project/worker\" lacks scopes"),
                HasSubstr("following scopes: queue:claim-work:a/b"), Not(HasSubstr("SECRET")))));
}

TEST_F(ApiCallerTest, APageInsteadOfAnAnswerIsTriedAgain) {
  const auto page = http::MakeResponse(200, "<html>login</html>", "text/html");
  const auto answer = Send({page, http::MakeResponse(200, R"({"a": 1})")});
  ASSERT_THAT(answer, IsOk());
  EXPECT_EQ(answer->body.Find("a")->int_value(), 1);

  EXPECT_THAT(
      Send({page, page, page, page, page, page}),
      StatusIs(absl::StatusCode::kDataLoss, AllOf(HasSubstr("https://tc.test/api/queue/v1/task/x"),
                                                  HasSubstr("text/html"), HasSubstr("no JSON"))));
}

TEST_F(ApiCallerTest, CancellingEndsThePause) {
  SimulatedClock manual(absl::FromUnixSeconds(0));
  CancellationSource source;
  http::FunctionTransport transport(
      [&source](const http::Request&) -> absl::StatusOr<http::Response> {
        source.Cancel(absl::CancelledError("shutdown"));
        return http::MakeResponse(503);
      });
  const auto api = ApiCaller::Create("https://tc.test", "queue/v1", transport, manual, {});
  ASSERT_THAT(api, IsOk());
  EXPECT_THAT(api->Send({.name = "claimWork", .route = "/x", .cancellation = source.token()}),
              StatusIs(absl::StatusCode::kCancelled));
}

TEST_F(ApiCallerTest, ATryMayOutlastTheQueuesLongPoll) {
  absl::Duration timeout;
  http::FunctionTransport transport(
      [&timeout](const http::Request& request) -> absl::StatusOr<http::Response> {
        timeout = request.total_timeout;
        return http::MakeResponse(200, "{}");
      });
  const auto api = ApiCaller::Create("https://tc.test", "queue/v1", transport, clock_, {});
  ASSERT_THAT(api, IsOk());
  ASSERT_THAT(api->Send({.name = "ping", .route = "/ping"}), IsOk());
  EXPECT_GT(timeout, absl::Seconds(30));
}

}  // namespace
}  // namespace scriptworker::taskcluster
