// SPDX-License-Identifier: MPL-2.0
#include "scriptworker/taskcluster/hawk.h"

#include <algorithm>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "absl/random/bit_gen_ref.h"
#include "absl/random/uniform_int_distribution.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/strip.h"
#include "scriptworker/base/secret_string.h"
#include "scriptworker/crypto/base64.h"
#include "scriptworker/crypto/hash.h"
#include "scriptworker/crypto/hmac.h"
#include "scriptworker/http/transport.h"
#include "scriptworker/http/url.h"
#include "scriptworker/json/json.h"
#include "scriptworker/json/value.h"
#include "scriptworker/taskcluster/base64_url.h"
#include "scriptworker/taskcluster/credentials.h"

namespace scriptworker::taskcluster {
namespace {

constexpr size_t kMaxHeaderBytes = 8192;

// Host names are hashed in lower case.
std::string LowerHost(const HawkRequest& request) { return absl::AsciiStrToLower(request.host); }

// What Hawk allows between the quotes.
bool IsFieldCharacter(char c) { return c >= ' ' && c <= '~' && c != '"' && c != '\\'; }

absl::Status Malformed(std::string_view what) {
  return absl::InvalidArgumentError(absl::StrCat("malformed Hawk header: ", what));
}

// Takes `name="value"` off the front of `rest`.
bool ConsumeField(std::string_view* rest, std::string_view* name, std::string_view* value) {
  const size_t equals = rest->find("=\"");
  if (equals == std::string_view::npos) return false;
  *name = rest->substr(0, equals);
  rest->remove_prefix(equals + 2);
  const size_t quote = rest->find('"');
  if (quote == std::string_view::npos) return false;
  *value = rest->substr(0, quote);
  rest->remove_prefix(quote + 1);
  return std::all_of(value->begin(), value->end(), IsFieldCharacter);
}

}  // namespace

std::string RandomHawkNonce(absl::BitGenRef bitgen) {
  constexpr std::string_view kAlphabet =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  std::string nonce(6, ' ');
  for (char& c : nonce) {
    c = kAlphabet[absl::uniform_int_distribution<size_t>(0, kAlphabet.size() - 1)(bitgen)];
  }
  return nonce;
}

HawkRequest MakeHawkRequest(http::Method method, const http::Url& url) {
  return {.method = http::MethodName(method),
          .target = url.target(),
          .host = url.host(),
          .port = url.port()};
}

std::string HawkExt(const Credentials& credentials) {
  json::Object ext;
  if (credentials.certificate.has_value()) {
    ext.Set("certificate", credentials.certificate->value());
  }
  if (credentials.authorized_scopes.has_value()) {
    json::Array scopes;
    for (const std::string& scope : *credentials.authorized_scopes) {
      scopes.push_back(scope);
    }
    ext.Set("authorizedScopes", std::move(scopes));
  }
  return Base64UrlEncode(json::FormatCompact(json::Value(std::move(ext))), Base64Padding::kFull);
}

std::string HawkPayloadHash(std::string_view content_type, std::string_view body) {
  const std::string_view type =
      body.empty() ? std::string_view()
                   : absl::StripAsciiWhitespace(content_type.substr(0, content_type.find(';')));
  crypto::Hasher hasher(crypto::HashAlgorithm::kSha256);
  hasher.Update("hawk.1.payload\n");
  hasher.Update(absl::AsciiStrToLower(type));
  hasher.Update("\n");
  hasher.Update(body);
  hasher.Update("\n");
  return crypto::Base64Encode(hasher.Finish());
}

std::string HawkMac(const HawkFields& fields, const HawkRequest& request,
                    const SecretString& access_token) {
  const std::string text = absl::StrCat(
      "hawk.1.header\n", fields.ts, "\n", fields.nonce, "\n", absl::AsciiStrToUpper(request.method),
      "\n", request.target, "\n", LowerHost(request), "\n", request.port, "\n", fields.hash, "\n",
      absl::StrReplaceAll(fields.ext, {{"\\", "\\\\"}, {"\n", "\\n"}}), "\n");
  return crypto::Base64Encode(crypto::HmacSha256(access_token.reveal(), text));
}

std::string HawkHeader(http::Method method, const http::Url& url, std::string_view content_type,
                       std::string_view body, const Credentials& credentials,
                       const HawkStamp& stamp) {
  HawkFields fields;
  fields.id = credentials.client_id;
  fields.ts = stamp.ts;
  fields.nonce = stamp.nonce;
  fields.hash = HawkPayloadHash(content_type, body);
  fields.ext = HawkExt(credentials);
  fields.mac = HawkMac(fields, MakeHawkRequest(method, url), credentials.access_token);
  return absl::StrCat("Hawk mac=\"", fields.mac, "\", hash=\"", fields.hash, "\", id=\"", fields.id,
                      "\", ts=\"", fields.ts, "\", nonce=\"", fields.nonce, "\", ext=\"",
                      fields.ext, "\"");
}

absl::StatusOr<HawkFields> ParseHawkHeader(std::string_view value) {
  if (value.size() > kMaxHeaderBytes) return Malformed("too long");
  std::string_view rest = value;
  if (!absl::StartsWithIgnoreCase(rest, "hawk ")) {
    return Malformed("the scheme is not Hawk");
  }
  rest.remove_prefix(5);
  HawkFields fields;
  std::optional<std::string_view> id, ts, nonce, mac, hash, ext;
  const std::pair<std::string_view, std::optional<std::string_view>*> known[] = {
      {"id", &id}, {"ts", &ts}, {"nonce", &nonce}, {"mac", &mac}, {"hash", &hash}, {"ext", &ext}};
  for (bool first = true;; first = false) {
    rest = absl::StripLeadingAsciiWhitespace(rest);
    if (rest.empty()) break;
    if (!first) {
      if (!absl::ConsumePrefix(&rest, ",")) return Malformed("no comma");
      rest = absl::StripLeadingAsciiWhitespace(rest);
    }
    std::string_view name, text;
    if (!ConsumeField(&rest, &name, &text)) return Malformed("bad field");
    const auto* field = std::find_if(std::begin(known), std::end(known),
                                     [name](const auto& entry) { return entry.first == name; });
    if (field == std::end(known)) return Malformed("unknown field");
    if (field->second->has_value()) return Malformed("repeated field");
    *field->second = text;
  }
  if (!id.has_value() || id->empty() || !nonce.has_value() || nonce->empty() || !mac.has_value() ||
      mac->empty() || !ts.has_value() ||
      !std::all_of(ts->begin(), ts->end(), absl::ascii_isdigit) ||
      !absl::SimpleAtoi(*ts, &fields.ts)) {
    return Malformed("id, ts, nonce or mac is missing");
  }
  fields.id = std::string(*id);
  fields.nonce = std::string(*nonce);
  fields.mac = std::string(*mac);
  fields.hash = std::string(hash.value_or(""));
  fields.ext = std::string(ext.value_or(""));
  return fields;
}

absl::Status VerifyHawkHeader(const HawkFields& fields, const HawkRequest& request,
                              std::string_view content_type, std::string_view body,
                              const SecretString& access_token) {
  if (!crypto::ConstantTimeEqual(fields.mac, HawkMac(fields, request, access_token))) {
    return absl::UnauthenticatedError("Unauthorized: Bad mac");
  }
  if (!fields.hash.empty() &&
      !crypto::ConstantTimeEqual(fields.hash, HawkPayloadHash(content_type, body))) {
    return absl::UnauthenticatedError("Unauthorized: Bad payload hash");
  }
  return absl::OkStatus();
}

absl::StatusOr<json::Value> ParseHawkExt(std::string_view ext) {
  if (ext.empty()) return json::Value(json::Object());
  const absl::StatusOr<std::string> text = Base64UrlDecode(ext);
  if (text.ok()) {
    absl::StatusOr<json::Value> value = json::Parse(*text, {.source = "ext", .max_depth = 16});
    if (value.ok() && value->is_object()) return value;
  }
  return absl::InvalidArgumentError("Failed to parse ext");
}

}  // namespace scriptworker::taskcluster
