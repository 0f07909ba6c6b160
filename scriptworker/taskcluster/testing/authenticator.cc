// SPDX-License-Identifier: MPL-2.0

#include "scriptworker/taskcluster/testing/authenticator.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/time/time.h"
#include "scriptworker/base/secret_string.h"
#include "scriptworker/base/status_macros.h"
#include "scriptworker/crypto/hmac.h"
#include "scriptworker/json/json_reader.h"
#include "scriptworker/json/value.h"
#include "scriptworker/taskcluster/bewit.h"
#include "scriptworker/taskcluster/hawk.h"
#include "scriptworker/taskcluster/scope.h"
#include "scriptworker/taskcluster/temporary_credentials.h"
#include "scriptworker/taskcluster/testing/client.h"
#include "scriptworker/taskcluster/testing/scopes.h"

namespace scriptworker::taskcluster::fake {
namespace {

constexpr absl::Duration kMaxSkew = absl::Minutes(15);
constexpr absl::Duration kCertificateGrace = absl::Minutes(5);
constexpr absl::Duration kMaxCertificateLife = absl::Hours(24 * 31);
constexpr size_t kSeedSize = 44;

// The message is what the caller is told.
absl::Status Refusal(std::string_view message) { return absl::UnauthenticatedError(message); }

bool HasBewit(std::string_view target) {
  return absl::StrContains(target, "?bewit=") || absl::StrContains(target, "&bewit=");
}

absl::Status CheckCertificateShape(const CertificateFields& certificate, absl::Time now) {
  if (certificate.version != 1) {
    return Refusal("ext.certificate.version must be 1");
  }
  if (certificate.seed.size() != kSeedSize) {
    return Refusal("ext.certificate.seed must be 44 characters");
  }
  const absl::Time start = absl::FromUnixMillis(certificate.start_ms);
  const absl::Time expiry = absl::FromUnixMillis(certificate.expiry_ms);
  if (start > now + kCertificateGrace) {
    return Refusal("ext.certificate.start > now");
  }
  if (expiry < now - kCertificateGrace) {
    return Refusal("ext.certificate.expiry < now");
  }
  if (expiry - start > kMaxCertificateLife) {
    return Refusal("ext.certificate cannot last longer than 31 days!");
  }
  return absl::OkStatus();
}

}  // namespace

Authenticator::Authenticator(const std::vector<Client>& clients,
                             std::vector<std::string> anonymous_scopes)
    : anonymous_scopes_(std::move(anonymous_scopes)) {
  for (const Client& client : clients) clients_[client.client_id] = client;
}

Caller Authenticator::Authenticate(const Credential& credential, absl::Time now) const {
  const bool has_bewit = HasBewit(credential.target);
  absl::StatusOr<Caller> caller = Caller();
  if (has_bewit && credential.authorization.has_value()) {
    caller = Refusal(
        "Cannot use two authentication schemes at once this request has both "
        "bewit in querystring and 'authorization' header");
  } else if (has_bewit) {
    caller = ByBewit(credential, now);
  } else if (credential.authorization.has_value()) {
    caller = ByHeader(credential, now);
  } else {
    caller->scopes = Expand({});
  }
  if (caller.ok()) return *std::move(caller);
  Caller refused;
  refused.kind = Caller::Kind::kRefused;
  refused.refusal = std::string(caller.status().message());
  return refused;
}

void Authenticator::CheckPayload(std::string_view content_type, std::string_view body,
                                 Caller& caller) {
  if (caller.payload_hash.empty()) return;
  const std::string computed = HawkPayloadHash(content_type, body);
  if (crypto::ConstantTimeEqual(caller.payload_hash, computed)) return;
  caller.kind = Caller::Kind::kRefused;
  // The braces are the service's own slip.
  caller.refusal =
      absl::StrCat("Invalid payload hash: {{hash}}\nComputed payload hash: ", computed,
                   "\nThis happens when your request carries a signed hash of the payload "
                   "and the hash doesn't match the hash we've computed on the server-side.");
}

const Client* Authenticator::FindClient(std::string_view client_id) const {
  const auto found = clients_.find(client_id);
  return found == clients_.end() ? nullptr : &found->second;
}

absl::StatusOr<Caller> Authenticator::ByHeader(const Credential& credential, absl::Time now) const {
  if (!absl::StartsWithIgnoreCase(*credential.authorization, "hawk")) {
    return Refusal("Unauthorized: Unauthorized");
  }
  const absl::StatusOr<HawkFields> fields = ParseHawkHeader(*credential.authorization);
  if (!fields.ok()) return Refusal("Bad Request: Missing attributes");
  SW_ASSIGN_OR_RETURN(Limited limited, Limit(fields->id, fields->ext, now));
  const HawkRequest request = {.method = credential.method,
                               .target = credential.target,
                               .host = credential.host,
                               .port = credential.port};
  if (!crypto::ConstantTimeEqual(fields->mac, HawkMac(*fields, request, limited.access_token))) {
    return Refusal("Unauthorized: Bad mac");
  }
  if (absl::AbsDuration(now - absl::FromUnixSeconds(fields->ts)) > kMaxSkew) {
    return Refusal("Unauthorized: Stale timestamp");
  }
  return Caller{.kind = Caller::Kind::kAuthenticated,
                .refusal = "",
                .client_id = fields->id,
                .scopes = std::move(limited.scopes),
                .payload_hash = fields->hash,
                .expires = limited.expires};
}

absl::StatusOr<Caller> Authenticator::ByBewit(const Credential& credential, absl::Time now) const {
  const absl::StatusOr<Bewit> bewit = ParseBewit(credential.target);
  if (!bewit.ok()) return Refusal("Bad Request: Invalid bewit structure");
  if (credential.method != "GET" && credential.method != "HEAD") {
    return Refusal("Unauthorized: Invalid method");
  }
  if (absl::FromUnixSeconds(bewit->expiry) <= now) {
    return Refusal("Unauthorized: Access expired");
  }
  SW_ASSIGN_OR_RETURN(Limited limited, Limit(bewit->id, bewit->ext, now));
  const HawkRequest request = {
      .method = "GET", .target = bewit->target, .host = credential.host, .port = credential.port};
  if (!VerifyBewit(*bewit, request, limited.access_token).ok()) {
    return Refusal("Unauthorized: Bad mac");
  }
  return Caller{.kind = Caller::Kind::kAuthenticated,
                .refusal = "",
                .client_id = bewit->id,
                .scopes = std::move(limited.scopes),
                .payload_hash = "",
                .expires = limited.expires};
}

absl::StatusOr<Authenticator::Limited> Authenticator::Limit(std::string_view client_id,
                                                            std::string_view ext,
                                                            absl::Time now) const {
  const absl::StatusOr<json::Value> limits = ParseHawkExt(ext);
  if (!limits.ok()) return Refusal("Failed to parse ext");
  std::optional<CertificateFields> certificate;
  std::string issuer(client_id);
  const json::Value* value = limits->Find("certificate");
  if (value != nullptr && !value->is_null()) {
    absl::StatusOr<CertificateFields> fields =
        CertificateFields::FromJson(json::Reader(*value, "ext.certificate"));
    if (!fields.ok()) return Refusal(fields.status().message());
    certificate = *std::move(fields);
    if (certificate->issuer.has_value()) {
      issuer = *certificate->issuer;
      if (issuer == client_id) {
        return Refusal("ext.certificate.issuer must differ from the supplied clientId");
      }
    }
  }
  const Client* client = FindClient(issuer);
  if (client == nullptr) {
    return Refusal(absl::StrCat("Client with clientId '", issuer, "' not found"));
  }
  Limited limited;
  limited.access_token = SecretString(client->access_token);
  limited.scopes = Expand(client->scopes);
  if (certificate.has_value()) {
    SW_RETURN_IF_ERROR(ApplyCertificate(*certificate, client_id, issuer, now, limited));
  }
  const json::Value* authorized = limits->Find("authorizedScopes");
  if (authorized != nullptr && !authorized->is_null()) {
    absl::StatusOr<std::vector<std::string>> scopes =
        json::Reader(*authorized, "ext.authorizedScopes").AsStrings();
    if (!scopes.ok()) return Refusal("ext.authorizedScopes must be an array");
    if (!ScopesSatisfy(limited.scopes, *scopes)) {
      return Refusal(absl::StrCat(
          "Supplied credentials do not satisfy authorizedScopes; credentials have scopes:\n\n```\n",
          absl::StrJoin(limited.scopes, "\n"), "\n```\n\nauthorizedScopes are:\n\n```\n",
          absl::StrJoin(*scopes, "\n"), "\n```"));
    }
    limited.scopes = Expand(*std::move(scopes));
  }
  return limited;
}

absl::Status Authenticator::ApplyCertificate(const CertificateFields& certificate,
                                             std::string_view client_id, const std::string& issuer,
                                             absl::Time now, Limited& limited) const {
  SW_RETURN_IF_ERROR(CheckCertificateShape(certificate, now));
  const std::string create_client = absl::StrCat("auth:create-client:", client_id);
  if (issuer != client_id && !ScopesSatisfy(limited.scopes, {create_client})) {
    return Refusal(absl::StrCat("ext.certificate issuer `", issuer, "` doesn't have `",
                                create_client, "` for supplied clientId."));
  }
  if (!ScopesSatisfy(limited.scopes, certificate.scopes)) {
    return Refusal(absl::StrCat("ext.certificate issuer `", issuer,
                                "` doesn't satisfy all certificate scopes ",
                                absl::StrJoin(certificate.scopes, ", "),
                                ".  The temporary credentials were not generated correctly."));
  }
  if (!crypto::ConstantTimeEqual(
          certificate.signature,
          CertificateSignature(certificate, client_id, limited.access_token))) {
    return Refusal(
        absl::StrCat("ext.certificate.signature is not valid",
                     certificate.issuer.has_value() ? ", or wrong clientId provided" : ""));
  }
  limited.access_token = TemporaryAccessToken(limited.access_token, certificate.seed);
  limited.scopes = Expand(certificate.scopes);
  limited.expires = absl::FromUnixMillis(certificate.expiry_ms);
  return absl::OkStatus();
}

std::vector<std::string> Authenticator::Expand(std::vector<std::string> scopes) const {
  scopes.insert(scopes.begin(), "assume:anonymous");
  scopes.insert(scopes.end(), anonymous_scopes_.begin(), anonymous_scopes_.end());
  return NormalizeScopes(std::move(scopes));
}

}  // namespace scriptworker::taskcluster::fake
