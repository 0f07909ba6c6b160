// SPDX-License-Identifier: MPL-2.0

#include "scriptworker/har/har.h"

#include <unistd.h>

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/status_matchers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "scriptworker/base/file.h"
#include "scriptworker/base/testing/temp_dir.h"
#include "scriptworker/http/testing/compress.h"

namespace scriptworker::har {
namespace {

using ::absl_testing::IsOk;
using ::absl_testing::IsOkAndHolds;
using ::absl_testing::StatusIs;
using ::testing::Eq;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::Optional;
using ::testing::TestWithParam;
using ::testing::ValuesIn;

// A document with one exchange, as a browser would write it.
constexpr std::string_view kBrowserHar = R"({
  "log": {
    "version": "1.2",
    "creator": {"name": "WebInspector", "version": "537.36"},
    "pages": [],
    "entries": [{
      "startedDateTime": "2026-11-22T15:03:17.944Z",
      "time": 57.5,
      "request": {
        "method": "POST", "url": "https://a.example/x?y#z", "httpVersion": "http/2.0",
        "headers": [{"name": "accept", "value": "*/*"}], "queryString": [], "cookies": [],
        "headersSize": -1, "bodySize": 4,
        "postData": {"mimeType": "text/plain", "text": "sent"}
      },
      "response": {
        "status": 200, "statusText": "OK", "httpVersion": "http/2.0",
        "headers": [{"name": "content-encoding", "value": "gzip"}], "cookies": [],
        "content": {"size": 8, "mimeType": "text/plain", "text": "received"},
        "redirectURL": "", "headersSize": -1, "bodySize": -1, "_transferSize": 100
      },
      "cache": {}, "timings": {"send": 0, "wait": 57, "receive": 0.5}
    }]
  }
})";

TEST(ParseHarTest, ReadsWhatABrowserWrites) {
  absl::StatusOr<Document> document = ParseHar(kBrowserHar, "x.har");
  ASSERT_THAT(document, IsOk());
  EXPECT_EQ(document->creator, "WebInspector");
  ASSERT_EQ(document->exchanges.size(), 1);
  const Exchange& exchange = document->exchanges[0];
  EXPECT_EQ(absl::ToUnixMillis(exchange.started), 1795359797944);
  EXPECT_EQ(exchange.duration, absl::Microseconds(57500));
  EXPECT_EQ(exchange.request.method, "POST");
  EXPECT_EQ(exchange.request.target, "/x?y");
  EXPECT_EQ(exchange.request.authority(), "a.example");
  EXPECT_EQ(exchange.request.body, "sent");
  EXPECT_THAT(exchange.request.headers.Find("Accept"), Optional(Eq("*/*")));
  EXPECT_EQ(exchange.response.status, 200);
  EXPECT_THAT(exchange.response.DecodedBody(), IsOkAndHolds("received"));
}

struct BrokenCase {
  std::string_view name;
  std::string_view replaced;
  std::string_view by;
  std::string_view message;
};

class BrokenHarTest : public TestWithParam<BrokenCase> {};

TEST_P(BrokenHarTest, IsRefusedWithThePlace) {
  const std::string text = absl::StrReplaceAll(kBrowserHar, {{GetParam().replaced, GetParam().by}});
  ASSERT_NE(text, kBrowserHar);
  EXPECT_THAT(ParseHar(text, "x.har").status(),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       testing::AllOf(HasSubstr("x.har"), HasSubstr(GetParam().message))));
}

INSTANTIATE_TEST_SUITE_P(
    Defects, BrokenHarTest,
    ValuesIn<BrokenCase>({
        {"NoLog", "\"log\"", "\"lag\"", "log"},
        {"OtherVersion", "\"1.2\"", "\"2.0\"", "version"},
        {"NoEntries", "\"entries\": [", "\"entrie\": [", "entries"},
        {"OddTime", "2026-11-22T15:03:17.944Z", "yesterday",
         "$.log.entries[0].startedDateTime: expected an RFC 3339 time"},
        {"StatusIsText", "\"status\": 200", "\"status\": \"200\"",
         "$.log.entries[0].response.status"},
        {"StatusTooLarge", "\"status\": 200", "\"status\": 2000", "0 to 999"},
        {"HeaderWithoutValue", "\"value\": \"*/*\"", "\"valu\": \"\"",
         "$.log.entries[0].request.headers[0]"},
        {"NoBase64", "\"text\": \"received\"", "\"text\": \"?\", \"encoding\": \"base64\"",
         "content.text: expected base64"},
        {"UnknownEncoding", "\"text\": \"received\"", "\"text\": \"x\", \"encoding\": \"hex\"",
         "expected \"base64\" as encoding"},
        {"BodyFileWithoutFolder", "\"text\": \"received\"", "\"_file\": \"b\"", "_file"},
        {"NoMethod", "\"method\"", "\"methad\"", "method"},
        {"CutShort", "\"cache\"", "\x01", "x.har"},
    }),
    [](const auto& info) { return std::string(info.param.name); });

Document SomeDocument() {
  Document document;
  document.creator_version = "1.2.3";
  document.comment = "a \"comment\"";
  Exchange exchange;
  exchange.started = absl::FromUnixMillis(1795359797944);
  exchange.duration = absl::Milliseconds(57);
  exchange.comment = "first";
  exchange.request = {.method = "PUT",
                      .url = "https://a.example/x%2Fy?a=b%20c",
                      .target = "/x%2Fy?a=b%20c",
                      .headers = {{"Host", "a.example:444"}, {"X", "1"}, {"X", "2"}},
                      .body = std::string("bytes\0\xff", 7)};
  exchange.response.status = 200;
  exchange.response.status_text = "OK";
  exchange.response.headers = {{"Content-Encoding", "gzip"}};
  exchange.response.body = http::Compress("text");
  document.exchanges.push_back(exchange);
  exchange.response = {};
  exchange.response.error = "connection reset";
  exchange.request.body = "t\xc3\xa9xt";
  document.exchanges.push_back(exchange);
  exchange.response = {};
  exchange.response.status = 200;
  exchange.response.headers = {{"Content-Encoding", "br"}};
  exchange.response.body = "decoded";
  exchange.response.body_is_decoded = true;
  exchange.response.incomplete = "closed";
  document.exchanges.push_back(exchange);
  return document;
}

void ExpectEqual(const Document& a, const Document& b) {
  EXPECT_EQ(a.creator, b.creator);
  EXPECT_EQ(a.creator_version, b.creator_version);
  EXPECT_EQ(a.comment, b.comment);
  ASSERT_EQ(a.exchanges.size(), b.exchanges.size());
  for (size_t i = 0; i < a.exchanges.size(); ++i) {
    const Exchange& x = a.exchanges[i];
    const Exchange& y = b.exchanges[i];
    EXPECT_EQ(x.started, y.started);
    EXPECT_EQ(x.duration, y.duration);
    EXPECT_EQ(x.comment, y.comment);
    EXPECT_EQ(x.request.method, y.request.method);
    EXPECT_EQ(x.request.url, y.request.url);
    EXPECT_EQ(x.request.target, y.request.target);
    EXPECT_EQ(x.request.headers, y.request.headers);
    EXPECT_EQ(x.request.body, y.request.body);
    EXPECT_EQ(x.response.status, y.response.status);
    EXPECT_EQ(x.response.status_text, y.response.status_text);
    EXPECT_EQ(x.response.headers, y.response.headers);
    EXPECT_EQ(x.response.body, y.response.body);
    EXPECT_EQ(x.response.body_is_decoded, y.response.body_is_decoded);
    EXPECT_EQ(x.response.error, y.response.error);
    EXPECT_EQ(x.response.incomplete, y.response.incomplete);
  }
}

TEST(FormatHarTest, IsReadBackEqual) {
  const std::string text = FormatHar(SomeDocument());
  EXPECT_THAT(text, testing::EndsWith("}\n"));
  absl::StatusOr<Document> document = ParseHar(text, "x.har");
  ASSERT_THAT(document, IsOk());
  ExpectEqual(*document, SomeDocument());
  EXPECT_THAT(document->exchanges[0].response.DecodedBody(), IsOkAndHolds("text"));
}

TEST(FormatHarTest, HasTheMembersThatHarRequires) {
  const std::string text = FormatHar(SomeDocument());
  for (std::string_view member :
       {"version", "creator", "startedDateTime", "time", "request", "response", "cache", "timings",
        "httpVersion", "cookies", "queryString", "headersSize", "bodySize", "redirectURL",
        "statusText", "mimeType", "send", "wait", "receive"}) {
    EXPECT_THAT(text, HasSubstr(absl::StrCat("\"", member, "\":"))) << member;
  }
  EXPECT_THAT(text, HasSubstr("\"value\": \"b c\""));  // the decoded query
}

TEST(HarFileTest, LargeBodiesLieBesideIt) {
  const TempDir dir;
  const std::string path = dir.Path("exchange.har");
  Document document = SomeDocument();
  document.exchanges[0].response.body = std::string(2000, 'x');
  document.exchanges[0].response.headers = {};
  document.exchanges[1].request.body = std::string(3000, '\xff');
  ASSERT_THAT(WriteHarFile(path, document, 1000), IsOk());
  EXPECT_THAT(ReadFile(path + ".0.body"), IsOkAndHolds(std::string(2000, 'x')));
  EXPECT_THAT(ReadFile(path + ".1.body"), IsOkAndHolds(std::string(3000, '\xff')));
  EXPECT_THAT(ReadFile(path), IsOkAndHolds(Not(HasSubstr("xxxx"))));
  absl::StatusOr<Document> read = ReadHarFile(path);
  ASSERT_THAT(read, IsOk());
  ExpectEqual(*read, document);
}

TEST(HarFileTest, AnOlderOneIsReplacedAndNotWrittenOver) {
  const TempDir dir;
  const std::string path = dir.Path("exchange.har");
  Document document = SomeDocument();
  document.exchanges[0].response.body = std::string(2000, 'x');
  document.exchanges[0].response.headers = {};
  ASSERT_THAT(WriteHarFile(path, document, 1000), IsOk());
  const auto older = ReadFile(path);
  const std::string same_file = dir.Path("same");
  const std::string same_body = dir.Path("same body");
  ASSERT_EQ(::link(path.c_str(), same_file.c_str()), 0);
  ASSERT_EQ(::link((path + ".0.body").c_str(), same_body.c_str()), 0);
  document.exchanges[0].response.body = std::string(3000, 'y');
  ASSERT_THAT(WriteHarFile(path, document, 1000), IsOk());
  EXPECT_EQ(ReadFile(same_file), older);
  EXPECT_THAT(ReadFile(same_body), IsOkAndHolds(std::string(2000, 'x')));
  absl::StatusOr<Document> read = ReadHarFile(path);
  ASSERT_THAT(read, IsOk());
  ExpectEqual(*read, document);
}

TEST(HarFileTest, AFileElsewhereIsNotRead) {
  const TempDir dir;
  dir.Write("secret", "secret");
  dir.Write("sub/x", "");
  for (std::string_view name : {"../secret", "/etc/passwd", "..", ".", "sub/x"}) {
    const std::string path = dir.Write(
        "sub/exchange.har",
        absl::StrReplaceAll(
            kBrowserHar, {{"\"text\": \"received\"", absl::StrCat("\"_file\": \"", name, "\"")}}));
    EXPECT_THAT(ReadHarFile(path).status(), StatusIs(absl::StatusCode::kInvalidArgument)) << name;
  }
}

TEST(HarFileTest, TextBesideABodyFileIsText) {
  const TempDir dir;
  dir.Write("body", "bytes");
  const std::string path =
      dir.Write("exchange.har",
                absl::StrReplaceAll(
                    kBrowserHar, {{"\"text\": \"received\"", "\"_file\": \"body\", \"text\": 5"}}));
  EXPECT_THAT(ReadHarFile(path).status(),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       HasSubstr("response.content.text: expected a string")));
}

TEST(HarFileTest, AbsentFilesAreNamed) {
  const TempDir dir;
  EXPECT_THAT(ReadHarFile(dir.Path("absent.har")).status(),
              StatusIs(absl::StatusCode::kNotFound, HasSubstr("absent.har")));
}

TEST(DecodedBodyTest, UndoesTheCodingUnlessItIsUndone) {
  RecordedResponse response;
  response.headers = {{"content-encoding", "gzip"}};
  response.body = http::Compress("text");
  EXPECT_THAT(response.DecodedBody(), IsOkAndHolds("text"));
  response.body_is_decoded = true;
  EXPECT_THAT(response.DecodedBody(), IsOkAndHolds(response.body));
  response.body_is_decoded = false;
  response.body = "never coded";
  EXPECT_THAT(response.DecodedBody(), IsOkAndHolds("never coded"));
  response.body = http::Compress("text").substr(0, 15);
  EXPECT_THAT(response.DecodedBody(), StatusIs(absl::StatusCode::kDataLoss));
  response.headers = {{"content-encoding", "br"}};
  EXPECT_THAT(response.DecodedBody(), StatusIs(absl::StatusCode::kDataLoss));
  response.decoded_body = "given";
  EXPECT_THAT(response.DecodedBody(), IsOkAndHolds("given"));
}

}  // namespace
}  // namespace scriptworker::har
