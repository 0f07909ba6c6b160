// SPDX-License-Identifier: MPL-2.0
#include "scriptworker/taskcluster/temporary_credentials.h"

#include <iostream>
#include <string>
#include <string_view>

#include "absl/random/random.h"
#include "absl/status/status.h"
#include "absl/status/status_matchers.h"
#include "absl/strings/match.h"
#include "absl/time/time.h"
#include "gtest/gtest.h"
#include "scriptworker/json/json.h"
#include "scriptworker/json/json_reader.h"
#include "scriptworker/taskcluster/credentials.h"
#include "scriptworker/taskcluster/recording.h"

namespace scriptworker::taskcluster {
namespace {

using ::absl_testing::IsOk;
using ::absl_testing::StatusIs;

Credentials Issuer() {
  Credentials issuer;
  issuer.client_id = "issuer";
  issuer.access_token = SecretString("key");
  return issuer;
}

const absl::Time kStart = absl::FromUnixSeconds(1672531200);  // 2023-01-01

TemporaryCredentialsRequest ForOneDay() {
  return {.scopes = {"s:1", "s:2"}, .start = kStart, .expiry = kStart + absl::Hours(24)};
}

std::string Signature(const Credentials& credentials) {
  return std::string(credentials.certificate->value().Find("signature")->string_value());
}

// The vectors are those of the Python client.
TEST(TemporaryCredentialsTest, AreThoseOfTheReference) {
  const auto credentials =
      CreateTemporaryCredentialsWithSeed(Issuer(), ForOneDay(), std::string(44, 'A'));
  ASSERT_THAT(credentials, IsOk());
  EXPECT_EQ(credentials->client_id, "issuer");
  EXPECT_EQ(credentials->access_token.reveal(), "Q17fA6Uj3UlPQir32MozianEk5qSciwBAK5EOwe_d9o");
  EXPECT_EQ(json::FormatCompact(credentials->certificate->value()),
            R"({"version":1,"scopes":["s:1","s:2"],"start":1672531200000,)"
            R"("expiry":1672617600000,)"
            R"("seed":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",)"
            R"("signature":"kGPhhEHUdK4J2A7YiW4lKNR9BJFhqbGj1WjcKDV+lJc="})");
}

TEST(TemporaryCredentialsTest, NamedOnesSayWhoIssuedThem) {
  TemporaryCredentialsRequest request = ForOneDay();
  request.name = "nm";
  const auto credentials =
      CreateTemporaryCredentialsWithSeed(Issuer(), request, std::string(44, 'A'));
  ASSERT_THAT(credentials, IsOk());
  EXPECT_EQ(credentials->client_id, "nm");
  EXPECT_EQ(Signature(*credentials), "+De6Ebglzihb2mbCpNVmfOZ/eYz4gECqPFqDY0MU0/4=");
  EXPECT_EQ(credentials->certificate->value().Find("issuer")->string_value(), "issuer");
}

TEST(TemporaryCredentialsTest, HaveARandomSeedOfTwoSlugids) {
  absl::BitGen bitgen;
  const auto a = CreateTemporaryCredentials(Issuer(), ForOneDay(), bitgen);
  const auto b = CreateTemporaryCredentials(Issuer(), ForOneDay(), bitgen);
  ASSERT_THAT(a, IsOk());
  ASSERT_THAT(b, IsOk());
  EXPECT_EQ(a->certificate->value().Find("seed")->string_value().size(), 44u);
  EXPECT_FALSE(a->access_token == b->access_token);
}

TEST(TemporaryCredentialsTest, LastNoLongerThan31Days) {
  TemporaryCredentialsRequest request = ForOneDay();
  request.expiry = kStart + absl::Hours(31 * 24);
  EXPECT_THAT(CreateTemporaryCredentialsWithSeed(Issuer(), request, "s"), IsOk());
  request.expiry += absl::Seconds(1);
  EXPECT_THAT(CreateTemporaryCredentialsWithSeed(Issuer(), request, "s"),
              StatusIs(absl::StatusCode::kInvalidArgument));
  request.expiry = kStart;
  EXPECT_THAT(CreateTemporaryCredentialsWithSeed(Issuer(), request, "s"),
              StatusIs(absl::StatusCode::kInvalidArgument));
}

TEST(TemporaryCredentialsTest, CannotIssueOthers) {
  const auto first = CreateTemporaryCredentialsWithSeed(Issuer(), ForOneDay(), "s");
  ASSERT_THAT(first, IsOk());
  EXPECT_THAT(CreateTemporaryCredentialsWithSeed(*first, ForOneDay(), "s"),
              StatusIs(absl::StatusCode::kInvalidArgument));
}

// What Taskcluster itself issued: token and signature follow from the issuer's
// access token. (Some of the tests' own credentials are wrong on purpose.)
TEST(TemporaryCredentialsTest, RecordedCertificatesRecompute) {
  const SecretString queue_token("local0test0only0access0token0000000000000000");
  const SecretString tester_token("no-secret");
  int good = 0;
  int all = 0;
  for (const std::string& scenario : ListRecordings()) {
    for (const auto& [credentials, origin] : LoadRecording(scenario).credentials) {
      if (!credentials.certificate.has_value() || absl::StrContains(origin, "(refused)")) {
        continue;
      }
      ++all;
      const auto fields =
          CertificateFields::FromJson(json::Reader(credentials.certificate->value(), origin));
      ASSERT_THAT(fields, IsOk());
      for (const SecretString& issuer : {queue_token, tester_token}) {
        if (TemporaryAccessToken(issuer, fields->seed) == credentials.access_token &&
            CertificateSignature(*fields, credentials.client_id, issuer) == fields->signature) {
          ++good;
          break;
        }
      }
    }
  }
  std::cout << "recorded certificates " << good << "/" << all << "\n";
  EXPECT_GT(all, 30);
  EXPECT_EQ(good, all);
}

}  // namespace
}  // namespace scriptworker::taskcluster
