// SPDX-License-Identifier: MPL-2.0

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/time/time.h"
#include "scriptworker/base/status_macros.h"
#include "scriptworker/base/utf8.h"
#include "scriptworker/crypto/base64.h"
#include "scriptworker/har/har.h"
#include "scriptworker/har/recording_file.h"
#include "scriptworker/http/headers.h"
#include "scriptworker/http/url.h"
#include "scriptworker/json/format.h"
#include "scriptworker/json/value.h"

namespace scriptworker::har {
namespace {

// Puts a body away beside the document and returns its name; empty: it stays in the document.
using PutAside = absl::FunctionRef<absl::StatusOr<std::string>(std::string_view body)>;

bool IsUtf8(std::string_view text) { return FindInvalidUtf8(text) == std::string_view::npos; }

// Text that may hold any byte, in a member that must be a string: other bytes are shown escaped.
std::string Printable(std::string_view text) {
  return IsUtf8(text) ? std::string(text) : http::PercentEncode(text);
}

json::Value FormatHeaders(const http::Headers& headers) {
  json::Array list;
  for (const auto& [name, value] : headers) {
    list.push_back(json::Object{{"name", Printable(name)}, {"value", Printable(value)}});
  }
  return list;
}

// The query's parameters, for readers: decoded where possible.
json::Value FormatQuery(std::string_view target) {
  json::Array list;
  const size_t mark = target.find('?');
  if (mark == std::string_view::npos) return list;
  for (std::string_view parameter : absl::StrSplit(target.substr(mark + 1), '&')) {
    const std::pair<std::string_view, std::string_view> parts =
        absl::StrSplit(parameter, absl::MaxSplits('=', 1));
    const auto decoded = [](std::string_view text) {
      return Printable(http::PercentDecode(text).value_or(std::string(text)));
    };
    list.push_back(json::Object{{"name", decoded(parts.first)}, {"value", decoded(parts.second)}});
  }
  return list;
}

// Sets the members of a postData or content that hold the body.
absl::Status SetBody(std::string_view body, std::string_view encoding_key, PutAside put_aside,
                     json::Object& content) {
  SW_ASSIGN_OR_RETURN(const std::string file, put_aside(body));
  if (!file.empty()) {
    content.Set("_file", file);
  } else if (IsUtf8(body)) {
    content.Set("text", body);
  } else {
    content.Set("text", crypto::Base64Encode(body));
    content.Set(encoding_key, "base64");
  }
  return absl::OkStatus();
}

std::string ContentType(const http::Headers& headers) {
  return Printable(headers.Find("Content-Type").value_or(""));
}

absl::StatusOr<json::Object> FormatRequest(const RecordedRequest& request, PutAside put_aside) {
  json::Object formatted = {{"method", request.method},
                            {"url", Printable(request.url)},
                            {"_target", Printable(request.target)},
                            {"httpVersion", "HTTP/1.1"},
                            {"cookies", json::Array()},
                            {"headers", FormatHeaders(request.headers)},
                            {"queryString", FormatQuery(request.target)},
                            {"headersSize", -1},
                            {"bodySize", request.body.size()}};
  if (!request.body.empty()) {
    json::Object data = {{"mimeType", ContentType(request.headers)}, {"params", json::Array()}};
    SW_RETURN_IF_ERROR(SetBody(request.body, "_encoding", put_aside, data));
    formatted.Set("postData", std::move(data));
  }
  return formatted;
}

absl::StatusOr<json::Object> FormatResponse(const RecordedResponse& response, PutAside put_aside) {
  json::Object content = {{"size", response.body.size()},
                          {"mimeType", ContentType(response.headers)}};
  SW_RETURN_IF_ERROR(SetBody(response.body, "encoding", put_aside, content));
  if (response.body_is_decoded || response.headers.contains("Content-Encoding")) {
    content.Set("_decoded", response.body_is_decoded);
  }
  if (response.decoded_body.has_value() && IsUtf8(*response.decoded_body)) {
    content.Set("_decodedText", *response.decoded_body);
  }
  json::Object formatted = {
      {"status", response.status},
      {"statusText", Printable(response.status_text)},
      {"httpVersion", "HTTP/1.1"},
      {"cookies", json::Array()},
      {"headers", FormatHeaders(response.headers)},
      {"content", std::move(content)},
      {"redirectURL", Printable(response.headers.Find("Location").value_or(""))},
      {"headersSize", -1},
      {"bodySize", -1}};
  if (!response.error.empty()) formatted.Set("_error", Printable(response.error));
  if (!response.incomplete.empty()) formatted.Set("_incomplete", Printable(response.incomplete));
  return formatted;
}

absl::StatusOr<json::Object> FormatExchange(const Exchange& exchange, PutAside put_aside) {
  const double milliseconds = absl::ToDoubleMilliseconds(exchange.duration);
  SW_ASSIGN_OR_RETURN(json::Object request, FormatRequest(exchange.request, put_aside));
  SW_ASSIGN_OR_RETURN(json::Object response, FormatResponse(exchange.response, put_aside));
  json::Object formatted = {
      {"startedDateTime",
       absl::FormatTime("%Y-%m-%dT%H:%M:%E3SZ", exchange.started, absl::UTCTimeZone())},
      {"time", milliseconds},
      {"request", std::move(request)},
      {"response", std::move(response)},
      {"cache", json::Object()},
      {"timings", json::Object{{"send", 0}, {"wait", milliseconds}, {"receive", 0}}}};
  if (!exchange.comment.empty()) formatted.Set("comment", Printable(exchange.comment));
  return formatted;
}

absl::StatusOr<std::string> FormatDocument(const Document& document, PutAside put_aside) {
  json::Array entries;
  for (const Exchange& exchange : document.exchanges) {
    SW_ASSIGN_OR_RETURN(json::Object entry, FormatExchange(exchange, put_aside));
    entries.push_back(std::move(entry));
  }
  json::Object log = {
      {"version", "1.2"},
      {"creator", json::Object{{"name", document.creator}, {"version", document.creator_version}}},
      {"entries", std::move(entries)}};
  if (!document.comment.empty()) log.Set("comment", Printable(document.comment));
  return absl::StrCat(json::Format(json::Object{{"log", std::move(log)}}), "\n");
}

}  // namespace

std::string FormatHar(const Document& document) {
  // Nothing is put aside, so nothing can fail.
  return FormatDocument(document, [](std::string_view) { return std::string(); }).value();
}

absl::Status WriteHarFile(const std::string& path, const Document& document,
                          size_t max_inline_bytes) {
  SW_ASSIGN_OR_RETURN(const std::unique_ptr<RecordingFile> file, RecordingFile::Create(path));
  const auto put_aside = [&](std::string_view body) -> absl::StatusOr<std::string> {
    if (body.size() <= max_inline_bytes) return std::string();
    return file->AddBody(body);
  };
  SW_ASSIGN_OR_RETURN(const std::string text, FormatDocument(document, put_aside));
  return file->Commit(text);
}

}  // namespace scriptworker::har
