// SPDX-License-Identifier: MPL-2.0

#include "scriptworker/har/recording_transport.h"

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/status_matchers.h"
#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "scriptworker/base/testing/simulated_clock.h"
#include "scriptworker/har/replay_transport.h"
#include "scriptworker/http/testing/function_transport.h"

namespace scriptworker::har {
namespace {

using ::absl_testing::IsOk;
using ::absl_testing::StatusIs;
using ::testing::HasSubstr;
using ::testing::Not;

http::Request To(std::string_view url, http::Method method = http::Method::kGet) {
  http::Request request;
  request.method = method;
  request.url = http::Url::Parse(url).value();
  return request;
}

class RecordingTransportTest : public testing::Test {
 protected:
  SimulatedClock clock_{absl::FromUnixSeconds(1'800'000'000)};
};

TEST_F(RecordingTransportTest, KeepsTheExchangeAndPassesItOn) {
  http::FunctionTransport inner([&](const http::Request&) {
    clock_.AdvanceTime(absl::Milliseconds(20));
    return http::MakeResponse(201, R"({"a":1})");
  });
  RecordingTransport recorder(inner, clock_, "1.2.3");
  http::Request request = To("https://a.example:444/x?y", http::Method::kPost);
  request.body = "sent";
  request.headers = {{"Content-Type", "text/plain"}};
  absl::StatusOr<http::Response> response = recorder.Send(request);
  ASSERT_THAT(response, IsOk());
  EXPECT_EQ(response->body, R"({"a":1})");

  const Document document = recorder.document();
  EXPECT_EQ(document.creator, "scriptworker");
  EXPECT_EQ(document.creator_version, "1.2.3");
  ASSERT_EQ(document.exchanges.size(), 1);
  const Exchange& exchange = document.exchanges[0];
  EXPECT_EQ(exchange.started, absl::FromUnixSeconds(1'800'000'000));
  EXPECT_EQ(exchange.duration, absl::Milliseconds(20));
  EXPECT_EQ(exchange.request.method, "POST");
  EXPECT_EQ(exchange.request.url, "https://a.example:444/x?y");
  EXPECT_EQ(exchange.request.target, "/x?y");
  EXPECT_EQ(exchange.request.headers,
            http::Headers({{"Host", "a.example:444"}, {"Content-Type", "text/plain"}}));
  EXPECT_EQ(exchange.request.body, "sent");
  EXPECT_EQ(exchange.response.status, 201);
  EXPECT_EQ(exchange.response.body, R"({"a":1})");
}

TEST_F(RecordingTransportTest, StreamedBodiesArriveAndAreKept) {
  http::FunctionTransport inner([](const http::Request& request) {
    EXPECT_EQ(request.body, "from the source");
    return http::MakeResponse(200, "to the sink");
  });
  RecordingTransport recorder(inner, clock_, "");
  http::StringSource source("from the source");
  http::StringSink sink;
  http::Request request = To("https://a.example/", http::Method::kPut);
  request.body_source = &source;
  request.sink = &sink;
  absl::StatusOr<http::Response> response = recorder.Send(request);
  ASSERT_THAT(response, IsOk());
  EXPECT_EQ(response->body, "");
  EXPECT_EQ(sink.data(), "to the sink");
  EXPECT_EQ(recorder.document().exchanges.at(0).request.body, "from the source");
  EXPECT_EQ(recorder.document().exchanges.at(0).response.body, "to the sink");
}

TEST_F(RecordingTransportTest, EachHopIsAnExchange) {
  http::Response redirect = http::MakeResponse(303);
  redirect.headers.Add("Location", "https://b.example/y");
  http::FunctionTransport inner(http::InTurn({redirect, http::MakeResponse(200, "end")}));
  RecordingTransport recorder(inner, clock_, "");
  http::Request request = To("https://a.example/");
  request.redirects = http::Request::Redirects::kFollow;
  ASSERT_THAT(recorder.Send(request), IsOk());
  ASSERT_EQ(recorder.document().exchanges.size(), 2);
  EXPECT_EQ(recorder.document().exchanges[0].response.status, 303);
  EXPECT_EQ(recorder.document().exchanges[1].request.url, "https://b.example/y");
}

TEST_F(RecordingTransportTest, TheLimitsOfRedirectsHoldAsWithoutRecording) {
  std::vector<http::Request> hops;
  http::FunctionTransport inner([&](const http::Request& hop) {
    hops.push_back(hop);
    clock_.AdvanceTime(absl::Seconds(2));
    http::Response response = http::MakeResponse(hops.size() < 3 ? 302 : 200);
    response.headers.Add("Location", "/next");
    return response;
  });
  RecordingTransport recorder(inner, clock_, "");
  http::Request request = To("https://a.example/");
  request.redirects = http::Request::Redirects::kFollow;
  request.total_timeout = absl::Seconds(5);
  ASSERT_THAT(recorder.Send(request), IsOk());
  ASSERT_THAT(hops, testing::SizeIs(3));
  for (size_t i = 0; i < hops.size(); ++i) {
    EXPECT_EQ(hops[i].is_redirect, i > 0);
    EXPECT_EQ(hops[i].total_timeout, absl::Seconds(5) - i * absl::Seconds(2));
  }
}

TEST_F(RecordingTransportTest, AnErrorIsAnExchangeWithoutResponse) {
  http::FunctionTransport inner(
      [](const http::Request&) { return absl::UnavailableError("reset"); });
  RecordingTransport recorder(inner, clock_, "");
  EXPECT_THAT(recorder.Send(To("https://a.example/")),
              StatusIs(absl::StatusCode::kUnavailable, "reset"));
  EXPECT_EQ(recorder.document().exchanges.at(0).response.status, 0);
  EXPECT_EQ(recorder.document().exchanges.at(0).response.error, "reset");
}

TEST_F(RecordingTransportTest, SecretsAreNotKeptAndTheRecordingReplays) {
  const auto claim = [](http::Transport& transport) {
    http::Request request = To("https://a.example/claim?bewit=hidden1", http::Method::kPost);
    request.headers = {{"Authorization", "Hawk id=\"me\", mac=\"hidden2\", ts=\"1\""}};
    request.body = R"({"credentials":{"accessToken":"hidden3"}})";
    return transport.Send(request);
  };
  http::FunctionTransport inner([](const http::Request& request) {
    EXPECT_THAT(request.body, HasSubstr("hidden3"));
    return http::MakeResponse(
        200, R"({"accessToken":"hidden4","putUrl":"https://b/k?X-Amz-Signature=hidden5"})");
  });
  RecordingTransport recorder(inner, clock_, "");
  absl::StatusOr<http::Response> response = claim(recorder);
  ASSERT_THAT(response, IsOk());
  EXPECT_THAT(response->body, HasSubstr("hidden4"));
  const std::string text = FormatHar(recorder.document());
  EXPECT_THAT(text, Not(HasSubstr("hidden")));

  ReplayTransport replay(ParseHar(text, "recorded").value());
  response = claim(replay);
  ASSERT_THAT(response, IsOk());
  EXPECT_THAT(response->body, HasSubstr(R"("accessToken":"REDACTED")"));
  EXPECT_THAT(replay.Finish(), IsOk());
}

}  // namespace
}  // namespace scriptworker::har
