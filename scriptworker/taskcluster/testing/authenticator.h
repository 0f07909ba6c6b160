// SPDX-License-Identifier: MPL-2.0
//
// Who calls, by Hawk header or bewit: Taskcluster's auth service. The MAC, the
// age of `ts` (15 minutes), certificates (good until 5 minutes past expiry) and
// authorizedScopes are checked for real, in the service's order and words. As
// there, a nonce may come again.

#ifndef SCRIPTWORKER_TASKCLUSTER_TESTING_AUTHENTICATOR_H_
#define SCRIPTWORKER_TASKCLUSTER_TESTING_AUTHENTICATOR_H_

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "scriptworker/base/secret_string.h"
#include "scriptworker/taskcluster/temporary_credentials.h"
#include "scriptworker/taskcluster/testing/client.h"

namespace scriptworker::taskcluster::fake {

// What is known of a caller.
struct Caller {
  enum class Kind { kAnonymous, kRefused, kAuthenticated };

  Kind kind = Kind::kAnonymous;
  std::string refusal;              // kRefused: why
  std::string client_id;            // kAuthenticated
  std::vector<std::string> scopes;  // kAnonymous, kAuthenticated
  std::string payload_hash;         // kAuthenticated: as sent; "": none
  absl::Time expires = absl::InfiniteFuture();
};

// What of a request decides who calls.
struct Credential {
  std::string_view method;  // upper case
  std::string_view target;  // as sent
  std::string_view host;
  int port = 0;
  std::optional<std::string_view> authorization;
};

// Immutable, so thread-safe.
class Authenticator {
 public:
  // Everybody, identified or not, also has the `anonymous_scopes`.
  Authenticator(const std::vector<Client>& clients, std::vector<std::string> anonymous_scopes);

  // Never looks at the payload: see CheckPayload().
  Caller Authenticate(const Credential& credential, absl::Time now) const;

  // Refuses a caller whose payload hash is not that of `body`.
  static void CheckPayload(std::string_view content_type, std::string_view body, Caller& caller);

  const Client* FindClient(std::string_view client_id) const;

 private:
  // A client as its `ext` limits it.
  struct Limited {
    SecretString access_token;
    std::vector<std::string> scopes;
    absl::Time expires = absl::InfiniteFuture();
  };

  absl::StatusOr<Caller> ByHeader(const Credential& credential, absl::Time now) const;
  absl::StatusOr<Caller> ByBewit(const Credential& credential, absl::Time now) const;
  absl::StatusOr<Limited> Limit(std::string_view client_id, std::string_view ext,
                                absl::Time now) const;
  absl::Status ApplyCertificate(const CertificateFields& certificate, std::string_view client_id,
                                const std::string& issuer, absl::Time now, Limited& limited) const;
  std::vector<std::string> Expand(std::vector<std::string> scopes) const;

  std::map<std::string, Client, std::less<>> clients_;
  std::vector<std::string> anonymous_scopes_;
};

}  // namespace scriptworker::taskcluster::fake

#endif  // SCRIPTWORKER_TASKCLUSTER_TESTING_AUTHENTICATOR_H_
