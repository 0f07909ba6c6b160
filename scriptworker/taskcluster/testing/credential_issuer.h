// SPDX-License-Identifier: MPL-2.0

#ifndef SCRIPTWORKER_TASKCLUSTER_TESTING_CREDENTIAL_ISSUER_H_
#define SCRIPTWORKER_TASKCLUSTER_TESTING_CREDENTIAL_ISSUER_H_

#include <random>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "scriptworker/json/value.h"
#include "scriptworker/taskcluster/testing/client.h"

namespace scriptworker::taskcluster::fake {

// Makes the temporary credentials that the queue hands out. Thread-safe.
class CredentialIssuer {
 public:
  // `issuer` signs; its scopes must satisfy what it hands out.
  CredentialIssuer(Client issuer, std::mt19937_64::result_type seed);

  // {clientId, accessToken, certificate}, the certificate in a string.
  json::Value Issue(std::string client_id, std::vector<std::string> scopes, absl::Time now,
                    absl::Time expiry);

  // A random slugid: for task ids and upload ids.
  std::string SlugId();

 private:
  const Client issuer_;
  absl::Mutex mutex_;
  std::mt19937_64 random_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace scriptworker::taskcluster::fake

#endif  // SCRIPTWORKER_TASKCLUSTER_TESTING_CREDENTIAL_ISSUER_H_
