// SPDX-License-Identifier: MPL-2.0
#include "tools/record_fixture.h"

#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/status_matchers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "scriptworker/har/replay_transport.h"
#include "scriptworker/http/curl_transport.h"
#include "scriptworker/http/testing/fake_server.h"
#include "scriptworker/json/format.h"

namespace scriptworker::tools {
namespace {

using ::absl_testing::IsOk;
using ::absl_testing::StatusIs;
using ::scriptworker::http::FakeRequest;
using ::scriptworker::http::FakeResponse;
using ::scriptworker::http::FakeServer;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::SizeIs;

constexpr std::string_view kSecret = "a-very-secret-token";

class RecordFixtureTest : public ::testing::Test {
 protected:
  static FakeResponse Answer(const FakeRequest& request) {
    if (request.target == "/redirect") {
      return {.status = 303, .headers = {{"Location", "/there?X-Amz-Signature=abc"}}};
    }
    if (request.target == "/echo") {
      return {.body = std::string(request.headers.Find("Private-Token").value_or(""))};
    }
    const std::string echoed(
        absl::StripPrefix(request.headers.Find("Authorization").value_or(""), "token "));
    if (request.target == "/credentials") return {.body = echoed};
    if (request.target == "/bytes") return {.body = "\xFF\xFE" + echoed};
    if (request.target == "/header") return {.headers = {{"X-You-Sent", echoed}}};
    if (request.target == "/json") return {.body = json::FormatString(echoed)};
    if (request.target == "/missing") return {.status = 404, .body = "{}"};
    return {.headers = {{"Content-Type", "application/json"}}, .body = R"({"name": "r"})"};
  }

  absl::StatusOr<har::Document> Record(std::string_view target, FixtureRequest request = {}) {
    request.urls.push_back(server_.url(target));
    return RecordFixture(request, *transport_, clock_);
  }

  FakeServer server_{Answer};
  const std::unique_ptr<http::CurlTransport> transport_ = *http::CurlTransport::Create({});
  SystemClock clock_;
};

TEST_F(RecordFixtureTest, TheExchangeCanBeReplayed) {
  FixtureRequest request{.headers = {{"Accept", "application/json"}}, .comment = "why"};
  const auto document = Record("/repos/o/r", std::move(request));
  ASSERT_THAT(document, IsOk());
  EXPECT_EQ(document->comment, "why");
  ASSERT_THAT(document->exchanges, SizeIs(1));
  har::ReplayTransport replay(*document);
  http::Request get;
  get.url = server_.url("/repos/o/r");
  get.headers = {{"Accept", "application/json"}};
  const auto response = replay.Send(get);
  ASSERT_THAT(response, IsOk());
  EXPECT_EQ(response->body, R"({"name": "r"})");
}

TEST_F(RecordFixtureTest, AnAnswerOfAnyStatusIsOne) {
  const auto document = Record("/missing");
  ASSERT_THAT(document, IsOk());
  EXPECT_EQ(document->exchanges[0].response.status, 404);
}

TEST_F(RecordFixtureTest, RedirectsAreExchangesWithoutSignatures) {
  const auto document = Record("/redirect");
  ASSERT_THAT(document, IsOk());
  EXPECT_THAT(document->exchanges, SizeIs(2));
  EXPECT_THAT(har::FormatHar(*document), Not(HasSubstr("=abc")));
}

TEST_F(RecordFixtureTest, ASecretIsSentAndNotStored) {
  for (const std::string name : {"Authorization", "Private-Token"}) {
    FixtureRequest request;
    request.secret_headers.emplace_back(name, SecretString(std::string(kSecret)));
    const auto document = Record("/repos/o/r", std::move(request));
    ASSERT_THAT(document, IsOk());
    EXPECT_EQ(server_.requests().back().headers.Find(name), kSecret);
    EXPECT_THAT(har::FormatHar(*document), Not(HasSubstr(kSecret))) << name;
  }
}

TEST_F(RecordFixtureTest, ASecretDoesNotFollowRedirects) {
  FixtureRequest request;
  request.secret_headers.emplace_back("Private-Token", SecretString(std::string(kSecret)));
  const auto document = Record("/redirect", std::move(request));
  ASSERT_THAT(document, IsOk());
  EXPECT_THAT(document->exchanges, SizeIs(1));
  EXPECT_THAT(server_.requests(), SizeIs(1));
}

TEST_F(RecordFixtureTest, AnAnswerThatRepeatsTheSecretIsNotRecorded) {
  FixtureRequest request;
  request.secret_headers.emplace_back("Private-Token", SecretString(std::string(kSecret)));
  EXPECT_THAT(Record("/echo", std::move(request)),
              StatusIs(absl::StatusCode::kFailedPrecondition,
                       testing::AllOf(HasSubstr("repeats"), Not(HasSubstr(kSecret)))));
}

TEST_F(RecordFixtureTest, ASecretIsFoundHoweverItIsRepeated) {
  for (const std::string_view secret :
       {kSecret, std::string_view(R"(with"quote)"), std::string_view(R"(with\backslash)")}) {
    for (const std::string_view target : {"/credentials", "/bytes", "/header", "/json"}) {
      FixtureRequest request;
      request.secret_headers.emplace_back("Authorization",
                                          SecretString(absl::StrCat("token ", secret)));
      EXPECT_THAT(Record(target, std::move(request)),
                  StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("repeats")))
          << secret << target;
    }
  }
}

TEST_F(RecordFixtureTest, AHeaderThatCannotBeSentIsRefused) {
  FixtureRequest request;
  request.secret_headers.emplace_back("Authorization", SecretString("a\r\nInjected: b"));
  EXPECT_THAT(Record("/", std::move(request)), StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_THAT(server_.requests(), SizeIs(0));
}

}  // namespace
}  // namespace scriptworker::tools
