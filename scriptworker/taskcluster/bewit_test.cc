// SPDX-License-Identifier: MPL-2.0
#include "scriptworker/taskcluster/bewit.h"

#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/status_matchers.h"
#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "scriptworker/base/secret_string.h"
#include "scriptworker/http/transport.h"
#include "scriptworker/http/url.h"
#include "scriptworker/taskcluster/credentials.h"
#include "scriptworker/taskcluster/hawk.h"

namespace scriptworker::taskcluster {
namespace {

using ::absl_testing::IsOk;
using ::absl_testing::StatusIs;
using ::testing::EndsWith;

const absl::Time kExpiry = absl::FromUnixSeconds(1700000900);

Credentials Tester() {
  Credentials credentials;
  credentials.client_id = "tester";
  credentials.access_token = SecretString("no-secret");
  return credentials;
}

// The vector was made with the reference.
TEST(SignedUrlTest, IsThatOfTheReference) {
  const auto url =
      SignedUrl(http::Url::Parse("https://tc.example.com/api/queue/v1/task/abc/artifacts/"
                                 "private%2Ffoo")
                    .value(),
                Tester(), kExpiry);
  ASSERT_THAT(url, IsOk());
  EXPECT_EQ(url->ToString(),
            "https://tc.example.com/api/queue/v1/task/abc/artifacts/"
            "private%2Ffoo?bewit="
            "dGVzdGVyXDE3MDAwMDA5MDBcUVdYMHNOc1liN1RVSHZEczdVR1FtZ3lLdjRtcVhX"
            "aW1sbjBTcFZoVjRjOD1cZTMwPQ");
  EXPECT_THAT(url->Redacted(), EndsWith("private%2Ffoo?<snip>"));
}

TEST(SignedUrlTest, ExtendsAQueryAndVerifies) {
  const auto plain = http::Url::Parse("http://tc.test:8180/a?b=c").value();
  const auto url = SignedUrl(plain, Tester(), kExpiry);
  ASSERT_THAT(url, IsOk());
  const auto bewit = ParseBewit(url->target());
  ASSERT_THAT(bewit, IsOk());
  EXPECT_EQ(bewit->id, "tester");
  EXPECT_EQ(bewit->expiry, 1700000900);
  EXPECT_EQ(bewit->target, "/a?b=c");
  const HawkRequest request = MakeHawkRequest(http::Method::kGet, *url);
  EXPECT_THAT(VerifyBewit(*bewit, request, SecretString("no-secret")), IsOk());
  EXPECT_THAT(VerifyBewit(*bewit, request, SecretString("other")),
              StatusIs(absl::StatusCode::kUnauthenticated));
  Bewit elsewhere = *bewit;
  elsewhere.target = "/b";
  EXPECT_THAT(VerifyBewit(elsewhere, request, SecretString("no-secret")),
              StatusIs(absl::StatusCode::kUnauthenticated));
}

TEST(SignedUrlTest, NeedsCredentials) {
  EXPECT_THAT(SignedUrl(http::Url::Parse("http://a/b").value(), Credentials(), kExpiry),
              StatusIs(absl::StatusCode::kInvalidArgument));
}

TEST(ParseBewitTest, TakesTheParameterOutOfTheTarget) {
  // id\1\m\ in base64
  for (const auto& [target, rest] :
       {std::pair<std::string_view, std::string_view>{"/a?bewit=aWRcMVxtXA", "/a"},
        {"/a?bewit=aWRcMVxtXA&b=1", "/a?b=1"},
        {"/a?b=1&bewit=aWRcMVxtXA", "/a?b=1"},
        {"/a?b=1&bewit=aWRcMVxtXA&c=2", "/a?b=1&c=2"}}) {
    const auto bewit = ParseBewit(target);
    ASSERT_THAT(bewit, IsOk()) << target;
    EXPECT_EQ(bewit->target, rest);
  }
}

TEST(ParseBewitTest, RefusesWhatItCannotRead) {
  EXPECT_THAT(ParseBewit("/a"), StatusIs(absl::StatusCode::kNotFound));
  EXPECT_THAT(ParseBewit("/bewit=x?abewit=y"), StatusIs(absl::StatusCode::kNotFound));
  for (const std::string_view target : {"/a?bewit=", "/a?bewit=%%", "/a?bewit=aWQ",
                                        "/a?bewit=aWRceFxtXA",  // id\x\m\ with no number
                                        "/a?bewit=aWRcMVxtXA&bewit=aWRcMVxtXA"}) {
    EXPECT_THAT(ParseBewit(target), StatusIs(absl::StatusCode::kInvalidArgument)) << target;
  }
}

}  // namespace
}  // namespace scriptworker::taskcluster
