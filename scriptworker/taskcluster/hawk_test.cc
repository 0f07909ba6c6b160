// SPDX-License-Identifier: MPL-2.0
#include "scriptworker/taskcluster/hawk.h"

#include <string>
#include <string_view>
#include <vector>

#include "absl/random/random.h"
#include "absl/status/status.h"
#include "absl/status/status_matchers.h"
#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "scriptworker/base/secret_string.h"
#include "scriptworker/http/transport.h"
#include "scriptworker/http/url.h"
#include "scriptworker/json/json.h"
#include "scriptworker/taskcluster/credentials.h"

namespace scriptworker::taskcluster {
namespace {

using ::absl_testing::IsOk;
using ::absl_testing::StatusIs;

constexpr std::string_view kBody = R"({"workerGroup":"g","workerId":"w","tasks":1})";
constexpr std::string_view kEmptyHash = "B0weSUXsMcb5UhL41FZbrUJCAotzSI3HawE1NPLRUz8=";

Credentials Tester() {
  Credentials credentials;
  credentials.client_id = "tester";
  credentials.access_token = SecretString("no-secret");
  return credentials;
}

HawkStamp Stamp() { return {.ts = 1700000000, .nonce = "abcdef"}; }

http::Url ParseUrl(std::string_view text) { return http::Url::Parse(text).value(); }

// The vectors were made with the reference.
TEST(HawkHeaderTest, OfARequestWithABody) {
  EXPECT_EQ(HawkHeader(http::Method::kPost,
                       ParseUrl("https://tc.example.com/api/queue/v1/claim-work/prov%2Fwt"),
                       "application/json", kBody, Tester(), Stamp()),
            R"(Hawk mac="U7qee6yKMleMOdcbqcKCDy2aTx5XCO3VfqBvO9lLKCY=", )"
            R"(hash="cpb8tDxG8NmQnA80uMB++cudNSscxJfRCh9p8FZlPiA=", id="tester", )"
            R"(ts="1700000000", nonce="abcdef", ext="e30=")");
}

TEST(HawkHeaderTest, OfARequestWithoutBodyHashesNothingAsNoType) {
  EXPECT_EQ(
      HawkHeader(http::Method::kPost,
                 ParseUrl("https://tc.example.com/api/queue/v1/task/abc/runs/0/"
                          "reclaim"),
                 "", "", Tester(), Stamp()),
      absl::StrCat(R"(Hawk mac="dWyo+4+R/uQ8Ri0EPZvfPmmrc4HBt8LmBpRyDtMRelc=", hash=")", kEmptyHash,
                   R"(", id="tester", ts="1700000000", nonce="abcdef", ext="e30=")"));
}

TEST(HawkHeaderTest, OfTemporaryCredentialsHoldsTheCertificate) {
  Credentials credentials;
  credentials.client_id = "t/tmp";
  credentials.access_token = SecretString("tok");
  credentials.certificate =
      Certificate::Parse(R"({"version":1,"scopes":["a:b","c?d>e~"],"start":1,"expiry":2,)"
                         R"("seed":"s","signature":"g"})")
          .value();
  EXPECT_EQ(HawkHeader(http::Method::kGet, ParseUrl("https://tc.example.com/api/queue/v1/task/abc"),
                       "", "", credentials, Stamp()),
            absl::StrCat(R"(Hawk mac="XOFx/ehwpFGOmkoj3VKDYTVMok5IjUoLEKVFpMcLbxM=", hash=")",
                         kEmptyHash, R"(", id="t/tmp", ts="1700000000", nonce="abcdef", )",
                         R"(ext="eyJjZXJ0aWZpY2F0ZSI6eyJ2ZXJzaW9uIjoxLCJzY29wZXMiOlsiYTpiIiwi)"
                         R"(Yz9kPmV-Il0sInN0YXJ0IjoxLCJleHBpcnkiOjIsInNlZWQiOiJzIiwic2lnbmF0)"
                         R"(dXJlIjoiZyJ9fQ==")"));
}

TEST(HawkExtTest, CarriesAuthorizedScopes) {
  Credentials credentials = Tester();
  credentials.authorized_scopes = {"a", "b"};
  const auto ext = ParseHawkExt(HawkExt(credentials));
  ASSERT_THAT(ext, IsOk());
  EXPECT_EQ(json::FormatCompact(*ext), R"({"authorizedScopes":["a","b"]})");
}

TEST(HawkExtTest, IsAJsonObjectInEitherBase64) {
  EXPECT_THAT(ParseHawkExt(""), IsOk());
  EXPECT_THAT(ParseHawkExt("e30="), IsOk());
  EXPECT_THAT(ParseHawkExt("e30"), IsOk());
  for (const std::string_view bad : {"W10=", "e30", "%%%", "bm90IGpzb24="}) {
    if (bad == "e30") continue;
    EXPECT_THAT(ParseHawkExt(bad), StatusIs(absl::StatusCode::kInvalidArgument)) << bad;
  }
}

TEST(HawkPayloadHashTest, DropsTheTypesParametersAndCase) {
  const std::string plain = HawkPayloadHash("application/json", kBody);
  EXPECT_EQ(HawkPayloadHash("Application/JSON; charset=utf-8", kBody), plain);
  EXPECT_NE(HawkPayloadHash("text/plain", kBody), plain);
  EXPECT_EQ(HawkPayloadHash("application/json", ""), kEmptyHash);
}

TEST(HawkNonceTest, IsSixUrlSafeCharacters) {
  absl::BitGen bitgen;
  for (int i = 0; i < 100; ++i) {
    const std::string nonce = RandomHawkNonce(bitgen);
    EXPECT_EQ(nonce.size(), 6u);
    EXPECT_EQ(nonce.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                      "abcdefghijklmnopqrstuvwxyz0123456789-_"),
              std::string::npos);
  }
}

TEST(ParseHawkHeaderTest, ReadsWhatHawkHeaderWrites) {
  const http::Url url = ParseUrl("http://127.0.0.1:8180/a?b=c");
  const std::string header =
      HawkHeader(http::Method::kPost, url, "application/json", kBody, Tester(), Stamp());
  const auto fields = ParseHawkHeader(header);
  ASSERT_THAT(fields, IsOk());
  EXPECT_EQ(fields->id, "tester");
  EXPECT_EQ(fields->ts, 1700000000);
  EXPECT_EQ(fields->nonce, "abcdef");
  EXPECT_EQ(fields->ext, "e30=");
  const HawkRequest request = MakeHawkRequest(http::Method::kPost, url);
  const SecretString token("no-secret");
  EXPECT_THAT(VerifyHawkHeader(*fields, request, "application/json", kBody, token), IsOk());
  EXPECT_THAT(VerifyHawkHeader(*fields, request, "application/json", "{}", token),
              StatusIs(absl::StatusCode::kUnauthenticated));
  EXPECT_THAT(VerifyHawkHeader(*fields, request, "application/json", kBody, SecretString("other")),
              StatusIs(absl::StatusCode::kUnauthenticated));
}

TEST(VerifyHawkHeaderTest, CoversEachPartOfTheRequest) {
  const http::Url url = ParseUrl("http://127.0.0.1:8180/a?b=c");
  const auto fields =
      ParseHawkHeader(HawkHeader(http::Method::kGet, url, "", "", Tester(), Stamp()));
  ASSERT_THAT(fields, IsOk());
  const HawkRequest good = MakeHawkRequest(http::Method::kGet, url);
  const SecretString token("no-secret");
  ASSERT_THAT(VerifyHawkHeader(*fields, good, "", "", token), IsOk());
  std::vector<HawkRequest> others(4, good);
  others[0].method = "POST";
  others[1].target = "/a?b=d";
  others[2].host = "localhost";
  others[3].port = 80;
  for (const HawkRequest& other : others) {
    EXPECT_THAT(VerifyHawkHeader(*fields, other, "", "", token),
                StatusIs(absl::StatusCode::kUnauthenticated));
  }
  HawkFields changed = *fields;
  changed.ts += 1;
  EXPECT_THAT(VerifyHawkHeader(changed, good, "", "", token),
              StatusIs(absl::StatusCode::kUnauthenticated));
}

TEST(ParseHawkHeaderTest, HashAndExtMayBeMissingAndOrderIsFree) {
  const auto fields = ParseHawkHeader(R"(hawk id="a", nonce="n",ts="1",  mac="m")");
  ASSERT_THAT(fields, IsOk());
  EXPECT_EQ(fields->hash, "");
  EXPECT_EQ(fields->ext, "");
}

TEST(ParseHawkHeaderTest, RefusesWhatHawkDoes) {
  for (const std::string& value : std::vector<std::string>{
           "",
           "Hawk",
           "Hawk ",
           "Bearer abc",
           R"(Hawk id="a")",
           R"(Hawk id="a", ts="1", nonce="n")",
           R"(Hawk id="a", ts="x", nonce="n", mac="m")",
           R"(Hawk id="a", ts="-1", nonce="n", mac="m")",
           R"(Hawk id="a", ts="99999999999999999999", nonce="n", mac="m")",
           R"(Hawk id="", ts="1", nonce="n", mac="m")",
           R"(Hawk id="a", id="b", ts="1", nonce="n", mac="m")",
           R"(Hawk id="a", ts="1", nonce="n", mac="m", evil="e")",
           R"(Hawk id="a" ts="1" nonce="n" mac="m")",
           R"(Hawk id="a", ts="1", nonce="n", mac="m)",
           R"(Hawk id="a\", ts="1", nonce="n", mac="m")",
           "Hawk id=\"a\n\", ts=\"1\", nonce=\"n\", mac=\"m\"",
           absl::StrCat(R"(Hawk id="a", ts="1", nonce="n", mac="m", ext=")", std::string(9000, 'a'),
                        "\""),
       }) {
    EXPECT_THAT(ParseHawkHeader(value), StatusIs(absl::StatusCode::kInvalidArgument))
        << value.substr(0, 100);
  }
}

}  // namespace
}  // namespace scriptworker::taskcluster
