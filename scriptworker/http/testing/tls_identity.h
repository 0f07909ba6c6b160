// SPDX-License-Identifier: MPL-2.0

#ifndef SCRIPTWORKER_HTTP_TESTING_TLS_IDENTITY_H_
#define SCRIPTWORKER_HTTP_TESTING_TLS_IDENTITY_H_

#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "openssl/ssl.h"

namespace scriptworker::http {

// A key and a certificate for it, signed by itself: both the server's identity
// and the authority to trust. Made when the test runs; valid for a day.
class TlsIdentity {
 public:
  // `subject_alternative_name`: `DNS:localhost` or `IP:127.0.0.1`.
  static absl::StatusOr<TlsIdentity> Create(std::string_view subject_alternative_name);

  // What a client puts into its CA bundle to trust this identity.
  const std::string& certificate_pem() const { return certificate_pem_; }
  // A server context with key and certificate.
  bssl::UniquePtr<SSL_CTX> NewServerContext() const;

 private:
  TlsIdentity() = default;

  bssl::UniquePtr<EVP_PKEY> key_;
  bssl::UniquePtr<X509> certificate_;
  std::string certificate_pem_;
};

}  // namespace scriptworker::http

#endif  // SCRIPTWORKER_HTTP_TESTING_TLS_IDENTITY_H_
