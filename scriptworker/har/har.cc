// SPDX-License-Identifier: MPL-2.0

#include "scriptworker/har/har.h"

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "scriptworker/base/file.h"
#include "scriptworker/base/path.h"
#include "scriptworker/base/status_macros.h"
#include "scriptworker/crypto/base64.h"
#include "scriptworker/har/har.h"
#include "scriptworker/http/content_decoder.h"
#include "scriptworker/http/headers.h"
#include "scriptworker/json/json.h"
#include "scriptworker/json/json_reader.h"

namespace scriptworker::har {
namespace {

constexpr int64_t kMaxFileBytes = int64_t{1} << 30;
constexpr int kMaxDepth = 64;
constexpr http::DecodeLimits kDecodeLimits = {
    .max_bytes = kMaxFileBytes, .max_ratio = 2000, .ratio_free_bytes = kMaxFileBytes};

// Where bodies beside the document lie; empty: there can be none.
using Folder = std::string_view;

absl::StatusOr<http::Headers> ReadHeaders(const json::Reader& message) {
  http::Headers headers;
  SW_ASSIGN_OR_RETURN(const json::Reader list, message.Field("headers"));
  SW_ASSIGN_OR_RETURN(const std::vector<json::Reader> fields, list.Elements());
  for (const json::Reader& field : fields) {
    SW_ASSIGN_OR_RETURN(const std::string name, field.String("name"));
    SW_ASSIGN_OR_RETURN(const std::string value, field.String("value"));
    headers.Add(name, value);
  }
  return headers;
}

absl::StatusOr<std::string> ReadBodyFile(const json::Reader& content, Folder folder,
                                         const std::string& name) {
  if (folder.empty() || name.empty() || name == "." || name == ".." ||
      absl::StrContains(name, '/') || absl::StrContains(name, '\0')) {
    return content.Error("expected the name of a file in the document's folder as _file");
  }
  return ReadFile(JoinPath(folder, name), kMaxFileBytes);
}

// `content` is a response's content or a request's postData.
absl::StatusOr<std::string> ReadBody(const json::Reader& content, std::string_view encoding_key,
                                     Folder folder) {
  SW_ASSIGN_OR_RETURN(const std::string file, content.StringOr("_file", ""));
  if (!file.empty()) return ReadBodyFile(content, folder, file);
  SW_ASSIGN_OR_RETURN(std::string text, content.StringOr("text", ""));
  SW_ASSIGN_OR_RETURN(const std::string encoding, content.StringOr(encoding_key, ""));
  if (encoding.empty()) return text;
  if (encoding != "base64") {
    return content.Error(absl::StrCat("expected \"base64\" as ", encoding_key));
  }
  SW_ASSIGN_OR_RETURN(const json::Reader reader, content.Field("text"));
  absl::StatusOr<std::string> bytes = crypto::Base64Decode(text);
  if (!bytes.ok()) return reader.Expected("base64");
  return bytes;
}

// The request target of a URL, if the recorder did not keep it.
std::string TargetOf(std::string_view url) {
  url = url.substr(0, url.find('#'));
  const size_t scheme = url.find("://");
  if (scheme == std::string_view::npos) return std::string(url);
  const size_t path = url.find_first_of("/?", scheme + 3);
  if (path == std::string_view::npos) return "/";
  return absl::StrCat(url[path] == '?' ? "/" : "", url.substr(path));
}

absl::StatusOr<RecordedRequest> ReadRequest(const json::Reader& reader, Folder folder) {
  RecordedRequest request;
  SW_ASSIGN_OR_RETURN(request.method, reader.String("method"));
  SW_ASSIGN_OR_RETURN(request.url, reader.String("url"));
  SW_ASSIGN_OR_RETURN(request.target, reader.StringOr("_target", TargetOf(request.url)));
  SW_ASSIGN_OR_RETURN(request.headers, ReadHeaders(reader));
  SW_ASSIGN_OR_RETURN(const std::optional<json::Reader> data, reader.OptionalField("postData"));
  if (data.has_value()) {
    SW_ASSIGN_OR_RETURN(request.body, ReadBody(*data, "_encoding", folder));
  }
  return request;
}

absl::StatusOr<RecordedResponse> ReadResponse(const json::Reader& reader, Folder folder) {
  RecordedResponse response;
  SW_ASSIGN_OR_RETURN(const int64_t status, reader.Int("status"));
  if (status < 0 || status > 999) return reader.Error("expected a status of 0 to 999");
  response.status = static_cast<int>(status);
  SW_ASSIGN_OR_RETURN(response.status_text, reader.StringOr("statusText", ""));
  SW_ASSIGN_OR_RETURN(response.error, reader.StringOr("_error", ""));
  SW_ASSIGN_OR_RETURN(response.incomplete, reader.StringOr("_incomplete", ""));
  SW_ASSIGN_OR_RETURN(response.headers, ReadHeaders(reader));
  SW_ASSIGN_OR_RETURN(const json::Reader content, reader.Field("content"));
  SW_ASSIGN_OR_RETURN(response.body, ReadBody(content, "encoding", folder));
  // Text that needed no base64 is no coded body.
  SW_ASSIGN_OR_RETURN(const std::string text, content.StringOr("text", ""));
  const bool is_plain = !text.empty() && content.value().Find("encoding") == nullptr;
  SW_ASSIGN_OR_RETURN(
      response.body_is_decoded,
      content.BoolOr("_decoded", is_plain && response.headers.contains("Content-Encoding")));
  SW_ASSIGN_OR_RETURN(const std::optional<json::Reader> decoded,
                      content.OptionalField("_decodedText"));
  if (decoded.has_value()) {
    SW_ASSIGN_OR_RETURN(response.decoded_body, decoded->AsString());
  }
  return response;
}

absl::StatusOr<Exchange> ReadExchange(const json::Reader& reader, Folder folder) {
  Exchange exchange;
  SW_ASSIGN_OR_RETURN(const json::Reader started, reader.Field("startedDateTime"));
  SW_ASSIGN_OR_RETURN(const std::string started_text, started.AsString());
  std::string error;
  if (!absl::ParseTime(absl::RFC3339_full, started_text, &exchange.started, &error)) {
    return started.Expected("an RFC 3339 time");
  }
  SW_ASSIGN_OR_RETURN(const double milliseconds, reader.DoubleOr("time", 0));
  exchange.duration = absl::Milliseconds(milliseconds);
  SW_ASSIGN_OR_RETURN(exchange.comment, reader.StringOr("comment", ""));
  SW_ASSIGN_OR_RETURN(const json::Reader request, reader.Field("request"));
  SW_ASSIGN_OR_RETURN(exchange.request, ReadRequest(request, folder));
  SW_ASSIGN_OR_RETURN(const json::Reader response, reader.Field("response"));
  SW_ASSIGN_OR_RETURN(exchange.response, ReadResponse(response, folder));
  return exchange;
}

absl::StatusOr<Document> ReadDocument(const json::Reader& log, Folder folder) {
  Document document;
  SW_ASSIGN_OR_RETURN(const std::string version, log.String("version"));
  if (!absl::StartsWith(version, "1.")) return log.Error("expected HAR version 1.2");
  SW_ASSIGN_OR_RETURN(document.comment, log.StringOr("comment", ""));
  SW_ASSIGN_OR_RETURN(const std::optional<json::Reader> creator, log.OptionalField("creator"));
  if (creator.has_value()) {
    SW_ASSIGN_OR_RETURN(document.creator, creator->StringOr("name", ""));
    SW_ASSIGN_OR_RETURN(document.creator_version, creator->StringOr("version", ""));
  }
  SW_ASSIGN_OR_RETURN(const json::Reader list, log.Field("entries"));
  SW_ASSIGN_OR_RETURN(const std::vector<json::Reader> entries, list.Elements());
  for (const json::Reader& entry : entries) {
    SW_ASSIGN_OR_RETURN(Exchange exchange, ReadExchange(entry, folder));
    document.exchanges.push_back(std::move(exchange));
  }
  return document;
}

}  // namespace

std::string_view RecordedRequest::authority() const {
  if (const std::optional<std::string_view> host = headers.Find("Host")) return *host;
  std::string_view rest = url;
  const size_t scheme = rest.find("://");
  if (scheme == std::string_view::npos) return "";
  rest.remove_prefix(scheme + 3);
  return rest.substr(0, rest.find_first_of("/?#"));
}

absl::StatusOr<std::string> RecordedResponse::DecodedBody() const {
  if (decoded_body.has_value()) return *decoded_body;
  const std::optional<std::string_view> coding = headers.Find("Content-Encoding");
  if (body_is_decoded || body.empty() || !coding.has_value()) return body;
  // A gzip begins with a number that nothing else begins with.
  const bool names_gzip =
      absl::EqualsIgnoreCase(*coding, "gzip") || absl::EqualsIgnoreCase(*coding, "x-gzip");
  if (names_gzip && !absl::StartsWith(body, "\x1f\x8b")) return body;
  return http::DecodeContent(*coding, body, kDecodeLimits);
}

absl::StatusOr<Document> ParseHar(std::string_view text, std::string_view source,
                                  std::string_view folder) {
  SW_ASSIGN_OR_RETURN(const json::Value value,
                      json::Parse(text, {.source = source, .max_depth = kMaxDepth}));
  SW_ASSIGN_OR_RETURN(const json::Reader log, json::Reader(value, source).Field("log"));
  return ReadDocument(log, folder);
}

absl::StatusOr<Document> ReadHarFile(const std::string& path) {
  SW_ASSIGN_OR_RETURN(const std::string text, ReadFile(path, kMaxFileBytes));
  const std::string folder(Dirname(path));
  return ParseHar(text, path, folder.empty() ? "." : folder);
}

}  // namespace scriptworker::har
