// SPDX-License-Identifier: MPL-2.0
#ifndef SCRIPTWORKER_TASKCLUSTER_TEMPORARY_CREDENTIALS_H_
#define SCRIPTWORKER_TASKCLUSTER_TEMPORARY_CREDENTIALS_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/random/bit_gen_ref.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "scriptworker/base/secret_string.h"
#include "scriptworker/json/json_reader.h"
#include "scriptworker/taskcluster/credentials.h"

// Temporary credentials are made without a call to Taskcluster: whoever knows
// an access token derives another one from it, and signs a certificate that
// says what it is good for. Tests, tools and the local Taskcluster issue them;
// a worker only passes on those that it gets from the queue.
//
// Protocol: Taskcluster's documentation of temporary credentials, version 1.
namespace scriptworker::taskcluster {

struct TemporaryCredentialsRequest {
  // The client id of the new credentials; without it, the issuer's.
  std::optional<std::string> name = std::nullopt;
  std::vector<std::string> scopes = {};
  absl::Time start;
  absl::Time expiry;
};

// InvalidArgument if `issuer` has a certificate itself, if expiry is not after
// start, or more than 31 days after it.
absl::StatusOr<Credentials> CreateTemporaryCredentials(const Credentials& issuer,
                                                       const TemporaryCredentialsRequest& request,
                                                       absl::BitGenRef bitgen);

// The same with a given seed (44 characters: two slugids).
absl::StatusOr<Credentials> CreateTemporaryCredentialsWithSeed(
    const Credentials& issuer, const TemporaryCredentialsRequest& request, std::string_view seed);

// A certificate's members, for the side that checks them.
struct CertificateFields {
  static absl::StatusOr<CertificateFields> FromJson(const json::Reader& reader);

  int64_t version = 1;
  std::vector<std::string> scopes;
  int64_t start_ms = 0;   // milliseconds since the epoch
  int64_t expiry_ms = 0;  // milliseconds since the epoch
  std::string seed;
  std::string signature;
  std::optional<std::string> issuer;  // present in named certificates only
};

// The signature that `fields` must have. `client_id` counts in named
// certificates (those with an issuer) only.
std::string CertificateSignature(const CertificateFields& fields, std::string_view client_id,
                                 const SecretString& issuer_token);

// The access token that belongs to a certificate with this seed.
SecretString TemporaryAccessToken(const SecretString& issuer_token, std::string_view seed);

}  // namespace scriptworker::taskcluster

#endif  // SCRIPTWORKER_TASKCLUSTER_TEMPORARY_CREDENTIALS_H_
