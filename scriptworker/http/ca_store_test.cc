// SPDX-License-Identifier: MPL-2.0

#include "scriptworker/http/ca_store.h"

#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/status_matchers.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "scriptworker/base/environment.h"
#include "scriptworker/base/file.h"
#include "scriptworker/base/testing/temp_dir.h"
#include "scriptworker/http/testing/tls_identity.h"

namespace scriptworker::http {
namespace {

using ::absl_testing::IsOk;
using ::absl_testing::StatusIs;
using ::testing::AllOf;
using ::testing::HasSubstr;

TEST(FindCaLocationTest, TheOptionGoesBeforeTheEnvironment) {
  const Environment environment({{"SSL_CERT_FILE", "/e.pem"}, {"SSL_CERT_DIR", "/e"}});
  absl::StatusOr<CaLocation> location = FindCaLocation("/option.pem", environment);
  ASSERT_THAT(location, IsOk());
  EXPECT_EQ(location->file, "/option.pem");
  EXPECT_EQ(location->folder, "");
  location = FindCaLocation("", environment);
  ASSERT_THAT(location, IsOk());
  EXPECT_EQ(location->file, "/e.pem");
  EXPECT_EQ(location->folder, "/e");
}

TEST(FindCaLocationTest, TheEnvironmentGoesBeforeTheSystemsPlaces) {
  const TempDir root;
  root.Write("etc/ssl/certs/ca-certificates.crt", "");
  const absl::StatusOr<CaLocation> location =
      FindCaLocation("", Environment(Environment::Variables{{"SSL_CERT_DIR", "/e"}}), root.path());
  ASSERT_THAT(location, IsOk());
  EXPECT_EQ(location->file, "");
  EXPECT_EQ(location->folder, "/e");
}

TEST(FindCaLocationTest, ASystemWithoutAuthoritiesIsToldWhatToInstall) {
  const TempDir root;
  root.Write("etc/ssl/certs", "a file in the folder's place");
  EXPECT_THAT(FindCaLocation("", Environment(), root.path()),
              StatusIs(absl::StatusCode::kFailedPrecondition,
                       AllOf(HasSubstr("ca-certificates"), HasSubstr("SSL_CERT_FILE"))));
}

TEST(FindCaLocationTest, TheFirstOfTheSystemsPlacesIsTakenAndFilesGoBeforeFolders) {
  const TempDir root;
  const auto file = [&root] {
    const absl::StatusOr<CaLocation> location = FindCaLocation("", Environment(), root.path());
    EXPECT_THAT(location, IsOk());
    return location.ok() ? location->file : "";
  };
  for (const std::string_view folder : {"etc/pki/tls/certs", "etc/ssl/certs"}) {
    ASSERT_THAT(MakeDirs(root.Path(folder)), IsOk());
    EXPECT_EQ(file(), "");
    EXPECT_EQ(FindCaLocation("", Environment(), root.path())->folder, root.Path(folder));
  }
  for (const std::string_view path :
       {"etc/ssl/cert.pem", "etc/pki/tls/cacert.pem", "etc/ssl/ca-bundle.pem",
        "etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem", "etc/pki/tls/certs/ca-bundle.crt",
        "etc/ssl/certs/ca-certificates.crt"}) {
    const std::string written = root.Write(path, "");
    EXPECT_EQ(file(), written);
  }
}

TEST(CaStoreTest, IsLoadedOnceAndShared) {
  const TempDir dir;
  absl::StatusOr<TlsIdentity> identity = TlsIdentity::Create("DNS:localhost");
  ASSERT_THAT(identity, IsOk());
  CaStore store("",
                Environment({{"SSL_CERT_FILE", dir.Write("ca.pem", identity->certificate_pem())}}));
  absl::StatusOr<X509_STORE*> first = store.Get();
  ASSERT_THAT(first, IsOk());
  EXPECT_EQ(*store.Get(), *first);
}

TEST(CaStoreTest, NamesAnUnusableFile) {
  const TempDir dir;
  for (const std::string& path : {dir.Path("absent.pem"), dir.Write("empty.pem", ""),
                                  dir.Write("text.pem", "no certificate\n")}) {
    CaStore store(path, Environment());
    EXPECT_THAT(store.Get(), StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr(path)));
  }
}

TEST(CaStoreTest, TriesAgainAfterAnError) {
  const TempDir dir;
  absl::StatusOr<TlsIdentity> identity = TlsIdentity::Create("DNS:localhost");
  ASSERT_THAT(identity, IsOk());
  CaStore store(dir.Path("ca.pem"), Environment());
  EXPECT_FALSE(store.Get().ok());
  dir.Write("ca.pem", identity->certificate_pem());
  EXPECT_THAT(store.Get(), IsOk());
}

}  // namespace
}  // namespace scriptworker::http
