// SPDX-License-Identifier: MPL-2.0
#include "scriptworker/taskcluster/credentials.h"

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "scriptworker/base/secret_string.h"
#include "scriptworker/base/status_macros.h"
#include "scriptworker/json/json.h"
#include "scriptworker/json/json_reader.h"
#include "scriptworker/json/value.h"

namespace scriptworker::taskcluster {
namespace {

constexpr size_t kMaxClientId = 1024;

// Whether the id can stand in a Hawk header, where it is not escaped.
bool IsUsableClientId(std::string_view id) {
  return !id.empty() && id.size() <= kMaxClientId && std::all_of(id.begin(), id.end(), [](char c) {
    return c >= ' ' && c <= '~' && c != '"' && c != '\\';
  });
}

absl::StatusOr<std::optional<Certificate>> ReadCertificate(const json::Reader& reader) {
  SW_ASSIGN_OR_RETURN(std::optional<json::Reader> field, reader.OptionalField("certificate"));
  if (!field.has_value() || field->value().is_null()) return std::nullopt;
  if (field->value().is_object()) {
    return Certificate::FromValue(field->value());
  }
  if (!field->value().is_string()) {
    return field->Expected("a string that holds a JSON object");
  }
  const std::string_view text = field->value().string_value();
  if (text.empty()) return std::nullopt;
  absl::StatusOr<Certificate> certificate = Certificate::Parse(text);
  if (!certificate.ok()) {
    return field->Error("expected a JSON object in the string");
  }
  return *std::move(certificate);
}

}  // namespace

Certificate::Certificate(json::Value value, SecretString text)
    : value_(std::move(value)), text_(std::move(text)) {}

absl::StatusOr<Certificate> Certificate::Parse(std::string_view text) {
  absl::StatusOr<json::Value> value = json::Parse(text, {.source = "certificate", .max_depth = 16});
  if (!value.ok() || !value->is_object()) {
    return absl::InvalidArgumentError("the certificate is no JSON object");
  }
  return Certificate(*std::move(value), SecretString(std::string(text)));
}

Certificate Certificate::FromValue(json::Value value) {
  SecretString text(json::FormatCompact(value));
  return Certificate(std::move(value), std::move(text));
}

absl::StatusOr<Credentials> Credentials::FromJson(const json::Reader& reader) {
  Credentials credentials;
  SW_ASSIGN_OR_RETURN(json::Reader client_id, reader.Field("clientId"));
  SW_ASSIGN_OR_RETURN(credentials.client_id, client_id.AsString());
  if (!IsUsableClientId(credentials.client_id)) {
    return client_id.Error("not a client id: expected printable ASCII");
  }
  SW_ASSIGN_OR_RETURN(json::Reader access_token, reader.Field("accessToken"));
  SW_ASSIGN_OR_RETURN(std::string token, access_token.AsString());
  if (token.empty()) {
    return access_token.Error("the access token is empty");
  }
  credentials.access_token = SecretString(std::move(token));
  SW_ASSIGN_OR_RETURN(credentials.certificate, ReadCertificate(reader));
  SW_ASSIGN_OR_RETURN(std::optional<json::Reader> scopes, reader.OptionalField("authorizedScopes"));
  if (scopes.has_value() && !scopes->value().is_null()) {
    SW_ASSIGN_OR_RETURN(credentials.authorized_scopes, scopes->AsStrings());
  }
  return credentials;
}

SecretString FormatCredentials(const Credentials& credentials) {
  json::Object object;
  object.Set("accessToken", credentials.access_token.reveal());
  if (credentials.certificate.has_value()) {
    object.Set("certificate", credentials.certificate->text());
  }
  object.Set("clientId", credentials.client_id);
  return SecretString(json::Format(json::Value(std::move(object))));
}

}  // namespace scriptworker::taskcluster
