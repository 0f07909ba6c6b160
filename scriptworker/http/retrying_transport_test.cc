// SPDX-License-Identifier: MPL-2.0

#include "scriptworker/http/retrying_transport.h"

#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/status_matchers.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "scriptworker/base/cancellation.h"
#include "scriptworker/base/retry.h"
#include "scriptworker/base/testing/simulated_clock.h"
#include "scriptworker/http/http_date.h"
#include "scriptworker/http/testing/function_transport.h"
#include "scriptworker/http/testing/mock_transport.h"

namespace scriptworker::http {
namespace {

using ::absl_testing::IsOk;
using ::absl_testing::StatusIs;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Ref;
using ::testing::Return;
using ::testing::SizeIs;
using ::testing::ValuesIn;

constexpr int kAttempts = 3;

class RetryingTransportTest : public testing::Test {
 protected:
  RetryingTransportTest() { request_.url = Url::Parse("https://a.example/").value(); }

  // Sends the request to a transport that answers so in turn.
  absl::StatusOr<Response> Send(std::vector<absl::StatusOr<Response>> responses) {
    inner_.emplace(InTurn(std::move(responses)));
    RetryingTransport transport(*inner_,
                                {.attempts = kAttempts,
                                 .backoff = RetryPolicy::Backoff::kTaskclusterClient,
                                 .initial = absl::Milliseconds(100),
                                 .max = absl::Seconds(30),
                                 .max_retry_after = absl::Minutes(1)},
                                clock_);
    return transport.Send(request_);
  }

  SimulatedClock clock_{absl::FromUnixSeconds(1'800'000'000), SimulatedClock::Mode::kAutoAdvance};
  std::optional<FunctionTransport> inner_;
  Request request_;
};

TEST_F(RetryingTransportTest, ASuccessIsNotRepeated) {
  EXPECT_THAT(Send({MakeResponse(200)}), IsOk());
  EXPECT_THAT(inner_->requests(), SizeIs(1));
  EXPECT_THAT(clock_.sleeps(), IsEmpty());
}

TEST_F(RetryingTransportTest, EachAttemptSendsTheVeryRequest) {
  testing::StrictMock<MockTransport> inner;
  testing::InSequence in_sequence;
  EXPECT_CALL(inner, Send(Ref(request_))).WillOnce(Return(MakeResponse(503)));
  EXPECT_CALL(inner, Send(Ref(request_))).WillOnce(Return(absl::UnavailableError("reset")));
  EXPECT_CALL(inner, Send(Ref(request_))).WillOnce(Return(MakeResponse(200)));
  EXPECT_THAT(RetryingTransport(inner, {.attempts = kAttempts}, clock_).Send(request_), IsOk());
}

struct TableCase {
  absl::StatusOr<Response> result;
  bool retried;
};

class RetryTableTest : public RetryingTransportTest,
                       public testing::WithParamInterface<TableCase> {};

TEST_P(RetryTableTest, DecidesWhatIsRepeated) {
  absl::StatusOr<Response> response = Send({GetParam().result, MakeResponse(200)});
  EXPECT_THAT(inner_->requests(), SizeIs(GetParam().retried ? 2 : 1));
  if (GetParam().retried) {
    ASSERT_THAT(response, IsOk());
    EXPECT_EQ(response->status, 200);
  }
}

INSTANTIATE_TEST_SUITE_P(Table, RetryTableTest,
                         ValuesIn<TableCase>({
                             {MakeResponse(204), false},
                             {MakeResponse(303), false},
                             {MakeResponse(400), false},
                             {MakeResponse(401), false},
                             {MakeResponse(403), false},
                             {MakeResponse(404), false},
                             {MakeResponse(408), false},
                             {MakeResponse(409), false},
                             {MakeResponse(424), false},
                             {MakeResponse(429), true},
                             {MakeResponse(430), false},
                             {MakeResponse(499), false},
                             {MakeResponse(500), true},
                             {MakeResponse(501), true},
                             {MakeResponse(502), true},
                             {MakeResponse(503), true},
                             {MakeResponse(504), true},
                             {MakeResponse(599), true},
                             {MakeResponse(600), false},
                             {absl::UnavailableError("reset"), true},
                             {absl::DeadlineExceededError("timeout"), true},
                             {absl::DataLossError("truncated"), true},
                             {absl::ResourceExhaustedError("cap"), false},
                             {absl::PermissionDeniedError("redirect"), false},
                             {absl::InvalidArgumentError("no URL"), false},
                             {absl::FailedPreconditionError("no CA"), false},
                             {absl::CancelledError("shut down"), false},
                             {absl::AbortedError("claim lost"), false},
                             {absl::InternalError("sink"), false},
                         }),
                         [](const auto& info) {
                           return info.param.result.ok()
                                      ? absl::StrCat(info.param.result->status)
                                      : absl::StatusCodeToString(info.param.result.status().code());
                         });

TEST_F(RetryingTransportTest, TheLastAnswerIsTheResult) {
  absl::StatusOr<Response> response =
      Send({MakeResponse(500), absl::UnavailableError("reset"), MakeResponse(502, "bad")});
  ASSERT_THAT(response, IsOk());
  EXPECT_EQ(response->status, 502);
  EXPECT_EQ(response->body, "bad");
  EXPECT_THAT(Send({MakeResponse(500), MakeResponse(500), absl::UnavailableError("reset")}),
              StatusIs(absl::StatusCode::kUnavailable, "reset"));
}

TEST_F(RetryingTransportTest, PausesGrowAsThePolicySays) {
  EXPECT_THAT(Send({MakeResponse(500), MakeResponse(500), MakeResponse(200)}), IsOk());
  using ::testing::AllOf;
  using ::testing::Ge;
  using ::testing::Lt;
  EXPECT_THAT(clock_.sleeps(),
              ElementsAre(AllOf(Ge(absl::Milliseconds(75)), Lt(absl::Milliseconds(125))),
                          AllOf(Ge(absl::Milliseconds(150)), Lt(absl::Milliseconds(250)))));
}

struct RetryAfterCase {
  std::string_view name;
  int status;
  std::string header;
  absl::Duration at_least;
  absl::Duration at_most;
};

class RetryAfterTest : public RetryingTransportTest,
                       public testing::WithParamInterface<RetryAfterCase> {};

TEST_P(RetryAfterTest, SetsThePause) {
  Response busy = MakeResponse(GetParam().status);
  busy.headers.Add("retry-after", GetParam().header);
  EXPECT_THAT(Send({busy, MakeResponse(200)}), IsOk());
  ASSERT_THAT(clock_.sleeps(), SizeIs(1));
  EXPECT_GE(clock_.sleeps()[0], GetParam().at_least);
  EXPECT_LE(clock_.sleeps()[0], GetParam().at_most);
}

INSTANTIATE_TEST_SUITE_P(
    Headers, RetryAfterTest,
    ValuesIn<RetryAfterCase>({
        {"Seconds", 429, "7", absl::Seconds(7), absl::Seconds(7)},
        {"Unavailable", 503, "7", absl::Seconds(7), absl::Seconds(7)},
        {"Date", 429, FormatHttpDate(absl::FromUnixSeconds(1'800'000'009)), absl::Seconds(9),
         absl::Seconds(9)},
        {"Capped", 429, "86400", absl::Minutes(1), absl::Minutes(1)},
        {"ShorterThanThePolicy", 429, "0", absl::Milliseconds(75), absl::Milliseconds(125)},
        {"Nonsense", 429, "later", absl::Milliseconds(75), absl::Milliseconds(125)},
        {"OtherStatus", 500, "7", absl::Milliseconds(75), absl::Milliseconds(125)},
    }),
    [](const auto& info) { return std::string(info.param.name); });

TEST_F(RetryingTransportTest, TheSourceIsRewound) {
  StringSource source("the body");
  request_.method = Method::kPut;
  request_.body_source = &source;
  EXPECT_THAT(Send({MakeResponse(500), MakeResponse(200)}), IsOk());
  ASSERT_THAT(inner_->requests(), SizeIs(2));
  EXPECT_EQ(inner_->requests()[0].body, "the body");
  EXPECT_EQ(inner_->requests()[1].body, "the body");
}

TEST_F(RetryingTransportTest, TheSinkIsRestarted) {
  StringSink sink;
  request_.sink = &sink;
  inner_.emplace([&, first = true](const Request& request) mutable -> absl::StatusOr<Response> {
    if (!std::exchange(first, false)) return MakeResponse(200, "whole");
    EXPECT_THAT(request.sink->Write("wh"), IsOk());
    return absl::DataLossError("cut");
  });
  RetryingTransport transport(*inner_, {}, clock_);
  EXPECT_THAT(transport.Send(request_), IsOk());
  EXPECT_EQ(sink.data(), "whole");
}

TEST_F(RetryingTransportTest, ACancelledRequestIsNotRepeated) {
  // The reason has a code that would be repeated.
  CancellationSource source;
  request_.cancellation = source.token();
  inner_.emplace([&](const Request&) -> absl::StatusOr<Response> {
    source.Cancel(absl::DeadlineExceededError("task's time is over"));
    return source.token().reason();
  });
  RetryingTransport transport(*inner_, {}, clock_);
  EXPECT_THAT(transport.Send(request_),
              StatusIs(absl::StatusCode::kDeadlineExceeded, "task's time is over"));
  EXPECT_THAT(inner_->requests(), SizeIs(1));
}

TEST_F(RetryingTransportTest, AfterTheLastAttemptItsOwnAnswerCounts) {
  CancellationSource enough;
  inner_.emplace([&, first = true](const Request&) mutable -> absl::StatusOr<Response> {
    if (std::exchange(first, false)) return MakeResponse(500);
    enough.Cancel(absl::CancelledError("drained"));  // while the second is under way
    return MakeResponse(503);
  });
  RetryingTransport transport(*inner_, {}, clock_);
  transport.MakeNoMoreAttemptsAfter(enough.token());
  const absl::StatusOr<Response> response = transport.Send(request_);
  ASSERT_THAT(response, IsOk());
  EXPECT_EQ(response->status, 503);
  EXPECT_THAT(inner_->requests(), SizeIs(2));
}

TEST_F(RetryingTransportTest, AnAttemptUnderWayMaySucceedAllTheSame) {
  CancellationSource enough;
  inner_.emplace([&](const Request&) -> absl::StatusOr<Response> {
    enough.Cancel(absl::CancelledError("drained"));
    return MakeResponse(200);
  });
  RetryingTransport transport(*inner_, {}, clock_);
  transport.MakeNoMoreAttemptsAfter(enough.token());
  EXPECT_EQ(transport.Send(request_)->status, 200);
}

TEST_F(RetryingTransportTest, CancellationEndsThePause) {
  SimulatedClock clock(absl::FromUnixSeconds(0));  // never advanced
  CancellationSource source;
  request_.cancellation = source.token();
  FunctionTransport inner([&](const Request&) { return MakeResponse(500); });
  RetryingTransport transport(inner, {}, clock);
  std::thread canceller([&] {
    EXPECT_TRUE(clock.AwaitSleepers());
    source.Cancel(absl::CancelledError("shut down"));
  });
  EXPECT_THAT(transport.Send(request_), StatusIs(absl::StatusCode::kCancelled, "shut down"));
  canceller.join();
}

}  // namespace
}  // namespace scriptworker::http
