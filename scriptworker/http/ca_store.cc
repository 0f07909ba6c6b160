// SPDX-License-Identifier: MPL-2.0

#include "scriptworker/http/ca_store.h"

#include <sys/stat.h>
#include <unistd.h>

#include <string>
#include <string_view>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "openssl/err.h"
#include "openssl/x509.h"
#include "scriptworker/base/environment.h"
#include "scriptworker/base/path.h"

namespace scriptworker::http {
namespace {

// In the order in which they are tried.
constexpr const char* kSystemFiles[] = {
    "etc/ssl/certs/ca-certificates.crt",                 // Debian, Ubuntu, Arch, Alpine, Nix
    "etc/pki/tls/certs/ca-bundle.crt",                   // Fedora, older RHEL
    "etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",  // CentOS, RHEL 7+
    "etc/ssl/ca-bundle.pem",                             // openSUSE
    "etc/pki/tls/cacert.pem",                            // OpenELEC
    "etc/ssl/cert.pem",                                  // Alpine, BSD
};
constexpr const char* kSystemFolders[] = {
    "etc/ssl/certs",
    "etc/pki/tls/certs",
};

bool IsDirectory(const std::string& path) {
  struct stat info;
  return stat(path.c_str(), &info) == 0 && S_ISDIR(info.st_mode);
}

const char* OrNull(const std::string& path) { return path.empty() ? nullptr : path.c_str(); }

}  // namespace

absl::StatusOr<CaLocation> FindCaLocation(const std::string& ca_bundle,
                                          const Environment& environment, std::string_view root) {
  if (!ca_bundle.empty()) return CaLocation{.file = ca_bundle};
  CaLocation location = {.file = environment.GetOr("SSL_CERT_FILE", ""),
                         .folder = environment.GetOr("SSL_CERT_DIR", "")};
  if (!location.file.empty() || !location.folder.empty()) return location;
  for (const char* file : kSystemFiles) {
    std::string path = JoinPath(root, file);
    if (access(path.c_str(), R_OK) == 0) return CaLocation{.file = std::move(path)};
  }
  for (const char* folder : kSystemFolders) {
    std::string path = JoinPath(root, folder);
    if (IsDirectory(path)) return CaLocation{.folder = std::move(path)};
  }
  return absl::FailedPreconditionError(
      "no bundle of certificate authorities was found on this system: install "
      "the package ca-certificates, or name a PEM file with SSL_CERT_FILE");
}

CaStore::CaStore(std::string ca_bundle, Environment environment)
    : ca_bundle_(std::move(ca_bundle)), environment_(std::move(environment)) {}

absl::StatusOr<X509_STORE*> CaStore::Get() {
  absl::MutexLock lock(&mutex_);
  if (store_ != nullptr) return store_.get();
  absl::StatusOr<CaLocation> location = FindCaLocation(ca_bundle_, environment_);
  if (!location.ok()) return location.status();
  bssl::UniquePtr<X509_STORE> store(X509_STORE_new());
  if (store == nullptr || X509_STORE_load_locations(store.get(), OrNull(location->file),
                                                    OrNull(location->folder)) != 1) {
    ERR_clear_error();
    return absl::FailedPreconditionError(
        absl::StrCat("no certificate authorities could be read from ",
                     location->file.empty() ? location->folder : location->file,
                     ": expected certificates in PEM form"));
  }
  // As curl does for stores of its own: an authority in the store ends the
  // chain, whatever the server sent along.
  X509_STORE_set_flags(store.get(), X509_V_FLAG_TRUSTED_FIRST | X509_V_FLAG_PARTIAL_CHAIN);
  store_ = std::move(store);
  return store_.get();
}

}  // namespace scriptworker::http
