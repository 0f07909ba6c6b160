// SPDX-License-Identifier: MPL-2.0

#include "scriptworker/http/ca_store.h"

#include <string>

#include "absl/status/status.h"
#include "absl/status/status_matchers.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "scriptworker/base/environment.h"
#include "scriptworker/base/testing/temp_dir.h"
#include "scriptworker/http/testing/tls_identity.h"

namespace scriptworker::http {
namespace {

using ::absl_testing::IsOk;
using ::absl_testing::StatusIs;
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
