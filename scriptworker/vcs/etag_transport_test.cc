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

// A server whose document has the version `version`, and which knows ETags.
class EtagTransportTest : public testing::Test {
 protected:
  http::Response Answer(const http::Request& request) const {
    const std::string etag = absl::StrCat("\"v", version_, "\"");
    if (request.headers.Find("If-None-Match") == etag) return http::MakeResponse(304);
    http::Response response = http::MakeResponse(200, absl::StrCat("version ", version_));
    response.headers.Set("ETag", etag);
    return response;
  }
  http::Response Get(std::string_view url = "https://h.example/a") {
    http::Request request;
    request.url = http::Url::Parse(url).value();
    return transport_.Send(request).value();
  }

  int version_ = 1;
  http::FunctionTransport server_{[this](const http::Request& request) { return Answer(request); }};
  EtagTransport transport_{server_, 2};
};

TEST_F(EtagTransportTest, AnUnchangedAnswerIsGivenAgain) {
  EXPECT_EQ(Get().body, "version 1");
  const http::Response again = Get();
  EXPECT_EQ(again.status, 200);
  EXPECT_EQ(again.body, "version 1");
  EXPECT_EQ(again.headers.Find("Content-Type"), "application/json");
  EXPECT_EQ(server_.requests()[0].headers.Find("If-None-Match"), std::nullopt);
  EXPECT_EQ(server_.requests()[1].headers.Find("If-None-Match"), "\"v1\"");
}

TEST_F(EtagTransportTest, AChangedAnswerReplacesTheOldOne) {
  EXPECT_EQ(Get().body, "version 1");
  version_ = 2;
  EXPECT_EQ(Get().body, "version 2");
  EXPECT_EQ(Get().body, "version 2");
  EXPECT_EQ(server_.requests()[2].headers.Find("If-None-Match"), "\"v2\"");
}

TEST_F(EtagTransportTest, OnlyAFewAnswersAreKept) {
  for (const std::string_view url : {"https://h.example/a", "https://h.example/b",
                                     "https://h.example/c", "https://h.example/d"}) {
    EXPECT_EQ(Get(url).body, "version 1");
  }
  int conditional = 0;
  for (const std::string_view url : {"https://h.example/a", "https://h.example/b"}) {
    EXPECT_EQ(Get(url).body, "version 1");
    conditional += server_.requests().back().headers.contains("If-None-Match") ? 1 : 0;
  }
  EXPECT_LE(conditional, 1);
}

}  // namespace
}  // namespace scriptworker::vcs
