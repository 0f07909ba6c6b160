// SPDX-License-Identifier: MPL-2.0
#include "scriptworker/vcs/document_fetcher.h"

#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "absl/random/random.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/ascii.h"
#include "absl/strings/cord.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "scriptworker/base/status_macros.h"
#include "scriptworker/http/content_type.h"
#include "scriptworker/json/json.h"

namespace scriptworker::vcs {
namespace {

std::string_view AdviceFor(int http_status) {
  switch (http_status) {
    case 401:
      return " (the token was refused)";
    case 403:
      return " (the token, or its absence, gives no access)";
    default:
      return "";
  }
}

bool IsHtml(const http::Response& response) {
  if (http::IsHtml(response.headers)) return true;
  const std::string_view body = absl::StripLeadingAsciiWhitespace(response.body);
  return absl::StartsWithIgnoreCase(body, "<!doctype html") ||
         absl::StartsWithIgnoreCase(body, "<html");
}

}  // namespace

DocumentFetcher::DocumentFetcher(http::Transport& transport, Clock& clock, RetryPolicy policy)
    : transport_(transport), clock_(clock), policy_(policy) {}

absl::StatusOr<http::Response> DocumentFetcher::Get(const http::Request& request) {
  absl::StatusOr<http::Response> response = transport_.Send(request);
  if (request.cancellation.cancelled()) return request.cancellation.reason();
  if (!response.ok()) {
    absl::Status error = absl::UnavailableError(
        absl::StrCat("GET ", request.url.Redacted(), " failed: ", response.status().message()));
    response.status().ForEachPayload(
        [&](std::string_view type, const absl::Cord& payload) { error.SetPayload(type, payload); });
    return error;
  }
  if (!response->final_url.IsSameOrigin(request.url)) {
    return absl::UnavailableError(
        absl::StrCat("GET ", request.url.Redacted(),
                     " was answered by another host: ", response->final_url.Redacted()));
  }
  if (response->ok()) return response;
  const std::string what =
      absl::StrCat("GET ", request.url.Redacted(), " was answered with status ", response->status,
                   AdviceFor(response->status));
  if (response->status == 404 || response->status == 410) return absl::NotFoundError(what);
  return absl::UnavailableError(what);
}

absl::Status DocumentFetcher::GetAs(http::Request request,
                                    absl::FunctionRef<absl::Status(http::Response&)> read) {
  absl::BitGen bit_gen;
  absl::Status status = Retry(
      policy_, clock_, bit_gen, request.cancellation,
      [&](int attempt) -> absl::Status {
        if (attempt > 1) request.headers.Set("Cache-Control", "no-cache");
        SW_ASSIGN_OR_RETURN(http::Response response, Get(request));
        return read(response);
      },
      [](const absl::Status& error) { return absl::IsDataLoss(error); });
  if (!absl::IsDataLoss(status) || request.cancellation.cancelled()) return status;
  return absl::UnavailableError(status.message());
}

absl::StatusOr<DocumentFetcher::JsonDocument> DocumentFetcher::GetJson(
    const http::Request& request) {
  JsonDocument document;
  SW_RETURN_IF_ERROR(GetAs(request, [&](http::Response& response) {
    const std::string source = request.url.Redacted();
    absl::StatusOr<json::Value> value = json::Parse(response.body, {.source = source});
    if (!value.ok()) {
      return absl::DataLossError(absl::StrCat("the answer is no JSON: ", value.status().message()));
    }
    document = {*std::move(value), std::move(response.headers)};
    return absl::OkStatus();
  }));
  return document;
}

absl::StatusOr<std::string> DocumentFetcher::GetText(const http::Request& request) {
  std::string text;
  SW_RETURN_IF_ERROR(GetAs(request, [&](http::Response& response) {
    if (IsHtml(response)) {
      return absl::DataLossError(
          absl::StrCat("GET ", request.url.Redacted(), " was answered with an HTML page"));
    }
    text = std::move(response.body);
    return absl::OkStatus();
  }));
  return text;
}

}  // namespace scriptworker::vcs
