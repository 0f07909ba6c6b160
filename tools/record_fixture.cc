// SPDX-License-Identifier: MPL-2.0
#include "tools/record_fixture.h"

#include <string>
#include <string_view>
#include <vector>

#include "absl/algorithm/container.h"
#include "absl/status/status.h"
#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "scriptworker/base/status_macros.h"
#include "scriptworker/base/version.h"
#include "scriptworker/har/recording_transport.h"
#include "scriptworker/har/redaction.h"
#include "scriptworker/json/format.h"

namespace scriptworker::tools {
namespace {

// What redaction does not know to be a secret is known here.
void HideSecretHeaders(const FixtureRequest& request, har::Document& document) {
  for (har::Exchange& exchange : document.exchanges) {
    for (const auto& [name, value] : request.secret_headers) {
      if (exchange.request.headers.contains(name)) {
        exchange.request.headers.Set(name, har::kRedacted);
      }
    }
  }
}

// How an answer may repeat a header's value: the whole, or what follows its scheme ("token ...");
// each as it is, in JSON, or in base64.
std::vector<std::string> Echoes(std::string_view value) {
  std::vector<std::string> echoes;
  for (const std::string_view part : {value, value.substr(value.find(' ') + 1)}) {
    if (part.empty()) continue;
    const std::string quoted = json::FormatString(part);
    echoes.emplace_back(part);
    echoes.push_back(quoted.substr(1, quoted.size() - 2));
    echoes.push_back(absl::Base64Escape(part));
  }
  return echoes;
}

constexpr std::string_view kNone;

// Looks at the parts themselves: in the document's text a secret may be escaped or coded.
bool Holds(const har::Exchange& exchange, std::string_view text) {
  const auto in_headers = [text](const http::Headers& headers) {
    return absl::c_any_of(headers, [text](const http::Headers::Field& field) {
      return absl::StrContains(field.first, text) || absl::StrContains(field.second, text);
    });
  };
  const har::RecordedRequest& request = exchange.request;
  const har::RecordedResponse& response = exchange.response;
  const std::string_view decoded = response.decoded_body ? *response.decoded_body : kNone;
  const std::string_view parts[] = {
      request.url,          request.target, request.body,        response.body,   decoded,
      response.status_text, response.error, response.incomplete, exchange.comment};
  return in_headers(request.headers) || in_headers(response.headers) ||
         absl::c_any_of(parts,
                        [text](std::string_view part) { return absl::StrContains(part, text); });
}

bool Repeats(const har::Document& document, const SecretString& secret) {
  return absl::c_any_of(Echoes(secret.reveal()), [&document](const std::string& echo) {
    return absl::StrContains(document.comment, echo) ||
           absl::c_any_of(document.exchanges,
                          [&echo](const har::Exchange& exchange) { return Holds(exchange, echo); });
  });
}

}  // namespace

absl::StatusOr<har::Document> RecordFixture(const FixtureRequest& request,
                                            http::Transport& transport, Clock& clock) {
  http::Headers headers = request.headers;
  for (const auto& [name, value] : request.secret_headers) headers.Set(name, value.reveal());
  SW_RETURN_IF_ERROR(http::ValidateHeaders(headers));
  har::RecordingTransport recording(transport, clock, std::string(kVersion));
  for (const http::Url& url : request.urls) {
    http::Request get;
    get.url = url;
    get.headers = headers;
    get.redirects = request.secret_headers.empty() ? http::Request::Redirects::kFollow
                                                   : http::Request::Redirects::kReturn;
    SW_RETURN_IF_ERROR(recording.Send(get).status());
  }
  har::Document document = recording.document();
  document.comment = request.comment;
  HideSecretHeaders(request, document);
  for (const auto& [name, value] : request.secret_headers) {
    if (Repeats(document, value)) {
      return absl::FailedPreconditionError(
          absl::StrCat("nothing is written: an answer repeats the value of ", name));
    }
  }
  return document;
}

}  // namespace scriptworker::tools
