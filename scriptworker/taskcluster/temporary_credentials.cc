// SPDX-License-Identifier: MPL-2.0
#include "scriptworker/taskcluster/temporary_credentials.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/random/bit_gen_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/time/time.h"
#include "scriptworker/base/secret_string.h"
#include "scriptworker/base/status_macros.h"
#include "scriptworker/crypto/base64.h"
#include "scriptworker/crypto/hmac.h"
#include "scriptworker/json/json_reader.h"
#include "scriptworker/json/value.h"
#include "scriptworker/taskcluster/base64_url.h"
#include "scriptworker/taskcluster/credentials.h"
#include "scriptworker/taskcluster/task_id.h"

namespace scriptworker::taskcluster {
namespace {

constexpr absl::Duration kMaxLifetime = absl::Hours(31 * 24);

int64_t WholeSecondsInMillis(absl::Time time) { return absl::ToUnixSeconds(time) * 1000; }

// In the member order of the reference.
json::Value CertificateJson(const CertificateFields& fields) {
  json::Array scopes;
  for (const std::string& scope : fields.scopes) scopes.push_back(scope);
  json::Object object;
  object.Set("version", fields.version);
  object.Set("scopes", std::move(scopes));
  object.Set("start", fields.start_ms);
  object.Set("expiry", fields.expiry_ms);
  object.Set("seed", fields.seed);
  if (fields.issuer.has_value()) object.Set("issuer", *fields.issuer);
  object.Set("signature", fields.signature);
  return json::Value(std::move(object));
}

}  // namespace

absl::StatusOr<CertificateFields> CertificateFields::FromJson(const json::Reader& reader) {
  CertificateFields fields;
  SW_ASSIGN_OR_RETURN(fields.version, reader.Int("version"));
  SW_ASSIGN_OR_RETURN(fields.scopes, reader.Strings("scopes"));
  SW_ASSIGN_OR_RETURN(fields.start_ms, reader.Int("start"));
  SW_ASSIGN_OR_RETURN(fields.expiry_ms, reader.Int("expiry"));
  SW_ASSIGN_OR_RETURN(fields.seed, reader.String("seed"));
  SW_ASSIGN_OR_RETURN(fields.signature, reader.String("signature"));
  SW_ASSIGN_OR_RETURN(std::optional<json::Reader> issuer, reader.OptionalField("issuer"));
  if (issuer.has_value()) {
    SW_ASSIGN_OR_RETURN(fields.issuer, issuer->AsString());
  }
  return fields;
}

std::string CertificateSignature(const CertificateFields& fields, std::string_view client_id,
                                 const SecretString& issuer_token) {
  std::vector<std::string> lines = {absl::StrCat("version:", fields.version)};
  if (fields.issuer.has_value()) {
    lines.push_back(absl::StrCat("clientId:", client_id));
    lines.push_back(absl::StrCat("issuer:", *fields.issuer));
  }
  lines.push_back(absl::StrCat("seed:", fields.seed));
  lines.push_back(absl::StrCat("start:", fields.start_ms));
  lines.push_back(absl::StrCat("expiry:", fields.expiry_ms));
  lines.push_back("scopes:");
  lines.insert(lines.end(), fields.scopes.begin(), fields.scopes.end());
  return crypto::Base64Encode(
      crypto::HmacSha256(issuer_token.reveal(), absl::StrJoin(lines, "\n")));
}

SecretString TemporaryAccessToken(const SecretString& issuer_token, std::string_view seed) {
  return SecretString(
      Base64UrlEncode(crypto::HmacSha256(issuer_token.reveal(), seed), Base64Padding::kNone));
}

absl::StatusOr<Credentials> CreateTemporaryCredentials(const Credentials& issuer,
                                                       const TemporaryCredentialsRequest& request,
                                                       absl::BitGenRef bitgen) {
  return CreateTemporaryCredentialsWithSeed(
      issuer, request, absl::StrCat(TaskId::Random(bitgen), TaskId::Random(bitgen)));
}

absl::StatusOr<Credentials> CreateTemporaryCredentialsWithSeed(
    const Credentials& issuer, const TemporaryCredentialsRequest& request, std::string_view seed) {
  if (issuer.certificate.has_value()) {
    return absl::InvalidArgumentError("temporary credentials cannot issue temporary credentials");
  }
  CertificateFields fields;
  fields.scopes = request.scopes;
  fields.start_ms = WholeSecondsInMillis(request.start);
  fields.expiry_ms = WholeSecondsInMillis(request.expiry);
  fields.seed = std::string(seed);
  if (fields.expiry_ms <= fields.start_ms) {
    return absl::InvalidArgumentError("temporary credentials expire before they start");
  }
  if (fields.expiry_ms - fields.start_ms > absl::ToInt64Milliseconds(kMaxLifetime)) {
    return absl::InvalidArgumentError("temporary credentials cannot last longer than 31 days");
  }
  if (request.name.has_value()) fields.issuer = issuer.client_id;
  const std::string client_id = request.name.value_or(issuer.client_id);
  fields.signature = CertificateSignature(fields, client_id, issuer.access_token);

  Credentials credentials;
  credentials.client_id = client_id;
  credentials.access_token = TemporaryAccessToken(issuer.access_token, seed);
  credentials.certificate = Certificate::FromValue(CertificateJson(fields));
  return credentials;
}

}  // namespace scriptworker::taskcluster
