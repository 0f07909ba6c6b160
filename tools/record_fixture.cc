// SPDX-License-Identifier: MPL-2.0
#include "tools/record_fixture.h"

#include <string_view>

#include "absl/status/status.h"
#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "scriptworker/base/status_macros.h"
#include "scriptworker/base/version.h"
#include "scriptworker/har/recording_transport.h"
#include "scriptworker/har/redaction.h"

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
  const std::string text = har::FormatHar(document);
  for (const auto& [name, value] : request.secret_headers) {
    if (value.empty()) continue;
    if (absl::StrContains(text, value.reveal()) ||
        absl::StrContains(text, absl::Base64Escape(value.reveal()))) {
      return absl::FailedPreconditionError(
          absl::StrCat("nothing is written: an answer repeats the value of ", name));
    }
  }
  return document;
}

}  // namespace scriptworker::tools
