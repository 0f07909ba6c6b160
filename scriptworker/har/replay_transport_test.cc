// SPDX-License-Identifier: MPL-2.0

#include "scriptworker/har/replay_transport.h"

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/status_matchers.h"
#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "scriptworker/base/cancellation.h"
#include "scriptworker/http/testing/compress.h"

namespace scriptworker::har {
namespace {

using ::absl_testing::IsOk;
using ::absl_testing::StatusIs;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

Exchange Recorded(std::string method, const std::string& target, std::string request_body,
                  std::string response_body) {
  Exchange exchange;
  exchange.request = {.method = std::move(method),
                      .url = "http://queue.example:8180" + target,
                      .target = target,
                      .headers = {{"Host", "queue.example:8180"},
                                  {"User-Agent", "recorded 1.0"},
                                  {"Content-Type", "application/json"}},
                      .body = std::move(request_body)};
  exchange.response.status = 200;
  exchange.response.body = std::move(response_body);
  return exchange;
}

http::Request Sent(http::Method method, std::string_view target, std::string body) {
  http::Request request;
  request.method = method;
  request.url = http::Url::Parse(absl::StrCat("http://queue.example:8180", target)).value();
  request.headers = {{"Content-Type", "application/json"}};
  request.body = std::move(body);
  return request;
}

// The body of the response, or the error's text.
std::string Ask(ReplayTransport& replay, const http::Request& request) {
  absl::StatusOr<http::Response> response = replay.Send(request);
  return response.ok() ? response->body : std::string(response.status().message());
}

TEST(ReplayTransportTest, TheNthEqualRequestGetsTheNthAnswer) {
  ReplayTransport replay(
      {.exchanges = {Recorded("POST", "/a", "1", "first"), Recorded("POST", "/b", "1", "other"),
                     Recorded("POST", "/a", "1", "second")}});
  EXPECT_EQ(Ask(replay, Sent(http::Method::kPost, "/a", "1")), "first");
  EXPECT_EQ(Ask(replay, Sent(http::Method::kPost, "/a", "1")), "second");
  EXPECT_EQ(Ask(replay, Sent(http::Method::kPost, "/b", "1")), "other");
  EXPECT_THAT(replay.Finish(), IsOk());
}

TEST(ReplayTransportTest, AnUnusedExchangeIsReported) {
  ReplayTransport replay(
      {.exchanges = {Recorded("POST", "/a", "", ""), Recorded("GET", "/b?bewit=hidden", "", "")}});
  EXPECT_THAT(replay.Send(Sent(http::Method::kPost, "/a", "")), IsOk());
  EXPECT_THAT(replay.Finish(), StatusIs(absl::StatusCode::kFailedPrecondition,
                                        AllOf(HasSubstr("unused: exchange 1, GET /b?bewit="),
                                              Not(HasSubstr("hidden")))));
}

struct UnexpectedCase {
  std::string_view name;
  http::Method method;
  std::string_view url;
  http::Headers headers;
  std::string body;
  std::string_view message;
};

class UnexpectedTest : public testing::TestWithParam<UnexpectedCase> {};

TEST_P(UnexpectedTest, FailsAndIsRemembered) {
  ReplayTransport replay({.exchanges = {Recorded("POST", "/a", R"({"x":1})", "")}});
  http::Request request;
  request.method = GetParam().method;
  request.url = http::Url::Parse(GetParam().url).value();
  request.headers = GetParam().headers;
  request.body = GetParam().body;
  EXPECT_THAT(replay.Send(request),
              StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr(GetParam().message)));
  EXPECT_THAT(replay.Finish(),
              StatusIs(absl::StatusCode::kFailedPrecondition,
                       AllOf(HasSubstr("unexpected: "), HasSubstr("unused: exchange 0"))));
}

const http::Headers kJson = {{"Content-Type", "application/json"}};

INSTANTIATE_TEST_SUITE_P(
    Differences, UnexpectedTest,
    testing::ValuesIn<UnexpectedCase>({
        {"Method", http::Method::kPut, "http://queue.example:8180/a", kJson, R"({"x":1})",
         "no exchange has this method and target"},
        {"Target", http::Method::kPost, "http://queue.example:8180/b", kJson, R"({"x":1})",
         "no exchange has this method and target"},
        {"Escape", http::Method::kPost, "http://queue.example:8180/%61", kJson, R"({"x":1})",
         "no exchange has this method and target"},
        {"Host", http::Method::kPost, "http://queue.example/a", kJson, R"({"x":1})",
         "host queue.example, recorded queue.example:8180"},
        {"Body", http::Method::kPost, "http://queue.example:8180/a", kJson, R"({"x":2})",
         "body differs at byte 5"},
        {"LongerBody", http::Method::kPost, "http://queue.example:8180/a", kJson, R"({"x":1} )",
         "body differs at byte 7"},
        {"HeaderValue",
         http::Method::kPost,
         "http://queue.example:8180/a",
         {{"Content-Type", "text/plain"}},
         R"({"x":1})",
         "headers {content-type: text/plain}, recorded {content-type: application/json}"},
        {"MissingHeader",
         http::Method::kPost,
         "http://queue.example:8180/a",
         {},
         R"({"x":1})",
         "headers {}, recorded {content-type"},
        {"FurtherHeader",
         http::Method::kPost,
         "http://queue.example:8180/a",
         {{"Content-Type", "application/json"}, {"Authorization", "Hawk id=\"me\", mac=\"x\""}},
         R"({"x":1})",
         "authorization: Hawk id=\"me\", REDACTED"},
    }),
    [](const auto& info) { return std::string(info.param.name); });

TEST(ReplayTransportTest, OneTooManyIsUnexpected) {
  ReplayTransport replay({.exchanges = {Recorded("POST", "/a", "", "")}});
  EXPECT_THAT(replay.Send(Sent(http::Method::kPost, "/a", "")), IsOk());
  EXPECT_THAT(replay.Send(Sent(http::Method::kPost, "/a", "")),
              StatusIs(absl::StatusCode::kFailedPrecondition,
                       HasSubstr("all 1 recorded exchanges are used")));
}

Exchange Failed(std::string method, const std::string& target, int status) {
  Exchange exchange = Recorded(std::move(method), target, "", "no");
  exchange.response.status = status;
  return exchange;
}

TEST(ReplayTransportTest, AnErrorIsRepeatedToWhoAsksMoreOftenIfThatIsWanted) {
  for (const int status : {0, 404, 503}) {
    const Document document = {.exchanges = {Failed("GET", "/a", status)}};
    ReplayTransport once(document);
    EXPECT_NE(Ask(once, Sent(http::Method::kGet, "/a", "")), "");
    EXPECT_THAT(once.Send(Sent(http::Method::kGet, "/a", "")),
                StatusIs(absl::StatusCode::kFailedPrecondition));
    ReplayTransport replay(document, {.repeat_errors = true});
    const std::string first = Ask(replay, Sent(http::Method::kGet, "/a", ""));
    for (int i = 0; i < 4; ++i) {
      EXPECT_EQ(Ask(replay, Sent(http::Method::kGet, "/a", "")), first) << status;
    }
    EXPECT_THAT(replay.Finish(), IsOk());
  }
}

TEST(ReplayTransportTest, NothingElseIsRepeated) {
  ReplayTransport replay(
      {.exchanges = {Recorded("GET", "/good", "", "good"), Failed("POST", "/sent", 404),
                     Failed("GET", "/late", 404), Recorded("GET", "/late", "", "there")}},
      {.repeat_errors = true});
  const auto answers = [&](http::Method method, std::string_view target) {
    return replay.Send(Sent(method, target, ""));
  };
  const auto unexpected = StatusIs(absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(answers(http::Method::kGet, "/good"), IsOk());
  EXPECT_THAT(answers(http::Method::kGet, "/good"), unexpected);
  EXPECT_THAT(answers(http::Method::kPost, "/sent"), IsOk());
  EXPECT_THAT(answers(http::Method::kPost, "/sent"), unexpected);
  EXPECT_EQ(answers(http::Method::kGet, "/late")->status, 404);
  EXPECT_EQ(answers(http::Method::kGet, "/late")->body, "there");
  EXPECT_THAT(answers(http::Method::kGet, "/late"), unexpected);
  EXPECT_THAT(answers(http::Method::kGet, "/never"), unexpected);
}

TEST(ReplayTransportTest, EveryIgnoredHeaderHasAReason) {
  for (const IgnoredHeader& header : IgnoredHeaders()) {
    EXPECT_FALSE(header.reason.empty()) << header.name;
    EXPECT_NE(header.name, "Authorization");
    EXPECT_NE(header.name, "Content-Type");
  }
}

TEST(ReplayTransportTest, HawkRequestsOfOneClientAreEqual) {
  Exchange exchange = Recorded("GET", "/a", "", "answer");
  exchange.request.headers = {
      {"Host", "queue.example:8180"},
      {"Authorization", "Hawk mac=\"1\", id=\"me\", ts=\"1\", nonce=\"a\""}};
  ReplayTransport replay({.exchanges = {exchange}});
  http::Request request = Sent(http::Method::kGet, "/a", "");
  request.headers = {{"authorization", "Hawk mac=\"2\", id=\"you\", ts=\"2\", nonce=\"b\""}};
  EXPECT_THAT(replay.Send(request), StatusIs(absl::StatusCode::kFailedPrecondition));
  request.headers = {{"authorization", "Hawk mac=\"2\", id=\"me\", ts=\"2\", nonce=\"b\""}};
  EXPECT_THAT(replay.Send(request), IsOk());
}

TEST(ReplayTransportTest, OptionsWidenTheComparison) {
  Exchange exchange =
      Recorded("POST", "/a(b)%2F?X-Amz-Credential=A%2FB", R"({"at":"1"})", "answer");
  exchange.request.headers.Add("X-Trace", "1");
  ReplayTransport replay({.exchanges = {exchange}},
                         {.ignored_headers = {{"x-trace", "a new one for each request"}},
                          .normalize_body =
                              [](std::string_view target, const std::string& body) {
                                EXPECT_EQ(target, "/a(b)%2F?X-Amz-Credential=REDACTED");
                                return body.substr(0, 5);
                              },
                          .ignore_needless_escapes = true,
                          .ignore_host = true});
  http::Request request =
      Sent(http::Method::kPost, "/a%28b%29%2F?X-Amz-Credential=A/B", R"({"at":"2"})");
  request.url =
      http::Url::Parse("https://other.example").value().WithTarget(request.url.target()).value();
  EXPECT_EQ(Ask(replay, request), "answer");
}

TEST(ReplayTransportTest, CodedRequestBodiesCompareDecoded) {
  Exchange exchange = Recorded("PUT", "/a", http::Compress("text"), "");
  exchange.request.headers.Add("Content-Encoding", "gzip");
  ReplayTransport replay({.exchanges = {exchange}});
  http::Request request =
      Sent(http::Method::kPut, "/a", http::Compress("te") + http::Compress("xt"));
  request.headers.Add("Content-Encoding", "gzip");
  EXPECT_THAT(replay.Send(request), IsOk());
}

TEST(ReplayTransportTest, RecordedFailuresFailAgain) {
  Exchange lost = Recorded("GET", "/lost", "", "");
  lost.response.status = 0;
  lost.response.error = "server closed";
  Exchange cut = Recorded("GET", "/cut", "", "part");
  cut.response.incomplete = "cut at 4 of 8";
  ReplayTransport replay({.exchanges = {lost, cut}});
  EXPECT_THAT(replay.Send(Sent(http::Method::kGet, "/lost", "")),
              StatusIs(absl::StatusCode::kUnavailable, HasSubstr("server closed")));
  EXPECT_THAT(replay.Send(Sent(http::Method::kGet, "/cut", "")),
              StatusIs(absl::StatusCode::kDataLoss, HasSubstr("cut at 4 of 8")));
  EXPECT_THAT(replay.Finish(), IsOk());
}

TEST(ReplayTransportTest, BehavesAsATransport) {
  Exchange redirect = Recorded("GET", "/a", "", "");
  redirect.response.status = 303;
  redirect.response.headers = {{"Location", "/b"}};
  Exchange coded = Recorded("GET", "/b", "", http::Compress("text"));
  coded.request.headers.Remove("Content-Type");  // as a redirected GET has none
  coded.response.headers = {{"Content-Encoding", "gzip"}};
  ReplayTransport replay({.exchanges = {redirect, coded, Recorded("GET", "/c", "", "12345")}});
  http::StringSink sink;
  http::Request request = Sent(http::Method::kGet, "/a", "");
  request.redirects = http::Request::Redirects::kFollow;
  request.sink = &sink;
  absl::StatusOr<http::Response> response = replay.Send(request);
  ASSERT_THAT(response, IsOk());
  EXPECT_EQ(sink.data(), "text");
  EXPECT_EQ(response->body, "");
  EXPECT_EQ(response->final_url.target(), "/b");

  request = Sent(http::Method::kGet, "/c", "");
  CancellationSource source;
  source.Cancel(absl::AbortedError("claim lost"));
  request.cancellation = source.token();
  EXPECT_THAT(replay.Send(request), StatusIs(absl::StatusCode::kAborted));
  request.cancellation = {};
  request.max_body_bytes = 4;
  EXPECT_THAT(replay.Send(request), StatusIs(absl::StatusCode::kResourceExhausted));
}

}  // namespace
}  // namespace scriptworker::har
