// SPDX-License-Identifier: MPL-2.0
#include "scriptworker/vcs/etag_transport.h"

#include <optional>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/status_matchers.h"
#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "scriptworker/http/testing/function_transport.h"

namespace scriptworker::vcs {
namespace {

// A server whose documents have the version `version`, and which knows ETags.
class EtagTransportTest : public testing::Test {
 protected:
  http::Response Answer(const http::Request& request) const {
    const std::string etag = absl::StrCat("\"v", version_, "\"");
    if (request.url.path() == moved_) {
      http::Response moved = http::MakeResponse(302);
      moved.headers.Set("Location", "/elsewhere");
      return moved;
    }
    if (request.headers.Find("If-None-Match") == etag) return http::MakeResponse(304);
    http::Response response = http::MakeResponse(
        200, absl::StrCat("version ", version_, " ", std::string(padding_, '.')));
    response.headers.Set("ETag", etag);
    return response;
  }
  // The version that comes, and whether the server has been told of a known one.
  std::string Get(std::string_view path = "/a", const http::Headers& headers = {}) {
    http::Request request;
    request.url = http::Url::Parse(absl::StrCat("https://h.example", path)).value();
    request.headers = headers;
    request.redirects = http::Request::Redirects::kFollow;
    const http::Response response = transport_.Send(request).value();
    EXPECT_EQ(response.status, 200);
    return absl::StrCat(
        response.body.substr(0, response.body.find(" .")),
        server_.requests().back().headers.contains("If-None-Match") ? " known" : "");
  }

  int version_ = 1;
  size_t padding_ = 10;
  std::string moved_;
  http::FunctionTransport server_{[this](const http::Request& request) { return Answer(request); }};
  EtagTransport transport_{server_, 10'000};
};

TEST_F(EtagTransportTest, AnUnchangedAnswerIsGivenAgain) {
  EXPECT_EQ(Get(), "version 1");
  EXPECT_EQ(Get(), "version 1 known");
  EXPECT_EQ(Get(), "version 1 known");
  EXPECT_EQ(server_.requests()[1].headers.Find("If-None-Match"), "\"v1\"");
}

TEST_F(EtagTransportTest, AChangedAnswerReplacesTheOldOne) {
  EXPECT_EQ(Get(), "version 1");
  version_ = 2;
  EXPECT_EQ(Get(), "version 2 known");
  EXPECT_EQ(Get(), "version 2 known");
  EXPECT_EQ(server_.requests()[2].headers.Find("If-None-Match"), "\"v2\"");
}

TEST_F(EtagTransportTest, AnUnreadableAnswerIsForgotten) {
  EXPECT_EQ(Get(), "version 1");
  EXPECT_EQ(Get("/a", {{"Cache-Control", "no-cache"}}), "version 1");
  EXPECT_EQ(Get(), "version 1 known");
}

TEST_F(EtagTransportTest, WhatWasSaidToOneIsNotForOthers) {
  EXPECT_EQ(Get("/a", {{"Authorization", "token t0ken"}}), "version 1");
  EXPECT_EQ(Get("/a"), "version 1");
  EXPECT_EQ(Get("/a", {{"Authorization", "token other"}}), "version 1");
  EXPECT_EQ(Get("/a", {{"Accept", "text/html"}}), "version 1");
  EXPECT_EQ(Get("/a", {{"Authorization", "token t0ken"}}), "version 1 known");
}

TEST_F(EtagTransportTest, AnotherPlacesWordIsNotTaken) {
  EXPECT_EQ(Get(), "version 1");
  moved_ = "/a";
  EXPECT_EQ(Get(), "version 1");  // asked again without
  EXPECT_EQ(server_.requests().back().url, "https://h.example/elsewhere");
  EXPECT_EQ(Get(), "version 1 known");
}

TEST_F(EtagTransportTest, WhatWasUsedLastIsKept) {
  padding_ = 3000;
  for (const std::string_view path : {"/a", "/b", "/c"}) EXPECT_EQ(Get(path), "version 1");
  EXPECT_EQ(Get("/a"), "version 1 known");
  EXPECT_EQ(Get("/d"), "version 1");
  EXPECT_EQ(Get("/a"), "version 1 known");
  EXPECT_EQ(Get("/b"), "version 1");
}

TEST_F(EtagTransportTest, LargeAnswersAreNotKept) {
  padding_ = 20'000;
  EXPECT_EQ(Get(), "version 1");
  EXPECT_EQ(Get(), "version 1");
}

TEST_F(EtagTransportTest, WhatGoesToASinkIsPassedOn) {
  http::Request request;
  request.url = http::Url::Parse("https://h.example/a").value();
  for (int i = 0; i < 2; ++i) {
    http::StringSink sink;
    request.sink = &sink;
    ASSERT_TRUE(transport_.Send(request).ok());
    EXPECT_FALSE(server_.requests().back().headers.contains("If-None-Match"));
  }
}

}  // namespace
}  // namespace scriptworker::vcs
