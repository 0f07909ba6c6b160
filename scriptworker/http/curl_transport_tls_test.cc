// SPDX-License-Identifier: MPL-2.0
//
// Real TLS handshakes with a server on loopback, whose certificate is made
// here.

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/status_matchers.h"
#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "scriptworker/base/environment.h"
#include "scriptworker/base/testing/temp_dir.h"
#include "scriptworker/http/curl_transport.h"
#include "scriptworker/http/testing/fake_server.h"
#include "scriptworker/http/testing/tls_identity.h"

namespace scriptworker::http {
namespace {

using ::absl_testing::IsOk;
using ::absl_testing::StatusIs;
using ::testing::AnyOf;
using ::testing::HasSubstr;

FakeServer::Handler Always(FakeResponse response) {
  return InTurn(std::vector<FakeResponse>{std::move(response)});
}

Environment CertFile(std::string path) {
  Environment environment;
  environment.Set("SSL_CERT_FILE", path);
  return environment;
}

class TlsTest : public testing::Test {
 protected:
  // A transport that trusts `identity` only.
  std::unique_ptr<CurlTransport> Trusting(const TlsIdentity& identity, CurlOptions options = {}) {
    options.ca_bundle = dir_.Write("ca.pem", identity.certificate_pem());
    return CurlTransport::Create(std::move(options)).value();
  }

  TempDir dir_;
  TlsIdentity local_ = TlsIdentity::Create("DNS:localhost").value();
  TlsIdentity other_ = TlsIdentity::Create("DNS:localhost").value();
  FakeServer server_{Always({.body = "over TLS"}), {.tls = &local_}};
};

Request To(const Url& url) {
  Request request;
  request.url = url;
  return request;
}

TEST_F(TlsTest, AKnownAuthorityAndNameAreAccepted) {
  absl::StatusOr<Response> response = Trusting(local_)->Send(To(server_.url("/", "localhost")));
  ASSERT_THAT(response, IsOk());
  EXPECT_EQ(response->body, "over TLS");
}

TEST_F(TlsTest, AnAddressIsANameToo) {
  const TlsIdentity identity = TlsIdentity::Create("IP:127.0.0.1").value();
  FakeServer server(Always({}), {.tls = &identity});
  EXPECT_THAT(Trusting(identity)->Send(To(server.url("/"))), IsOk());
}

TEST_F(TlsTest, AnUnknownAuthorityIsRefused) {
  EXPECT_THAT(Trusting(other_)->Send(To(server_.url("/", "localhost"))),
              StatusIs(absl::StatusCode::kUnavailable, HasSubstr("self signed certificate")));
  EXPECT_TRUE(server_.requests().empty());
}

TEST_F(TlsTest, AnotherNameIsRefused) {
  EXPECT_THAT(Trusting(local_)->Send(To(server_.url("/", "127.0.0.1"))),
              StatusIs(absl::StatusCode::kUnavailable,
                       HasSubstr("no alternative certificate subject name")));
  EXPECT_TRUE(server_.requests().empty());
}

TEST_F(TlsTest, APlainServerIsRefused) {
  FakeServer plain(Always({}));
  Request request = To(Url::Parse(absl::StrCat("https://localhost:", plain.port(), "/")).value());
  // The random bytes of the greeting decide whether the server takes it for the
  // end of a bad request, or waits for more.
  request.connect_timeout = absl::Seconds(1);
  EXPECT_THAT(Trusting(local_)->Send(request),
              AnyOf(StatusIs(absl::StatusCode::kUnavailable),
                    StatusIs(absl::StatusCode::kDeadlineExceeded)));
}

TEST_F(TlsTest, NoAuthoritiesAreAnErrorThatNamesTheFile) {
  std::unique_ptr<CurlTransport> transport =
      CurlTransport::Create({.environment = CertFile(dir_.Path("absent.pem"))}).value();
  EXPECT_THAT(transport->Send(To(server_.url("/", "localhost"))),
              StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("absent.pem")));
}

TEST_F(TlsTest, TheEnvironmentNamesTheAuthorities) {
  std::unique_ptr<CurlTransport> transport =
      CurlTransport::Create(
          {.environment = CertFile(dir_.Write("env.pem", local_.certificate_pem()))})
          .value();
  EXPECT_THAT(transport->Send(To(server_.url("/", "localhost"))), IsOk());
}

TEST_F(TlsTest, APlainRequestNeedsNoAuthorities) {
  FakeServer plain(Always({}));
  std::unique_ptr<CurlTransport> transport =
      CurlTransport::Create({.ca_bundle = dir_.Path("absent.pem")}).value();
  EXPECT_THAT(transport->Send(To(plain.url("/"))), IsOk());
}

TEST_F(TlsTest, ConnectionsAreReused) {
  const std::unique_ptr<CurlTransport> transport = Trusting(local_);
  for (int i = 0; i < 3; ++i) {
    EXPECT_THAT(transport->Send(To(server_.url("/", "localhost"))), IsOk());
  }
  EXPECT_EQ(server_.connections(), 1);
}

TEST_F(TlsTest, ARedirectFromHttpsToHttpIsRefused) {
  FakeServer plain(Always({}));
  FakeServer secure(Always({.status = 302, .headers = {{"Location", plain.url("/").ToString()}}}),
                    {.tls = &local_});
  Request request = To(secure.url("/", "localhost"));
  request.redirects = Request::Redirects::kFollow;
  EXPECT_THAT(Trusting(local_)->Send(request), StatusIs(absl::StatusCode::kPermissionDenied));
  EXPECT_EQ(plain.connections(), 0);
}

TEST_F(TlsTest, LargeBodiesPassBothWays) {
  FakeServer server(Always({.body = std::string(1 << 20, 'x'), .repeat_body = 8}),
                    {.tls = &local_});
  StringSource source(std::string(4 << 20, 'y'));
  StringSink sink;
  Request request = To(server.url("/", "localhost"));
  request.method = Method::kPut;
  request.body_source = &source;
  request.sink = &sink;
  ASSERT_THAT(Trusting(local_)->Send(request), IsOk());
  EXPECT_EQ(server.requests().at(0).body, std::string(4 << 20, 'y'));
  EXPECT_EQ(sink.data(), std::string(8 << 20, 'x'));
}

}  // namespace
}  // namespace scriptworker::http
