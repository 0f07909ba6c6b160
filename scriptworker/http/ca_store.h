// SPDX-License-Identifier: MPL-2.0

#ifndef SCRIPTWORKER_HTTP_CA_STORE_H_
#define SCRIPTWORKER_HTTP_CA_STORE_H_

#include <string>
#include <string_view>

#include "absl/base/thread_annotations.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "openssl/x509.h"
#include "scriptworker/base/environment.h"

namespace scriptworker::http {

// Where trusted authorities are: a PEM file, a folder of hashed PEM files,
// both.
struct CaLocation {
  std::string file = {};
  std::string folder = {};
};

// `ca_bundle` if not empty; else SSL_CERT_FILE and SSL_CERT_DIR; else the first
// of the places below the folder `root` where distributions keep their bundle.
// kFailedPrecondition if none exists.
absl::StatusOr<CaLocation> FindCaLocation(const std::string& ca_bundle,
                                          const Environment& environment,
                                          std::string_view root = "/");

// The authorities, parsed when first asked for and then shared: a process that
// speaks no TLS never loads them, one that does loads them once.
// Thread-safe.
class CaStore {
 public:
  CaStore(std::string ca_bundle, Environment environment);

  // Owned by this object. An error (nothing found, file unreadable, no
  // certificate in it) is not remembered: the next call tries again.
  absl::StatusOr<X509_STORE*> Get();

 private:
  const std::string ca_bundle_;
  const Environment environment_;
  absl::Mutex mutex_;
  bssl::UniquePtr<X509_STORE> store_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace scriptworker::http

#endif  // SCRIPTWORKER_HTTP_CA_STORE_H_
