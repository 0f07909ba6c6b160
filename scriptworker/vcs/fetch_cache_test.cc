// SPDX-License-Identifier: MPL-2.0
#include "scriptworker/vcs/fetch_cache.h"

#include <atomic>
#include <barrier>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/status_matchers.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "scriptworker/http/testing/function_transport.h"
#include "scriptworker/http/transport.h"
#include "scriptworker/http/url.h"

namespace scriptworker::vcs {
namespace {

using ::absl_testing::StatusIs;
using ::testing::SizeIs;

http::Request Get(std::string_view url) {
  http::Request request;
  request.url = http::Url::Parse(url).value();
  return request;
}

class FetchCacheTest : public testing::Test {
 protected:
  // A server whose every answer is another.
  static http::FunctionTransport::Function Alternating(int status) {
    return [status, count = 0](const http::Request&) mutable -> absl::StatusOr<http::Response> {
      return http::MakeResponse(status, absl::StrCat("answer ", ++count));
    };
  }
};

TEST_F(FetchCacheTest, OneUrlHasOneAnswerHoweverOftenTheServerChangesItsMind) {
  http::FunctionTransport server(Alternating(200));
  FetchCache cache(server);
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(cache.Send(Get("https://h.example/a"))->body, "answer 1");
  }
  EXPECT_EQ(cache.Send(Get("https://h.example/b"))->body, "answer 2");
  EXPECT_THAT(server.requests(), SizeIs(2));
}

TEST_F(FetchCacheTest, ThatADocumentDoesNotExistIsAnAnswerToo) {
  http::FunctionTransport server(Alternating(404));
  FetchCache cache(server);
  EXPECT_EQ(cache.Send(Get("https://h.example/a"))->body, "answer 1");
  EXPECT_EQ(cache.Send(Get("https://h.example/a"))->body, "answer 1");
}

TEST_F(FetchCacheTest, AllAnswersTogetherHaveACap) {
  http::FunctionTransport server(Alternating(200));
  FetchCache cache(server, /*max_bytes=*/20);  // "answer 1" has 8
  EXPECT_TRUE(cache.Send(Get("https://h.example/a")).ok());
  EXPECT_TRUE(cache.Send(Get("https://h.example/b")).ok());
  const auto third = cache.Send(Get("https://h.example/c"));
  EXPECT_THAT(third, StatusIs(absl::StatusCode::kResourceExhausted));
  EXPECT_TRUE(IsOverCap(third.status()));
  EXPECT_FALSE(IsOverCap(absl::Status(third.status().code(), third.status().message())));
  // What is there stays.
  EXPECT_EQ(cache.Send(Get("https://h.example/a"))->body, "answer 1");
}

TEST_F(FetchCacheTest, WhatIsNotKeptDoesNotCount) {
  http::FunctionTransport server(http::InTurn({http::MakeResponse(503, std::string(100, 'x')),
                                               http::MakeResponse(200, "there"),
                                               http::MakeResponse(404, std::string(16, 'x'))}));
  FetchCache cache(server, /*max_bytes=*/20);
  EXPECT_EQ(cache.Send(Get("https://h.example/a"))->status, 503);
  EXPECT_EQ(cache.Send(Get("https://h.example/a"))->body, "there");
  // But that there is nothing is kept.
  EXPECT_THAT(cache.Send(Get("https://h.example/b")),
              StatusIs(absl::StatusCode::kResourceExhausted));
}

// Lets nobody go before all have come.
class GatheringTransport final : public http::Transport {
 public:
  GatheringTransport(int count, std::string_view body) : barrier_(count), body_(body) {}

  absl::StatusOr<http::Response> Send(const http::Request& /*request*/) override {
    barrier_.arrive_and_wait();
    return http::MakeResponse(200, body_);
  }

 private:
  std::barrier<> barrier_;
  const std::string body_;
};

TEST_F(FetchCacheTest, OfAnswersThatComeAtOnceAsManyAreKeptAsFit) {
  constexpr int kThreads = 8;
  for (int round = 0; round < 50; ++round) {
    GatheringTransport server(kThreads, "12345678");
    FetchCache cache(server, /*max_bytes=*/40);  // five
    std::atomic<int> kept = 0, over = 0;
    std::vector<std::thread> threads;
    threads.reserve(kThreads);
    for (int i = 0; i < kThreads; ++i) {
      threads.emplace_back([&, i] {
        const auto answer = cache.Send(Get(absl::StrCat("https://h.example/", i)));
        ++(answer.ok() ? kept : over);
        EXPECT_TRUE(answer.ok() || IsOverCap(answer.status())) << answer.status();
      });
    }
    for (std::thread& thread : threads) thread.join();
    EXPECT_EQ(kept, 5);
    EXPECT_EQ(over, 3);
  }
}

TEST_F(FetchCacheTest, FailuresAreFetchedAgain) {
  http::FunctionTransport server(
      http::InTurn({absl::UnavailableError("reset"), http::MakeResponse(503),
                    http::MakeResponse(403), http::MakeResponse(200, "there")}));
  FetchCache cache(server);
  EXPECT_THAT(cache.Send(Get("https://h.example/a")), StatusIs(absl::StatusCode::kUnavailable));
  EXPECT_EQ(cache.Send(Get("https://h.example/a"))->status, 503);
  EXPECT_EQ(cache.Send(Get("https://h.example/a"))->status, 403);
  EXPECT_EQ(cache.Send(Get("https://h.example/a"))->body, "there");
  EXPECT_EQ(cache.Send(Get("https://h.example/a"))->body, "there");
}

TEST_F(FetchCacheTest, AnUnreadableAnswerCanBeAskedForAgain) {
  http::FunctionTransport server(Alternating(200));
  FetchCache cache(server);
  EXPECT_EQ(cache.Send(Get("https://h.example/a"))->body, "answer 1");
  http::Request again = Get("https://h.example/a");
  again.headers.Set("Cache-Control", "no-cache");
  EXPECT_EQ(cache.Send(again)->body, "answer 2");
  EXPECT_EQ(cache.Send(Get("https://h.example/a"))->body, "answer 2");
}

TEST_F(FetchCacheTest, OtherMethodsArePassedOn) {
  http::FunctionTransport server(Alternating(200));
  FetchCache cache(server);
  http::Request post = Get("https://h.example/a");
  post.method = http::Method::kPost;
  EXPECT_EQ(cache.Send(post)->body, "answer 1");
  EXPECT_EQ(cache.Send(post)->body, "answer 2");
}

TEST_F(FetchCacheTest, ConcurrentRequestsGetOneAnswer) {
  http::FunctionTransport server(Alternating(200));
  FetchCache cache(server);
  std::vector<std::thread> threads;
  threads.reserve(4);
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back(
        [&] { EXPECT_EQ(cache.Send(Get("https://h.example/a"))->body, "answer 1"); });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_THAT(server.requests(), SizeIs(1));
}

}  // namespace
}  // namespace scriptworker::vcs
