// SPDX-License-Identifier: MPL-2.0
#include "scriptworker/vcs/rate_limit_transport.h"

#include <optional>
#include <ostream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/status_matchers.h"
#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "scriptworker/base/cancellation.h"
#include "scriptworker/base/testing/simulated_clock.h"
#include "scriptworker/http/testing/function_transport.h"

namespace scriptworker::vcs {
namespace {

using ::absl_testing::StatusIs;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

constexpr absl::Time kNow = absl::FromUnixSeconds(1'800'000'000);

struct WaitCase {
  std::string_view name;
  int status;
  http::Headers headers;
  std::optional<absl::Duration> wait;
  friend std::ostream& operator<<(std::ostream& out, const WaitCase& c) { return out << c.name; }
};

class RateLimitWaitTest : public testing::TestWithParam<WaitCase> {};

TEST_P(RateLimitWaitTest, TheWaitIsAsTheHeadersSay) {
  http::Response response = http::MakeResponse(GetParam().status);
  response.headers = GetParam().headers;
  EXPECT_EQ(RateLimitWait(response, kNow), GetParam().wait);
}

INSTANTIATE_TEST_SUITE_P(
    Table, RateLimitWaitTest,
    testing::Values(
        WaitCase{"not limited", 200, {{"X-RateLimit-Remaining", "0"}}, std::nullopt},
        WaitCase{"no rights", 403, {}, std::nullopt},
        WaitCase{"no rights, some left", 403, {{"X-RateLimit-Remaining", "59"}}, std::nullopt},
        WaitCase{"not found", 404, {{"Retry-After", "7"}}, std::nullopt},
        WaitCase{"secondary limit", 403, {{"Retry-After", "30"}}, absl::Seconds(30)},
        WaitCase{"too many", 429, {{"retry-after", "30"}}, absl::Seconds(30)},
        WaitCase{"too many, no header", 429, {}, absl::Minutes(1)},
        WaitCase{"reset",
                 403,
                 {{"X-RateLimit-Remaining", "0"}, {"X-RateLimit-Reset", "1800000100"}},
                 absl::Seconds(101)},
        WaitCase{"reset by the server's clock",
                 403,
                 {{"X-RateLimit-Remaining", "0"},
                  {"X-RateLimit-Reset", "1800000100"},
                  {"Date", "Fri, 15 Jan 2027 08:01:30 GMT"}},
                 absl::Seconds(11)},
        WaitCase{"reset in the past",
                 403,
                 {{"X-RateLimit-Remaining", "0"}, {"X-RateLimit-Reset", "1"}},
                 absl::Seconds(1)},
        WaitCase{"reset unreadable",
                 403,
                 {{"X-RateLimit-Remaining", "0"}, {"X-RateLimit-Reset", "soon"}},
                 absl::Minutes(1)}));

class RateLimitTransportTest : public testing::Test {
 protected:
  static http::Response Limited(std::string_view retry_after) {
    http::Response response = http::MakeResponse(403, "{}");
    response.headers.Set("Retry-After", retry_after);
    return response;
  }
  absl::StatusOr<http::Response> Send(std::vector<absl::StatusOr<http::Response>> answers,
                                      const CancellationToken& token = {},
                                      absl::Duration max_pause = absl::InfiniteDuration()) {
    server_.emplace(http::InTurn(std::move(answers)));
    RateLimitTransport transport(*server_, clock_, absl::Seconds(60), max_pause);
    http::Request request;
    request.url = http::Url::Parse("https://api.github.com/x").value();
    request.cancellation = token;
    return transport.Send(request);
  }

  SimulatedClock clock_{kNow, SimulatedClock::Mode::kAutoAdvance};
  std::optional<http::FunctionTransport> server_;
};

TEST_F(RateLimitTransportTest, AShortLimitIsWaitedOut) {
  EXPECT_EQ(Send({Limited("60"), http::MakeResponse(200, "ok")})->body, "ok");
  EXPECT_THAT(clock_.sleeps(), ElementsAre(absl::Seconds(60)));
}

TEST_F(RateLimitTransportTest, ALongLimitIsAnErrorThatSaysUntilWhen) {
  EXPECT_THAT(Send({Limited("61")}),
              StatusIs(absl::StatusCode::kUnavailable,
                       AllOf(HasSubstr("until 2027-01-15T08:01:01Z"), HasSubstr("with a token"))));
  EXPECT_THAT(server_->requests(), SizeIs(1));
}

TEST_F(RateLimitTransportTest, TheThirdLimitInARowIsAnError) {
  EXPECT_THAT(Send({Limited("1"), Limited("1"), Limited("1"), http::MakeResponse(200)}),
              StatusIs(absl::StatusCode::kUnavailable));
  EXPECT_THAT(server_->requests(), SizeIs(3));
}

TEST_F(RateLimitTransportTest, ACancelledTokenEndsTheWait) {
  CancellationSource source;
  source.Cancel(absl::CancelledError("shutdown"));
  EXPECT_THAT(Send({Limited("1")}, source.token()),
              StatusIs(absl::StatusCode::kCancelled, Not(HasSubstr("rate limit"))));
}

TEST_F(RateLimitTransportTest, WithoutPausesAShortLimitIsTriedAgainAtOnceAndALongOneIsAnError) {
  const absl::Duration none = absl::ZeroDuration();
  EXPECT_EQ(Send({Limited("30"), http::MakeResponse(200, "ok")}, {}, none)->body, "ok");
  EXPECT_THAT(server_->requests(), SizeIs(2));
  EXPECT_THAT(Send({Limited("61"), http::MakeResponse(200)}, {}, none),
              StatusIs(absl::StatusCode::kUnavailable, HasSubstr("until 2027-01-15T08:01:01Z")));
  EXPECT_THAT(server_->requests(), SizeIs(1));
  EXPECT_THAT(clock_.sleeps(), IsEmpty());
}

}  // namespace
}  // namespace scriptworker::vcs
