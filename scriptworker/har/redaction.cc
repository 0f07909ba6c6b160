// SPDX-License-Identifier: MPL-2.0

#include "scriptworker/har/redaction.h"

#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "absl/base/no_destructor.h"
#include "absl/status/statusor.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "re2/re2.h"
#include "scriptworker/base/utf8.h"
#include "scriptworker/har/har.h"
#include "scriptworker/http/content_decoder.h"
#include "scriptworker/http/headers.h"

namespace scriptworker::har {
namespace {

// Headers whose value is a secret as a whole.
constexpr std::string_view kSecretHeaders[] = {
    "Cookie", "Set-Cookie", "X-Amz-Security-Token", "X-Api-Key", "X-Vault-Token",
};

// An expression over bytes: a body need not be UTF-8.
class BytesRegex : public RE2 {
 public:
  explicit BytesRegex(std::string_view expression) : RE2(expression, RE2::Latin1) {}
};

// URL parameters, up to what ends a parameter in a URL, in JSON, in HTML.
void RedactParameters(std::string& text) {
  static const absl::NoDestructor<BytesRegex> parameter(
      R"((?i)((?:bewit|access_token|awsaccesskeyid|googleaccessid|x-(?:amz|goog)-(?:signature|)"
      R"(credential|security-token)|[?&;]signature|[?&;]credential|[?&;]sig|[?&;]token|[?&;]client_secret)=))"
      R"([^&"'<>\\\s#]*)");
  RE2::GlobalReplace(&text, *parameter, absl::StrCat(R"(\1)", kRedacted));
}

// Members with a string as value, in JSON and in JSON within a JSON string.
void RedactMembers(std::string& text) {
  constexpr std::string_view kNames =
      "accessToken|access_token|refresh_token|client_secret|password|private_key|privateKey|"
      "secret|token";
  static const absl::NoDestructor<BytesRegex> plain(
      absl::StrCat(R"re(("(?:)re", kNames, R"re()"\s*:\s*")(?:[^"\\]|\\.)*)re"));
  // An odd number of backslashes: an even one ends the outer string.
  static const absl::NoDestructor<BytesRegex> nested(
      absl::StrCat(R"re((\\+"(?:)re", kNames, R"re()\\(?:\\\\)*"\s*:\s*\\(?:\\\\)*")[^"\\]*)re"));
  const std::string replacement = absl::StrCat(R"(\1)", kRedacted);
  RE2::GlobalReplace(&text, *plain, replacement);
  RE2::GlobalReplace(&text, *nested, replacement);
}

// A Hawk header in a body: auth's authenticateHawk gets one.
void RedactMacs(std::string& text) {
  static const absl::NoDestructor<BytesRegex> mac(
      R"re((\bmac=(?:\\(?:\\\\)*)?")[A-Za-z0-9+/=_-]+)re");
  RE2::GlobalReplace(&text, *mac, absl::StrCat(R"(\1)", kRedacted));
}

// A certificate of temporary credentials stays readable, for a client parses it: only its seed and
// signature go. It is a string that holds JSON, or an object; perhaps cut short.
void RedactCertificates(std::string& text) {
  static const absl::NoDestructor<BytesRegex> certificate(
      R"re((?s)("certificate"\s*:\s*)("(?:[^"\\]|\\.)*(?:"|$)|\{[^{}]*(?:\}|$)))re");
  static const absl::NoDestructor<BytesRegex> in_string(
      R"re((\\+"(?:seed|signature)\\(?:\\\\)*"\s*:\s*\\(?:\\\\)*")[^"\\]*)re");
  static const absl::NoDestructor<BytesRegex> in_object(
      R"re(("(?:seed|signature)"\s*:\s*")[^"\\}]*)re");
  const std::string replacement = absl::StrCat(R"(\1)", kRedacted);
  std::string redacted;
  std::string_view rest = text;
  std::string_view name, value;
  for (;;) {
    const std::string_view before = rest;
    if (!RE2::FindAndConsume(&rest, *certificate, &name, &value)) break;
    std::string inner(value);
    RE2::GlobalReplace(&inner, value.front() == '"' ? *in_string : *in_object, replacement);
    const auto begin = static_cast<size_t>(name.data() - before.data());
    absl::StrAppend(&redacted, before.substr(0, begin), name, inner);
  }
  text = absl::StrCat(redacted, rest);
}

std::string RedactAuthorization(std::string_view value) {
  static const absl::NoDestructor<BytesRegex> hawk_id(R"re(^Hawk\b.*\bid="([^"]*)")re");
  std::string_view id;
  if (RE2::PartialMatch(value, *hawk_id, &id)) {
    return absl::StrCat("Hawk id=\"", id, "\", ", kRedacted);
  }
  const size_t blank = value.find(' ');
  if (blank == std::string_view::npos) return std::string(kRedacted);
  return absl::StrCat(value.substr(0, blank), " ", kRedacted);
}

std::string RedactHeader(std::string_view name, std::string_view value) {
  if (absl::EqualsIgnoreCase(name, "Authorization") ||
      absl::EqualsIgnoreCase(name, "Proxy-Authorization")) {
    return RedactAuthorization(value);
  }
  for (std::string_view secret : kSecretHeaders) {
    if (absl::EqualsIgnoreCase(name, secret)) return std::string(kRedacted);
  }
  return RedactText(value);
}

}  // namespace

http::Headers RedactHeaders(const http::Headers& headers) {
  http::Headers redacted;
  for (const auto& [name, value] : headers) redacted.Add(name, RedactHeader(name, value));
  return redacted;
}

std::string RedactText(std::string_view text) {
  std::string redacted(text);
  RedactParameters(redacted);
  RedactMembers(redacted);
  RedactMacs(redacted);
  RedactCertificates(redacted);
  return redacted;
}

RecordedRequest Redact(RecordedRequest request) {
  request.url = RedactText(request.url);
  request.target = RedactText(request.target);
  // A secret cannot be found in a coded body.
  if (const auto coding = request.headers.Find("Content-Encoding")) {
    absl::StatusOr<std::string> decoded = http::DecodeContent(*coding, request.body);
    if (decoded.ok()) {
      request.body = *std::move(decoded);
    } else if (FindInvalidUtf8(request.body) != std::string_view::npos) {
      request.body = std::string(kRedacted);
    }
  }
  request.headers = RedactHeaders(request.headers);
  request.body = RedactText(request.body);
  return request;
}

Exchange Redact(Exchange exchange) {
  exchange.request = Redact(std::move(exchange.request));
  RecordedResponse& response = exchange.response;
  if (absl::StatusOr<std::string> decoded = response.DecodedBody(); decoded.ok()) {
    response.body = *std::move(decoded);
    response.body_is_decoded = true;
  } else {
    response.body.clear();
  }
  response.decoded_body = std::nullopt;
  response.body = RedactText(response.body);
  response.headers = RedactHeaders(response.headers);
  exchange.comment = RedactText(exchange.comment);
  response.error = RedactText(response.error);
  response.incomplete = RedactText(response.incomplete);
  return exchange;
}

}  // namespace scriptworker::har
