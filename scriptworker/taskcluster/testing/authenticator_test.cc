// SPDX-License-Identifier: MPL-2.0
//
// The recordings (recordings_test) hold the service's many refusals; here is
// what they do not show, and the edges of the times.

#include "scriptworker/taskcluster/testing/authenticator.h"

#include <optional>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "absl/random/bit_gen_ref.h"
#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "scriptworker/base/secret_string.h"
#include "scriptworker/http/transport.h"
#include "scriptworker/http/url.h"
#include "scriptworker/taskcluster/bewit.h"
#include "scriptworker/taskcluster/credentials.h"
#include "scriptworker/taskcluster/hawk.h"
#include "scriptworker/taskcluster/temporary_credentials.h"
#include "scriptworker/taskcluster/testing/client.h"

namespace scriptworker::taskcluster::fake {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr char kUrl[] = "https://tc.example.com/api/queue/v1/task/abc";

class AuthenticatorTest : public ::testing::Test {
 protected:
  static Credentials Permanent(std::string id, std::string token = "token") {
    Credentials credentials;
    credentials.client_id = std::move(id);
    credentials.access_token = SecretString(std::move(token));
    return credentials;
  }
  Credentials Temporary(std::vector<std::string> scopes, absl::Duration life,
                        std::optional<std::string> name = "temporary") {
    std::mt19937_64 random(1);
    return *CreateTemporaryCredentials(Permanent("issuer"),
                                       {.name = std::move(name),
                                        .scopes = std::move(scopes),
                                        .start = now_,
                                        .expiry = now_ + life},
                                       random);
  }

  Caller ByHeader(const Credentials& credentials, absl::Time signed_at) {
    const std::string header =
        HawkHeader(http::Method::kGet, *http::Url::Parse(kUrl), "", "", credentials,
                   {.ts = absl::ToUnixSeconds(signed_at), .nonce = "abcdef"});
    return Ask("/api/queue/v1/task/abc", header);
  }
  Caller ByBewit(const Credentials& credentials, absl::Time expiry, std::string_view method) {
    const http::Url url = *SignedUrl(*http::Url::Parse(kUrl), credentials, expiry);
    return Ask(std::string(url.target()), std::nullopt, method);
  }
  Caller Ask(const std::string& target, std::optional<std::string> header,
             std::string_view method = "GET") {
    Credential credential{.method = method,
                          .target = target,
                          .host = "tc.example.com",
                          .port = 443,
                          .authorization = {}};
    if (header.has_value()) credential.authorization = *header;
    return authenticator_.Authenticate(credential, now_);
  }

  absl::Time now_ = absl::FromUnixSeconds(1'700'000'000);
  Authenticator authenticator_{{{"client", "token", {"a:*"}}, {"issuer", "token", {"*"}}},
                               {"public:*"}};
};

TEST_F(AuthenticatorTest, NobodyHasTheAnonymousScopes) {
  const Caller caller = Ask("/api/queue/v1/task/abc", std::nullopt);
  EXPECT_EQ(caller.kind, Caller::Kind::kAnonymous);
  EXPECT_THAT(caller.scopes, ElementsAre("assume:anonymous", "public:*"));
}

TEST_F(AuthenticatorTest, AClientHasItsScopesToo) {
  const Caller caller = ByHeader(Permanent("client"), now_);
  ASSERT_EQ(caller.kind, Caller::Kind::kAuthenticated) << caller.refusal;
  EXPECT_EQ(caller.client_id, "client");
  EXPECT_THAT(caller.scopes, ElementsAre("assume:anonymous", "a:*", "public:*"));
}

TEST_F(AuthenticatorTest, AWrongTokenIsRefused) {
  EXPECT_EQ(ByHeader(Permanent("client", "wrong"), now_).refusal, "Unauthorized: Bad mac");
}

TEST_F(AuthenticatorTest, TheTimeMayBe15MinutesOff) {
  for (const int sign : {-1, 1}) {
    EXPECT_EQ(ByHeader(Permanent("client"), now_ + sign * absl::Minutes(15)).refusal, "");
    EXPECT_EQ(ByHeader(Permanent("client"), now_ + sign * absl::Seconds(901)).refusal,
              "Unauthorized: Stale timestamp");
  }
}

TEST_F(AuthenticatorTest, TemporaryCredentialsHaveTheirOwnScopesOnly) {
  const Caller caller = ByHeader(Temporary({"x"}, absl::Hours(1)), now_);
  ASSERT_EQ(caller.kind, Caller::Kind::kAuthenticated) << caller.refusal;
  EXPECT_EQ(caller.client_id, "temporary");
  EXPECT_THAT(caller.scopes, Contains("x"));
  EXPECT_THAT(caller.scopes, Not(Contains("*")));
  EXPECT_EQ(caller.expires, now_ + absl::Hours(1));
}

TEST_F(AuthenticatorTest, ACertificateIsGoodUntil5MinutesPastExpiry) {
  const Credentials credentials = Temporary({"x"}, absl::Hours(1));
  now_ += absl::Minutes(65);
  EXPECT_EQ(ByHeader(credentials, now_).refusal, "");
  now_ += absl::Seconds(1);
  EXPECT_EQ(ByHeader(credentials, now_).refusal, "ext.certificate.expiry < now");
}

TEST_F(AuthenticatorTest, ACertificateFromTheFutureIsRefused) {
  const Credentials credentials = Temporary({"x"}, absl::Hours(1));
  now_ -= absl::Seconds(301);
  EXPECT_EQ(ByHeader(credentials, now_).refusal, "ext.certificate.start > now");
}

TEST_F(AuthenticatorTest, AuthorizedScopesNarrowAndNeverWiden) {
  Credentials credentials = Permanent("client");
  credentials.authorized_scopes = {"a:b"};
  EXPECT_THAT(ByHeader(credentials, now_).scopes, Contains("a:b"));
  EXPECT_THAT(ByHeader(credentials, now_).scopes, Not(Contains("a:*")));
  credentials.authorized_scopes = {"b"};
  EXPECT_THAT(ByHeader(credentials, now_).refusal, HasSubstr("do not satisfy authorizedScopes"));
}

TEST_F(AuthenticatorTest, ABewitIsGoodForGetUntilItExpires) {
  EXPECT_EQ(ByBewit(Permanent("client"), now_ + absl::Minutes(1), "GET").client_id, "client");
  EXPECT_EQ(ByBewit(Permanent("client"), now_ + absl::Minutes(1), "HEAD").client_id, "client");
  EXPECT_EQ(ByBewit(Permanent("client"), now_ + absl::Minutes(1), "POST").refusal,
            "Unauthorized: Invalid method");
  EXPECT_EQ(ByBewit(Permanent("client"), now_, "GET").refusal, "Unauthorized: Access expired");
  EXPECT_EQ(ByBewit(Permanent("client", "wrong"), now_ + absl::Minutes(1), "GET").refusal,
            "Unauthorized: Bad mac");
}

TEST_F(AuthenticatorTest, APayloadHashThatWasSentMustFit) {
  Caller caller = ByHeader(Permanent("client"), now_);
  Authenticator::CheckPayload("", "", caller);
  EXPECT_EQ(caller.kind, Caller::Kind::kAuthenticated);
  Authenticator::CheckPayload("application/json", "{}", caller);
  EXPECT_EQ(caller.kind, Caller::Kind::kRefused);
  EXPECT_THAT(caller.refusal, HasSubstr("Invalid payload hash"));
}

}  // namespace
}  // namespace scriptworker::taskcluster::fake
