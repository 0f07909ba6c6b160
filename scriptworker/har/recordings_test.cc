// SPDX-License-Identifier: MPL-2.0
//
// The recordings in testdata/recordings: all can be read, replayed from the first to the last
// exchange, and redacted without a secret left.

#include <algorithm>
#include <filesystem>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/status_matchers.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "scriptworker/base/testing/test_file.h"
#include "scriptworker/har/har.h"
#include "scriptworker/har/redaction.h"
#include "scriptworker/har/replay_transport.h"
#include "scriptworker/http/transport.h"
#include "scriptworker/json/json.h"
#include "scriptworker/json/value.h"

namespace scriptworker::har {
namespace {

using ::absl_testing::IsOk;

std::vector<std::string> Scenarios() {
  std::vector<std::string> scenarios;
  for (const auto& entry :
       std::filesystem::directory_iterator(TestFilePath("testdata/recordings"))) {
    if (exists(entry.path() / "exchange.har")) scenarios.push_back(entry.path().filename());
  }
  std::sort(scenarios.begin(), scenarios.end());
  return scenarios;
}

Document Load(std::string_view scenario) {
  absl::StatusOr<Document> document =
      ReadHarFile(TestFilePath(absl::StrCat("testdata/recordings/", scenario, "/exchange.har")));
  EXPECT_THAT(document, IsOk());
  return document.value_or(Document());
}

TEST(RecordingsTest, AllAreThere) {
  size_t exchanges = 0;
  for (const std::string& scenario : Scenarios()) exchanges += Load(scenario).exchanges.size();
  EXPECT_EQ(Scenarios().size(), 30);
  EXPECT_EQ(exchanges, 486);
}

class RecordingTest : public testing::TestWithParam<std::string> {};

// The request that a client would have made to be recorded so.
http::Request RequestOf(const RecordedRequest& recorded) {
  http::Request request;
  request.method = http::ParseMethod(recorded.method).value();
  request.url =
      http::Url::Parse(absl::StrCat("http://", recorded.authority(), recorded.target)).value();
  for (const auto& [name, value] : recorded.headers) {
    if (name != "Host") request.headers.Add(name, value);
  }
  request.body = recorded.body;
  return request;
}

TEST_P(RecordingTest, IsReplayedFromTheFirstToTheLast) {
  const Document document = Load(GetParam());
  ReplayTransport replay(document);
  for (const Exchange& exchange : document.exchanges) {
    if (!http::ParseMethod(exchange.request.method).has_value()) continue;
    absl::StatusOr<http::Response> response = replay.Send(RequestOf(exchange.request));
    // A part (206) of a coded body cannot be decoded; ours never asks for one.
    if (exchange.response.status == 0 || exchange.response.status == 206 ||
        !exchange.response.incomplete.empty()) {
      EXPECT_FALSE(response.ok());
      continue;
    }
    ASSERT_THAT(response.status(), IsOk());
    EXPECT_EQ(response->status, exchange.response.status);
    const std::optional<std::string_view> type = response->headers.Find("Content-Type");
    if (type.has_value() && absl::StartsWith(*type, "application/json") &&
        !response->body.empty()) {
      EXPECT_THAT(json::Parse(response->body), IsOk());
    }
  }
  EXPECT_THAT(replay.Finish(), IsOk());
}

TEST_P(RecordingTest, IsWrittenAndReadAgain) {
  const std::string text = FormatHar(Load(GetParam()));
  absl::StatusOr<Document> again = ParseHar(text, "again");
  ASSERT_THAT(again, IsOk());
  EXPECT_EQ(FormatHar(*again), text);
}

TEST_P(RecordingTest, HasNoSecretOnceRedacted) {
  Document document = Load(GetParam());
  for (Exchange& exchange : document.exchanges) exchange = Redact(exchange);
  const std::string text = FormatHar(document);
  const json::Value credentials =
      json::Parse(
          ReadTestFile(absl::StrCat("testdata/recordings/", GetParam(), "/credentials.json")))
          .value();
  for (const json::Value& entry : credentials.Find("credentials")->array()) {
    EXPECT_FALSE(absl::StrContains(text, entry.Find("accessToken")->string_value()));
  }
  for (std::string_view parameter :
       {"bewit=", "X-Amz-Signature=", "X-Amz-Credential=", "mac=\\\\\\\"", "mac=\\\""}) {
    for (size_t at = 0; (at = text.find(parameter, at)) != std::string::npos; ++at) {
      EXPECT_EQ(text.substr(at + parameter.size(), kRedacted.size()), kRedacted)
          << text.substr(at, 60);
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Scenarios, RecordingTest, testing::ValuesIn(Scenarios()),
                         [](const auto& info) {
                           std::string name = info.param;
                           for (char& c : name) {
                             if (c == '-') c = '_';
                           }
                           return name;
                         });

}  // namespace
}  // namespace scriptworker::har
