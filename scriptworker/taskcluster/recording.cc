// SPDX-License-Identifier: MPL-2.0
#include "scriptworker/taskcluster/recording.h"

#include <algorithm>
#include <cstddef>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/log/check.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "scriptworker/base/testing/test_file.h"
#include "scriptworker/crypto/base64.h"
#include "scriptworker/http/headers.h"
#include "scriptworker/http/transport.h"
#include "scriptworker/http/url.h"
#include "scriptworker/json/json.h"
#include "scriptworker/json/json_reader.h"
#include "scriptworker/json/value.h"
#include "scriptworker/taskcluster/credentials.h"
#include "scriptworker/taskcluster/hawk.h"

namespace scriptworker::taskcluster {
namespace {

constexpr std::string_view kFolder = "testdata/recordings";

std::string Text(const json::Value& object, std::string_view key) {
  const json::Value* member = object.Find(key);
  return member != nullptr && member->is_string() ? std::string(member->string_value())
                                                  : std::string();
}

bool Truth(const json::Value& object, std::string_view key) {
  const json::Value* member = object.Find(key);
  return member != nullptr && member->is_bool() && member->bool_value();
}

http::Headers ReadHeaders(const json::Value& message) {
  http::Headers headers;
  for (const json::Value& header : message.Find("headers")->array()) {
    headers.Add(Text(header, "name"), Text(header, "value"));
  }
  return headers;
}

std::string ReadRequestBody(const json::Value& post_data) {
  std::string text = Text(post_data, "text");
  if (Text(post_data, "_encoding") != "base64") return text;
  return crypto::Base64Decode(text).value();
}

std::string ReadResponseBody(const json::Value& content) {
  if (content.Find("_decodedText") != nullptr) {
    return Text(content, "_decodedText");
  }
  std::string text = Text(content, "text");
  if (Text(content, "encoding") != "base64") return text;
  return crypto::Base64Decode(text).value();
}

RecordedExchange ReadExchange(const json::Value& entry) {
  const json::Value& request = *entry.Find("request");
  const json::Value& response = *entry.Find("response");
  RecordedExchange exchange;
  exchange.method = Text(request, "method");
  exchange.target = Text(request, "_target");
  const std::string url = Text(request, "url");
  const size_t path = url.find('/', url.find("://") + 3);
  exchange.url = http::Url::Parse(url.substr(0, path)).value();
  exchange.request_headers = ReadHeaders(request);
  if (const json::Value* post = request.Find("postData"); post != nullptr) {
    exchange.request_type = Text(*post, "mimeType");
    exchange.request_body = ReadRequestBody(*post);
  }
  exchange.status = static_cast<int>(response.Find("status")->int_value());
  exchange.response_headers = ReadHeaders(response);
  exchange.response_body = ReadResponseBody(*response.Find("content"));
  exchange.comment = Text(entry, "comment");
  exchange.mac_is_wrong = Truth(entry, "_macMismatchOnPurpose");
  exchange.incomplete = response.Find("_incomplete") != nullptr ||
                        response.Find("content")->Find("_incomplete") != nullptr;
  return exchange;
}

json::Value ReadJson(std::string_view scenario, std::string_view file) {
  const std::string path = absl::StrCat(kFolder, "/", scenario, "/", file);
  return json::Parse(ReadTestFile(path), {.source = path}).value();
}

}  // namespace

Recording LoadRecording(std::string_view scenario) {
  Recording recording;
  recording.scenario = std::string(scenario);
  const json::Value har = ReadJson(scenario, "exchange.har");
  for (const json::Value& entry : har.Find("log")->Find("entries")->array()) {
    recording.exchanges.push_back(ReadExchange(entry));
  }
  const json::Value credentials = ReadJson(scenario, "credentials.json");
  for (const json::Value& one : credentials.Find("credentials")->array()) {
    recording.credentials.push_back(
        {Credentials::FromJson(json::Reader(one, scenario)).value(), Text(one, "origin")});
  }
  return recording;
}

std::vector<std::string> ListRecordings() {
  std::vector<std::string> scenarios;
  for (const auto& entry :
       std::filesystem::directory_iterator(TestFilePath(std::string(kFolder)))) {
    if (std::filesystem::exists(entry.path() / "exchange.har")) {
      scenarios.push_back(entry.path().filename().string());
    }
  }
  std::sort(scenarios.begin(), scenarios.end());
  CHECK(!scenarios.empty());
  return scenarios;
}

std::vector<Credentials> Recording::FindCredentials(std::string_view client_id,
                                                    std::string_view ext) const {
  std::optional<json::Value> certificate;
  if (const absl::StatusOr<json::Value> parsed = ParseHawkExt(ext);
      parsed.ok() && parsed->Find("certificate") != nullptr) {
    certificate = *parsed->Find("certificate");
  }
  std::vector<Credentials> found;
  for (const RecordedCredentials& candidate : credentials) {
    const Credentials& one = candidate.credentials;
    if (one.client_id == client_id && one.certificate.has_value() == certificate.has_value() &&
        (!certificate.has_value() || one.certificate->value() == *certificate)) {
      found.push_back(one);
    }
  }
  return found;
}

http::FunctionTransport::Function Replay(const Recording& recording, int* used) {
  auto next = std::make_shared<std::map<std::string, size_t>>();
  return [&recording, used, next](const http::Request& request) -> absl::StatusOr<http::Response> {
    const std::string key =
        absl::StrCat(http::MethodName(request.method), " ", request.url.target());
    size_t& from = (*next)[key];
    for (; from < recording.exchanges.size(); ++from) {
      const RecordedExchange& exchange = recording.exchanges[from];
      if (absl::StrCat(exchange.method, " ", exchange.target) != key) continue;
      ++from;
      ++*used;
      if (request.body_source == nullptr && request.body != exchange.request_body) {
        return absl::FailedPreconditionError(absl::StrCat(
            "body of ", key, " is ", request.body, "; recorded was ", exchange.request_body));
      }
      if (exchange.status == 0) {
        return absl::UnavailableError(absl::StrCat(key, ": connection lost"));
      }
      if (exchange.incomplete) {
        return absl::DataLossError(absl::StrCat(key, ": body cut short"));
      }
      http::Response response;
      response.status = exchange.status;
      response.headers = exchange.response_headers;
      response.body = exchange.response_body;
      return response;
    }
    return absl::FailedPreconditionError(
        absl::StrCat(recording.scenario, " has no (further) request ", key));
  };
}

}  // namespace scriptworker::taskcluster
