// SPDX-License-Identifier: MPL-2.0

#include "scriptworker/http/testing/function_transport.h"

#include <string_view>

#include "absl/status/status.h"
#include "absl/status/status_matchers.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "scriptworker/base/cancellation.h"
#include "scriptworker/http/transport.h"

namespace scriptworker::http {
namespace {

using ::absl_testing::IsOk;
using ::absl_testing::StatusIs;

Request To(std::string_view url) {
  Request request;
  request.url = Url::Parse(url).value();
  return request;
}

TEST(FunctionTransportTest, AnswersAndRemembers) {
  FunctionTransport transport(InTurn({MakeResponse(200, "{}"), absl::UnavailableError("reset")}));
  StringSource source("body");
  Request request = To("https://a.example/x");
  request.method = Method::kPut;
  request.headers = {{"X", "1"}};
  request.body_source = &source;
  absl::StatusOr<Response> response = transport.Send(request);
  ASSERT_THAT(response, IsOk());
  EXPECT_EQ(response->headers, Headers({{"Content-Type", "application/json"}}));
  EXPECT_EQ(response->body, "{}");
  EXPECT_EQ(response->final_url, request.url);
  EXPECT_THAT(transport.Send(To("https://a.example/y")),
              StatusIs(absl::StatusCode::kUnavailable, "reset"));
  EXPECT_THAT(transport.Send(To("https://a.example/z")),
              StatusIs(absl::StatusCode::kFailedPrecondition));
  ASSERT_EQ(transport.requests().size(), 3);
  EXPECT_EQ(transport.requests()[0].method, Method::kPut);
  EXPECT_EQ(transport.requests()[0].url, "https://a.example/x");
  EXPECT_EQ(transport.requests()[0].headers, request.headers);
  EXPECT_EQ(transport.requests()[0].body, "body");
}

TEST(FunctionTransportTest, FollowsRedirectsIntoTheSink) {
  Response redirect = MakeResponse(302);
  redirect.headers.Add("Location", "/y");
  FunctionTransport transport(InTurn({redirect, MakeResponse(200, "end")}));
  StringSink sink;
  Request request = To("https://a.example/x");
  request.redirects = Request::Redirects::kFollow;
  request.sink = &sink;
  absl::StatusOr<Response> response = transport.Send(request);
  ASSERT_THAT(response, IsOk());
  EXPECT_EQ(sink.data(), "end");
  EXPECT_EQ(response->body, "");
  EXPECT_EQ(response->final_url.target(), "/y");
}

TEST(FunctionTransportTest, ACancelledRequestIsNotSent) {
  FunctionTransport transport(InTurn({MakeResponse(200)}));
  CancellationSource source;
  source.Cancel(absl::AbortedError("claim lost"));
  Request request = To("https://a.example/x");
  request.cancellation = source.token();
  EXPECT_THAT(transport.Send(request), StatusIs(absl::StatusCode::kAborted, "claim lost"));
  EXPECT_TRUE(transport.requests().empty());
}

}  // namespace
}  // namespace scriptworker::http
