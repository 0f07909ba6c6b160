// SPDX-License-Identifier: MPL-2.0

#include "scriptworker/har/redaction.h"

#include <string>
#include <string_view>
#include <utility>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "scriptworker/har/har.h"
#include "scriptworker/http/headers.h"
#include "scriptworker/http/testing/compress.h"

namespace scriptworker::har {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::TestWithParam;
using ::testing::ValuesIn;

struct TextCase {
  std::string_view name;
  std::string_view text;
  std::string_view expected;
};

class RedactTextTest : public TestWithParam<TextCase> {};

TEST_P(RedactTextTest, TakesOutSecretsOnly) {
  EXPECT_EQ(RedactText(GetParam().text), GetParam().expected);
}

TEST_P(RedactTextTest, IsIdempotent) {
  EXPECT_EQ(RedactText(GetParam().expected), GetParam().expected);
}

INSTANTIATE_TEST_SUITE_P(
    Texts, RedactTextTest,
    ValuesIn<TextCase>({
        {"Nothing", R"({"a": "b", "tokens": 1, "continuationToken": "x%3D"})",
         R"({"a": "b", "tokens": 1, "continuationToken": "x%3D"})"},
        {"Bewit", "/api/x?bewit=aGVsbG8%3D&y=1", "/api/x?bewit=REDACTED&y=1"},
        {"Presigned",
         "https://b/"
         "k?X-Amz-Algorithm=A&X-Amz-Credential=AK%2F1&X-Amz-Date=D&X-Amz-Signature=e9&x=1",
         "https://b/k?X-Amz-Algorithm=A&X-Amz-Credential=REDACTED&X-Amz-Date=D&"
         "X-Amz-Signature=REDACTED&x=1"},
        {"OlderSignatures", "https://b/k?AWSAccessKeyId=A&Signature=b&Expires=1&sig=c",
         "https://b/k?AWSAccessKeyId=REDACTED&Signature=REDACTED&Expires=1&sig=REDACTED"},
        {"DownloadUrlOfAPrivateFile",
         R"({"download_url":"https://raw.example/a/b/main/f?token=AB12"})",
         R"({"download_url":"https://raw.example/a/b/main/f?token=REDACTED"})"},
        {"UrlInJson", R"({"putUrl":"https://b/k?X-Amz-Signature=e9","x":1})",
         R"({"putUrl":"https://b/k?X-Amz-Signature=REDACTED","x":1})"},
        {"UrlInJsonWithEscapes", R"({"url":"https://b/k?sig=e9\u0026x=1"})",
         R"({"url":"https://b/k?sig=REDACTED\u0026x=1"})"},
        {"AccessToken", "{\n  \"accessToken\": \"abc\\\"def\",\n  \"x\": 1}",
         "{\n  \"accessToken\": \"REDACTED\",\n  \"x\": 1}"},
        {"AccessTokenWithinAString", R"({"body": "{\"accessToken\":\"abc\",\"x\":1}"})",
         R"({"body": "{\"accessToken\":\"REDACTED\",\"x\":1}"})"},
        {"Certificate",
         R"({"certificate": "{\"version\":1,\"seed\":\"abc\",\"signature\":\"d+e=\",\"issuer\":\"i\"}"})",
         R"({"certificate": "{\"version\":1,\"seed\":\"REDACTED\",\"signature\":\"REDACTED\",)"
         R"(\"issuer\":\"i\"}"})"},
        {"CertificateObject", R"({"certificate":{"seed":"abc","scopes":["a"],"signature":"d"}})",
         R"({"certificate":{"seed":"REDACTED","scopes":["a"],"signature":"REDACTED"}})"},
        {"TwoCertificates", R"([{"certificate":"\"seed\":\"a\""},{"certificate":{"seed":"b"}}, 1])",
         R"([{"certificate":"\"seed\":\"REDACTED\""},{"certificate":{"seed":"REDACTED"}}, 1])"},
        {"SignatureElsewhere", R"({"verification":{"signature":"public"}})",
         R"({"verification":{"signature":"public"}})"},
        {"HawkHeaderInABody", R"({"authorization":"Hawk id=\"me\", mac=\"k4X/Y=\""})",
         R"({"authorization":"Hawk id=\"me\", mac=\"REDACTED\""})"},
        {"CutShort", R"({"accessToken":"ab)", R"({"accessToken":"REDACTED)"},
        {"CertificateCutShort", R"({"certificate":{"seed":"ab)",
         R"({"certificate":{"seed":"REDACTED)"},
        {"NoUtf8", "\xff\xfe?bewit=a\xff", "\xff\xfe?bewit=REDACTED"},
    }),
    [](const auto& info) { return std::string(info.param.name); });

TEST(RedactHeadersTest, KeepsWhatTellsRequestsApart) {
  const http::Headers redacted = RedactHeaders(
      {{"authorization",
        "Hawk mac=\"m=\", hash=\"h=\", id=\"static/worker\", ts=\"1\", nonce=\"n\", ext=\"e\""},
       {"Proxy-Authorization", "Basic dXNlcjpwYXNz"},
       {"Authorization", "token ghp_abc"},
       {"Authorization", "opaque"},
       {"cookie", "session=1"},
       {"Set-Cookie", "session=1"},
       {"Location", "https://b/k?X-Amz-Signature=e9"},
       {"Content-Type", "text/plain"}});
  EXPECT_EQ(redacted, http::Headers({{"authorization", "Hawk id=\"static/worker\", REDACTED"},
                                     {"Proxy-Authorization", "Basic REDACTED"},
                                     {"Authorization", "token REDACTED"},
                                     {"Authorization", "REDACTED"},
                                     {"cookie", "REDACTED"},
                                     {"Set-Cookie", "REDACTED"},
                                     {"Location", "https://b/k?X-Amz-Signature=REDACTED"},
                                     {"Content-Type", "text/plain"}}));
  EXPECT_EQ(RedactHeaders(redacted), redacted);
}

TEST(RedactTest, CodedBodiesAreDecodedToBeRedacted) {
  Exchange exchange;
  exchange.request.headers = {{"Content-Encoding", "gzip"}};
  exchange.request.body = http::Compress(R"({"accessToken":"abc"})");
  exchange.response.status = 200;
  exchange.response.headers = {{"Content-Encoding", "gzip"}};
  exchange.response.body = http::Compress(R"({"accessToken":"def"})");
  const Exchange once = Redact(exchange);
  EXPECT_EQ(once.request.body, R"({"accessToken":"REDACTED"})");
  EXPECT_EQ(once.response.body, R"({"accessToken":"REDACTED"})");
  EXPECT_TRUE(once.response.body_is_decoded);
  const Exchange twice = Redact(once);
  EXPECT_EQ(twice.request.body, once.request.body);
  EXPECT_EQ(twice.response.body, once.response.body);
}

TEST(RedactTest, AnUndecodableRequestBodyIsBlankedOut) {
  const std::string bomb =
      http::Compress(absl::StrCat(R"({"accessToken":"abc"})", std::string(16 << 20, ' ')));
  for (const auto& [coding, body] : {std::pair<std::string, std::string>("gzip", bomb),
                                     std::pair<std::string, std::string>("br", "\x8b secret")}) {
    RecordedRequest request;
    request.headers = {{"Content-Encoding", coding}};
    request.body = body;
    const RecordedRequest once = Redact(request);
    EXPECT_EQ(once.body, kRedacted);
    EXPECT_EQ(Redact(once).body, kRedacted);
  }
}

TEST(RedactTest, AnUndecodableResponseBodyGoes) {
  Exchange exchange;
  exchange.response.headers = {{"Content-Encoding", "br"}};
  exchange.response.body = "\x8b secret";
  EXPECT_EQ(Redact(exchange).response.body, "");
}

TEST(RedactTest, NoPlaceIsForgotten) {
  Exchange exchange;
  exchange.comment = "?bewit=hidden";
  exchange.request.url = "https://a/?bewit=hidden";
  exchange.request.target = "/?bewit=hidden";
  exchange.request.headers = {{"Referer", "https://a/?bewit=hidden"}};
  exchange.request.body = "?bewit=hidden";
  exchange.response.headers = {{"Location", "https://a/?bewit=hidden"}};
  exchange.response.body = "?bewit=hidden";
  exchange.response.decoded_body = "?bewit=hidden";
  exchange.response.error = "GET https://a/?bewit=hidden: reset";
  exchange.response.incomplete = "?bewit=hidden";
  Document document;
  document.exchanges.push_back(Redact(exchange));
  EXPECT_THAT(FormatHar(document), Not(HasSubstr("hidden")));
}

}  // namespace
}  // namespace scriptworker::har
