// SPDX-License-Identifier: MPL-2.0
#include "scriptworker/taskcluster/credentials.h"

#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/status_matchers.h"
#include "absl/status/statusor.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "scriptworker/json/json.h"
#include "scriptworker/json/json_reader.h"

namespace scriptworker::taskcluster {
namespace {

using ::absl_testing::IsOk;
using ::absl_testing::StatusIs;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::Optional;

absl::StatusOr<Credentials> Read(std::string_view text) {
  const json::Value value = json::Parse(text).value();
  return Credentials::FromJson(json::Reader(value, "answer"));
}

TEST(CredentialsTest, ReadsPermanentOnes) {
  const auto credentials = Read(R"({"clientId":"a/b","accessToken":"t"})");
  ASSERT_THAT(credentials, IsOk());
  EXPECT_EQ(credentials->client_id, "a/b");
  EXPECT_EQ(credentials->access_token.reveal(), "t");
  EXPECT_FALSE(credentials->certificate.has_value());
  EXPECT_FALSE(credentials->authorized_scopes.has_value());
}

TEST(CredentialsTest, AnEmptyOrNullCertificateIsNone) {
  for (const std::string_view text : {R"({"clientId":"a","accessToken":"t","certificate":""})",
                                      R"({"clientId":"a","accessToken":"t","certificate":null})"}) {
    const auto credentials = Read(text);
    ASSERT_THAT(credentials, IsOk());
    EXPECT_FALSE(credentials->certificate.has_value());
  }
}

TEST(CredentialsTest, KeepsTheCertificatesTextAndMemberOrder) {
  const auto credentials = Read(R"({"clientId":"a","accessToken":"t",)"
                                R"("certificate":"{\"version\":1, \"seed\":\"s\",\"expiry\":2}"})");
  ASSERT_THAT(credentials, IsOk());
  EXPECT_EQ(credentials->certificate->text(), R"({"version":1, "seed":"s","expiry":2})");
  EXPECT_EQ(json::FormatCompact(credentials->certificate->value()),
            R"({"version":1,"seed":"s","expiry":2})");
}

TEST(CredentialsTest, TakesACertificateThatIsAnObject) {
  const auto credentials =
      Read(R"({"clientId":"a","accessToken":"t","certificate":{"version": 1}})");
  ASSERT_THAT(credentials, IsOk());
  EXPECT_EQ(credentials->certificate->text(), R"({"version":1})");
}

TEST(CredentialsTest, ReadsAuthorizedScopes) {
  const auto credentials =
      Read(R"({"clientId":"a","accessToken":"t","authorizedScopes":["x","y"]})");
  ASSERT_THAT(credentials, IsOk());
  EXPECT_THAT(credentials->authorized_scopes, Optional(ElementsAre("x", "y")));
}

struct BadCase {
  std::string_view name;
  std::string_view text;
  std::string_view path;
};

class BadCredentialsTest : public ::testing::TestWithParam<BadCase> {};

TEST_P(BadCredentialsTest, AreRefusedWithThePathAndWithoutTheSecret) {
  EXPECT_THAT(Read(GetParam().text),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       AllOf(HasSubstr(std::string(GetParam().path)), Not(HasSubstr("SECRET")))));
}

INSTANTIATE_TEST_SUITE_P(
    Cases, BadCredentialsTest,
    ::testing::Values(
        BadCase{"NoObject", R"(["SECRET"])", "answer: $"},
        BadCase{"NoClientId", R"({"accessToken":"SECRET"})", "clientId"},
        BadCase{"EmptyClientId", R"({"clientId":"","accessToken":"SECRET"})", "$.clientId"},
        BadCase{"QuoteInClientId", R"({"clientId":"a\" mac=\"","accessToken":"SECRET"})",
                "$.clientId"},
        BadCase{"LineBreakInClientId", R"({"clientId":"a\nb","accessToken":"SECRET"})",
                "$.clientId"},
        BadCase{"NoToken", R"({"clientId":"a"})", "accessToken"},
        BadCase{"EmptyToken", R"({"clientId":"a","accessToken":""})", "$.accessToken"},
        BadCase{"TokenOfAnotherType", R"({"clientId":"a","accessToken":["SECRET"]})",
                "$.accessToken"},
        BadCase{"CertificateNoJson", R"({"clientId":"a","accessToken":"t","certificate":"SECRET"})",
                "$.certificate"},
        BadCase{"CertificateNoObject", R"({"clientId":"a","accessToken":"t","certificate":"[1]"})",
                "$.certificate"},
        BadCase{"CertificateNumber", R"({"clientId":"a","accessToken":"t","certificate":1})",
                "$.certificate"},
        BadCase{"ScopesNoArray",
                R"({"clientId":"a","accessToken":"t","authorizedScopes":"SECRET"})",
                "$.authorizedScopes"}),
    [](const auto& info) { return std::string(info.param.name); });

TEST(FormatCredentialsTest, IsSortedIndentedJsonWithTheCertificateAsReceived) {
  const auto credentials =
      Read(R"({"clientId":"a","certificate":"{\"version\":1}","accessToken":"t"})");
  ASSERT_THAT(credentials, IsOk());
  EXPECT_EQ(FormatCredentials(*credentials).reveal(), R"({
  "accessToken": "t",
  "certificate": "{\"version\":1}",
  "clientId": "a"
})");
}

TEST(FormatCredentialsTest, LeavesOutAMissingCertificate) {
  EXPECT_EQ(FormatCredentials(*Read(R"({"clientId":"a","accessToken":"t"})")).reveal(),
            "{\n  \"accessToken\": \"t\",\n  \"clientId\": \"a\"\n}");
}

}  // namespace
}  // namespace scriptworker::taskcluster
