// SPDX-License-Identifier: MPL-2.0

#include "scriptworker/http/testing/tls_identity.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "openssl/bio.h"
#include "openssl/bn.h"
#include "openssl/ec_key.h"
#include "openssl/evp.h"
#include "openssl/mem.h"
#include "openssl/nid.h"
#include "openssl/pem.h"
#include "openssl/rand.h"
#include "openssl/ssl.h"
#include "openssl/x509.h"
#include "openssl/x509v3.h"

namespace scriptworker::http {
namespace {

constexpr long kHour = 3600;  // NOLINT: BoringSSL's type

bssl::UniquePtr<EVP_PKEY> NewKey() {
  bssl::UniquePtr<EC_KEY> ec(EC_KEY_new_by_curve_name(NID_X9_62_prime256v1));
  bssl::UniquePtr<EVP_PKEY> key(EVP_PKEY_new());
  if (ec == nullptr || key == nullptr || EC_KEY_generate_key(ec.get()) != 1 ||
      EVP_PKEY_set1_EC_KEY(key.get(), ec.get()) != 1) {
    return nullptr;
  }
  return key;
}

bool AddExtension(X509* certificate, int nid, const std::string& value) {
  bssl::UniquePtr<X509_EXTENSION> extension(
      X509V3_EXT_nconf_nid(nullptr, nullptr, nid, value.c_str()));
  return extension != nullptr && X509_add_ext(certificate, extension.get(), -1) == 1;
}

bool FillIn(X509* certificate, EVP_PKEY* key, const std::string& name) {
  uint64_t serial = 0;
  RAND_bytes(reinterpret_cast<uint8_t*>(&serial), sizeof(serial));
  const std::string common_name = "throw-away test identity";
  X509_NAME* subject = X509_get_subject_name(certificate);
  return X509_set_version(certificate, X509_VERSION_3) == 1 &&
         ASN1_INTEGER_set_uint64(X509_get_serialNumber(certificate), serial >> 1) == 1 &&
         X509_gmtime_adj(X509_getm_notBefore(certificate), -kHour) != nullptr &&
         X509_gmtime_adj(X509_getm_notAfter(certificate), 24 * kHour) != nullptr &&
         X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_ASC,
                                    reinterpret_cast<const uint8_t*>(common_name.c_str()), -1, -1,
                                    0) == 1 &&
         X509_set_issuer_name(certificate, subject) == 1 &&
         X509_set_pubkey(certificate, key) == 1 &&
         AddExtension(certificate, NID_basic_constraints, "critical,CA:TRUE") &&
         AddExtension(certificate, NID_subject_alt_name, name) &&
         X509_sign(certificate, key, EVP_sha256()) != 0;
}

std::string ToPem(X509* certificate) {
  bssl::UniquePtr<BIO> bio(BIO_new(BIO_s_mem()));
  if (bio == nullptr || PEM_write_bio_X509(bio.get(), certificate) != 1) {
    return "";
  }
  const uint8_t* data = nullptr;
  size_t size = 0;
  BIO_mem_contents(bio.get(), &data, &size);
  return std::string(reinterpret_cast<const char*>(data), size);
}

}  // namespace

absl::StatusOr<TlsIdentity> TlsIdentity::Create(std::string_view subject_alternative_name) {
  TlsIdentity identity;
  identity.key_ = NewKey();
  identity.certificate_.reset(X509_new());
  if (identity.key_ == nullptr || identity.certificate_ == nullptr ||
      !FillIn(identity.certificate_.get(), identity.key_.get(),
              std::string(subject_alternative_name))) {
    return absl::InternalError("cannot make a key and certificate");
  }
  identity.certificate_pem_ = ToPem(identity.certificate_.get());
  if (identity.certificate_pem_.empty()) {
    return absl::InternalError("cannot write the certificate");
  }
  return identity;
}

bssl::UniquePtr<SSL_CTX> TlsIdentity::NewServerContext() const {
  bssl::UniquePtr<SSL_CTX> context(SSL_CTX_new(TLS_method()));
  if (context == nullptr || SSL_CTX_use_certificate(context.get(), certificate_.get()) != 1 ||
      SSL_CTX_use_PrivateKey(context.get(), key_.get()) != 1) {
    return nullptr;
  }
  return context;
}

}  // namespace scriptworker::http
