// SPDX-License-Identifier: MPL-2.0
#include "scriptworker/vcs/document_fetcher.h"

#include <optional>
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
#include "scriptworker/vcs/fetch_cache.h"

namespace scriptworker::vcs {
namespace {

using ::absl_testing::IsOkAndHolds;
using ::absl_testing::StatusIs;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::SizeIs;

class DocumentFetcherTest : public testing::Test {
 protected:
  using Answers = std::vector<absl::StatusOr<http::Response>>;

  static http::Request Request() {
    http::Request request;
    request.url = http::Url::Parse("https://h.example/doc?access_token=secret").value();
    request.redirects = http::Request::Redirects::kFollow;
    return request;
  }
  DocumentFetcher& Fetcher(Answers answers) {
    server_.emplace(http::InTurn(std::move(answers)));
    cache_.emplace(*server_);
    return fetcher_.emplace(*cache_, clock_);
  }

  SimulatedClock clock_{absl::FromUnixSeconds(1'800'000'000), SimulatedClock::Mode::kAutoAdvance};
  std::optional<http::FunctionTransport> server_;
  std::optional<FetchCache> cache_;
  std::optional<DocumentFetcher> fetcher_;
};

TEST_F(DocumentFetcherTest, AGoodAnswerIsRead) {
  EXPECT_THAT(Fetcher({http::MakeResponse(200, "a: b", "text/plain")}).GetText(Request()),
              IsOkAndHolds("a: b"));
  EXPECT_EQ(Fetcher({http::MakeResponse(200, "[1]")}).GetJson(Request())->value,
            json::Value(json::Array{1}));
}

TEST_F(DocumentFetcherTest, AnAnswerOfAnotherKindIsFetchedAgain) {
  const http::Response html = http::MakeResponse(200, "<HTML>busy</HTML>", "text/html");
  const http::Response doctype = http::MakeResponse(200, "\n<!DOCTYPE html>", "text/plain");
  EXPECT_THAT(
      Fetcher({html, doctype, http::MakeResponse(200, "ok", "text/plain")}).GetText(Request()),
      IsOkAndHolds("ok"));
  EXPECT_TRUE(Fetcher({html, http::MakeResponse(200, "{"), http::MakeResponse(200, "{}")})
                  .GetJson(Request())
                  .ok());
  EXPECT_THAT(server_->requests(), SizeIs(3));
}

TEST_F(DocumentFetcherTest, AnAnswerThatStaysOfAnotherKindIsUnavailableEvidence) {
  const http::Response html = http::MakeResponse(200, "<html>", "text/html");
  EXPECT_THAT(
      Fetcher({html, html, html}).GetText(Request()),
      StatusIs(absl::StatusCode::kUnavailable, AllOf(HasSubstr("https://h.example/doc"),
                                                     HasSubstr("HTML"), Not(HasSubstr("secret")))));
  EXPECT_THAT(Fetcher({html, html, html}).GetJson(Request()),
              StatusIs(absl::StatusCode::kUnavailable,
                       AllOf(HasSubstr("https://h.example/doc"), HasSubstr("no JSON"),
                             Not(HasSubstr("secret")))));
}

TEST_F(DocumentFetcherTest, AFailureIsNamedOnceAndForAll) {
  const struct {
    absl::StatusOr<http::Response> answer;
    absl::StatusCode code;
    std::string_view text;
  } kCases[] = {
      {http::MakeResponse(404), absl::StatusCode::kNotFound, "status 404"},
      {http::MakeResponse(410), absl::StatusCode::kNotFound, "status 410"},
      {http::MakeResponse(401), absl::StatusCode::kUnavailable, "token"},
      {http::MakeResponse(403), absl::StatusCode::kUnavailable, "status 403"},
      {http::MakeResponse(304), absl::StatusCode::kUnavailable, "status 304"},
      {http::MakeResponse(500), absl::StatusCode::kUnavailable, "status 500"},
      {absl::UnavailableError("reset"), absl::StatusCode::kUnavailable, "reset"},
      {absl::DeadlineExceededError("slow"), absl::StatusCode::kUnavailable, "slow"},
      {absl::DataLossError("cut"), absl::StatusCode::kUnavailable, "cut"},
      {absl::ResourceExhaustedError("cap"), absl::StatusCode::kUnavailable, "cap"},
      {absl::PermissionDeniedError("hop"), absl::StatusCode::kUnavailable, "hop"},
  };
  for (const auto& c : kCases) {
    EXPECT_THAT(Fetcher({c.answer}).GetText(Request()),
                StatusIs(c.code, AllOf(HasSubstr(c.text), HasSubstr("https://h.example/doc"),
                                       Not(HasSubstr("secret")))));
    EXPECT_THAT(server_->requests(), SizeIs(1));
  }
}

TEST_F(DocumentFetcherTest, AnAnswerOfAnotherHostIsNoEvidence) {
  http::Response moved = http::MakeResponse(302);
  moved.headers.Set("Location", "https://other.example/doc");
  EXPECT_THAT(Fetcher({moved, http::MakeResponse(200, "{}")}).GetJson(Request()),
              StatusIs(absl::StatusCode::kUnavailable, HasSubstr("another host")));
  moved.headers.Set("Location", "/moved");
  EXPECT_TRUE(Fetcher({moved, http::MakeResponse(200, "{}")}).GetJson(Request()).ok());
}

TEST_F(DocumentFetcherTest, ACancelledTokenGivesItsReason) {
  CancellationSource source;
  http::Request request = Request();
  request.cancellation = source.token();
  source.Cancel(absl::AbortedError("claim lost"));
  EXPECT_THAT(Fetcher({http::MakeResponse(200, "x")}).GetText(request),
              StatusIs(absl::StatusCode::kAborted, HasSubstr("claim lost")));
}

}  // namespace
}  // namespace scriptworker::vcs
