// SPDX-License-Identifier: MPL-2.0

#include "scriptworker/taskcluster/testing/credential_issuer.h"

#include <random>
#include <string>
#include <utility>
#include <vector>

#include "absl/log/check.h"
#include "absl/random/bit_gen_ref.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "scriptworker/base/secret_string.h"
#include "scriptworker/json/value.h"
#include "scriptworker/taskcluster/credentials.h"
#include "scriptworker/taskcluster/task_id.h"
#include "scriptworker/taskcluster/temporary_credentials.h"
#include "scriptworker/taskcluster/testing/client.h"

namespace scriptworker::taskcluster::fake {

CredentialIssuer::CredentialIssuer(Client issuer, std::mt19937_64::result_type seed)
    : issuer_(std::move(issuer)), random_(seed) {}

json::Value CredentialIssuer::Issue(std::string client_id, std::vector<std::string> scopes,
                                    absl::Time now, absl::Time expiry) {
  Credentials issuer;
  issuer.client_id = issuer_.client_id;
  issuer.access_token = SecretString(issuer_.access_token);
  absl::StatusOr<Credentials> issued;
  {
    absl::MutexLock lock(&mutex_);
    issued = CreateTemporaryCredentials(
        issuer,
        {.name = std::move(client_id), .scopes = std::move(scopes), .start = now, .expiry = expiry},
        random_);
  }
  CHECK_OK(issued.status());
  return json::Object{
      {"clientId", issued->client_id},
      {"accessToken", issued->access_token.reveal()},
      {"certificate", issued->certificate->text()},
  };
}

std::string CredentialIssuer::SlugId() {
  absl::MutexLock lock(&mutex_);
  return TaskId::Random(random_).str();
}

}  // namespace scriptworker::taskcluster::fake
