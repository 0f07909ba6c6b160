// SPDX-License-Identifier: MPL-2.0

#include "scriptworker/http/redirect.h"

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/status_matchers.h"
#include "absl/strings/str_cat.h"
#include "absl/types/span.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "scriptworker/http/transport.h"

namespace scriptworker::http {
namespace {

using ::absl_testing::IsOk;
using ::absl_testing::StatusIs;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::TestWithParam;
using ::testing::ValuesIn;

Url Parsed(std::string_view text) {
  absl::StatusOr<Url> url = Url::Parse(text);
  EXPECT_THAT(url, IsOk()) << text;
  return url.value_or(Url());
}

Response RedirectTo(int status, std::string_view location) {
  Response response;
  response.status = status;
  response.headers.Add("location", location);
  return response;
}

// Answers with the given responses in turn and keeps the requests.
class Script {
 public:
  explicit Script(std::vector<Response> responses) : responses_(std::move(responses)) {}

  absl::StatusOr<Response> Run(const Request& request, const RedirectLimits& limits = {}) {
    return SendFollowingRedirects(request, limits,
                                  [this](const Request& hop) -> absl::StatusOr<Response> {
                                    sent.push_back(hop);
                                    Response response = responses_.at(sent.size() - 1);
                                    response.final_url = hop.url;
                                    return response;
                                  });
  }

  std::vector<Request> sent;

 private:
  std::vector<Response> responses_;
};

Request Following(std::string_view url, Method method = Method::kGet) {
  Request request;
  request.method = method;
  request.url = Parsed(url);
  request.redirects = Request::Redirects::kFollow;
  return request;
}

Response Ok() { return {.status = 200, .body = "done"}; }

TEST(RedirectTest, IsAResponseUnlessAskedFor) {
  Script script({RedirectTo(303, "https://b.example/")});
  Request request = Following("https://a.example/");
  request.redirects = Request::Redirects::kReturn;
  absl::StatusOr<Response> response = script.Run(request);
  ASSERT_THAT(response, IsOk());
  EXPECT_EQ(response->status, 303);
}

TEST(RedirectTest, IsFollowedToTheEnd) {
  Script script({RedirectTo(303, "https://b.example/x"), RedirectTo(302, "../y"),
                 RedirectTo(307, "/z"), Ok()});
  absl::StatusOr<Response> response = script.Run(Following("https://a.example/"));
  ASSERT_THAT(response, IsOk());
  EXPECT_EQ(response->body, "done");
  EXPECT_EQ(response->final_url, Parsed("https://b.example/z"));
  EXPECT_THAT(response->redirects,
              ElementsAre(Parsed("https://a.example/"), Parsed("https://b.example/x"),
                          Parsed("https://b.example/y")));
}

TEST(RedirectTest, OtherStatusesAreResponses) {
  for (int status : {200, 201, 300, 304, 305, 306, 400, 404, 500}) {
    Script script({RedirectTo(status, "https://b.example/")});
    absl::StatusOr<Response> response = script.Run(Following("https://a.example/"));
    ASSERT_THAT(response, IsOk());
    EXPECT_EQ(response->status, status);
  }
}

TEST(RedirectTest, WithoutLocationItIsAResponse) {
  Script script({Response{.status = 302}});
  absl::StatusOr<Response> response = script.Run(Following("https://a.example/"));
  ASSERT_THAT(response, IsOk());
  EXPECT_EQ(response->status, 302);
}

struct MethodCase {
  int status;
  Method method;
  Method next;
  bool keeps_body;
};

class RedirectedMethodTest : public TestWithParam<MethodCase> {};

TEST_P(RedirectedMethodTest, Follows) {
  Script script({RedirectTo(GetParam().status, "/y"), Ok()});
  Request request = Following("https://a.example/", GetParam().method);
  request.body = "body";
  request.headers = {{"Content-Type", "text/plain"}, {"X-Other", "1"}};
  ASSERT_THAT(script.Run(request), IsOk());
  ASSERT_EQ(script.sent.size(), 2);
  const Request& next = script.sent[1];
  EXPECT_EQ(next.method, GetParam().next);
  EXPECT_EQ(next.body, GetParam().keeps_body ? "body" : "");
  EXPECT_EQ(next.headers.contains("Content-Type"), GetParam().keeps_body);
  EXPECT_TRUE(next.headers.contains("X-Other"));
}

INSTANTIATE_TEST_SUITE_P(Statuses, RedirectedMethodTest,
                         ValuesIn<MethodCase>({
                             {301, Method::kPost, Method::kGet, false},
                             {302, Method::kPost, Method::kGet, false},
                             {303, Method::kPost, Method::kGet, false},
                             {303, Method::kPut, Method::kGet, false},
                             {303, Method::kHead, Method::kHead, false},
                             {307, Method::kPost, Method::kPost, true},
                             {308, Method::kPut, Method::kPut, true},
                         }),
                         [](const auto& info) {
                           return absl::StrCat(info.param.status, MethodName(info.param.method));
                         });

TEST(RedirectTest, RewindsTheSourceForASecondSending) {
  StringSource source("body");
  char buffer[4];
  ASSERT_THAT(source.Read(absl::MakeSpan(buffer)), IsOk());
  Script script({RedirectTo(307, "/y"), Ok()});
  Request request = Following("https://a.example/", Method::kPut);
  request.body_source = &source;
  ASSERT_THAT(script.Run(request), IsOk());
  EXPECT_THAT(source.Read(absl::MakeSpan(buffer)), absl_testing::IsOkAndHolds(4));
}

struct SecretCase {
  std::string_view name;
  std::vector<std::string_view> locations;
  bool kept;
};

class SecretHeaderTest : public TestWithParam<SecretCase> {};

TEST_P(SecretHeaderTest, StaysWithinTheOrigin) {
  std::vector<Response> responses;
  for (std::string_view location : GetParam().locations) {
    responses.push_back(RedirectTo(302, location));
  }
  responses.push_back(Ok());
  Script script(responses);
  Request request = Following("http://a.example:80/x?bewit=secret");
  request.headers = {
      {"Authorization", "Hawk"}, {"cookie", "c"}, {"Proxy-Authorization", "p"}, {"Accept", "*/*"}};
  ASSERT_THAT(script.Run(request), IsOk());
  const Request& last = script.sent.back();
  EXPECT_EQ(last.headers.contains("Authorization"), GetParam().kept);
  EXPECT_EQ(last.headers.contains("Cookie"), GetParam().kept);
  EXPECT_EQ(last.headers.contains("Proxy-Authorization"), GetParam().kept);
  EXPECT_TRUE(last.headers.contains("Accept"));
  EXPECT_THAT(last.url.ToString(), testing::Not(HasSubstr("secret")));
}

INSTANTIATE_TEST_SUITE_P(Locations, SecretHeaderTest,
                         ValuesIn<SecretCase>({
                             {"SameOrigin", {"/y"}, true},
                             {"SameOriginWrittenOtherwise", {"http://a.example/y"}, true},
                             {"OtherHost", {"http://b.example/y"}, false},
                             {"HostBeneath", {"http://b.a.example/y"}, false},
                             {"OtherPort", {"http://a.example:81/y"}, false},
                             {"OtherScheme", {"https://a.example/y"}, false},
                             {"ThereAndBack", {"http://b.example/y", "http://a.example/"}, false},
                         }),
                         [](const auto& info) { return std::string(info.param.name); });

TEST(RedirectTest, HttpsStaysHttps) {
  Script script({RedirectTo(302, "http://a.example/y")});
  EXPECT_THAT(script.Run(Following("https://a.example/x?bewit=secret")),
              StatusIs(absl::StatusCode::kPermissionDenied,
                       testing::AllOf(HasSubstr("GET https://a.example/x"),
                                      HasSubstr("from https to http://"),
                                      testing::Not(HasSubstr("secret")))));
  EXPECT_EQ(script.sent.size(), 1);
}

TEST(RedirectTest, HttpsReachedFromHttpStaysHttps) {
  Script script({RedirectTo(302, "https://b.example/y"), RedirectTo(302, "http://b.example/y")});
  EXPECT_THAT(script.Run(Following("http://a.example/")),
              StatusIs(absl::StatusCode::kPermissionDenied));
  EXPECT_EQ(script.sent.size(), 2);
}

TEST(RedirectTest, HttpMayLeadToHttp) {
  Script script({RedirectTo(302, "http://b.example/y"), Ok()});
  EXPECT_THAT(script.Run(Following("http://a.example/")), IsOk());
}

TEST(RedirectTest, FiveHopsAreAllowedSixAreNot) {
  std::vector<Response> responses(5, RedirectTo(302, "/again"));
  responses.push_back(Ok());
  EXPECT_THAT(Script(responses).Run(Following("https://a.example/")), IsOk());
  responses.insert(responses.begin(), RedirectTo(302, "/again"));
  EXPECT_THAT(Script(responses).Run(Following("https://a.example/")),
              StatusIs(absl::StatusCode::kResourceExhausted, HasSubstr("more than 5 redirects")));
}

TEST(RedirectTest, AnUnusableLocationIsAnError) {
  for (std::string_view location : {"https://user@b.example/", "file:///etc/passwd", "https://",
                                    "javascript:x", "//b.example:0/"}) {
    Script script({RedirectTo(302, location)});
    EXPECT_THAT(script.Run(Following("https://a.example/")), StatusIs(absl::StatusCode::kDataLoss))
        << location;
    EXPECT_EQ(script.sent.size(), 1);
  }
}

TEST(RedirectTest, TheAllowListHoldsForOtherHosts) {
  const RedirectLimits limits = {.allowed_hosts = {"store.example", "*.s3.example"}};
  for (std::string_view allowed : {"https://store.example/x", "https://bucket.s3.example/x",
                                   "https://a.b.s3.example/x", "https://a.example/x"}) {
    Script script({RedirectTo(302, allowed), Ok()});
    EXPECT_THAT(script.Run(Following("https://a.example/"), limits), IsOk()) << allowed;
  }
  for (std::string_view refused : {"https://evil.example/x", "https://s3.example/x",
                                   "https://evils3.example/x", "https://x.store.example/x"}) {
    Script script({RedirectTo(302, refused)});
    EXPECT_THAT(script.Run(Following("https://a.example/"), limits),
                StatusIs(absl::StatusCode::kPermissionDenied, HasSubstr("not on the list")))
        << refused;
    EXPECT_EQ(script.sent.size(), 1);
  }
}

TEST(RedirectTest, AnErrorIsPassedOn) {
  const Request request = Following("https://a.example/");
  EXPECT_THAT(SendFollowingRedirects(
                  request, {}, [](const Request&) { return absl::UnavailableError("reset"); }),
              StatusIs(absl::StatusCode::kUnavailable, "reset"));
}

}  // namespace
}  // namespace scriptworker::http
